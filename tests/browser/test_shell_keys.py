"""The keyboard, the marks, the swaps and the small conveniences of app.js."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.shell_site import Watched, served, watched
from tests.web.preview import make_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served(make_app()) as address:
        yield address


@pytest.fixture
def site(browser: Browser, origin: str) -> Iterator[Watched]:
    with watched(browser, origin) as site:
        yield site
        assert site.complaints == []
        assert site.strangers == []


def test_j_moves_to_the_next_row_and_the_pane_follows_without_a_reload(site: Watched) -> None:
    page = site.open("/mismatches")
    page.evaluate("() => { window.stayed = true; }")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="004 Red Wing, Barn Bluff").first).to_be_focused()
    expect(page.get_by_role("heading", name="004 Red Wing, Barn Bluff")).to_be_visible()
    assert page.url.endswith("/mismatches/004")
    assert page.evaluate("() => window.stayed")
    expect(page.get_by_role("link", name="004 Red Wing, Barn Bluff").first).to_be_focused()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="004 Red Wing, Barn Bluff")).to_be_focused()


def test_x_marks_the_row_and_the_bar_counts_hidden_rows_of_a_group_too(site: Watched) -> None:
    page = site.open("/mismatches")
    bar = page.get_by_role("region", name="Marked rows")
    expect(bar).to_be_hidden()
    page.keyboard.press("x")
    expect(bar).to_contain_text("1 marked")
    page.get_by_role("checkbox", name="Mark all 64 of").check()
    expect(bar).to_contain_text("64 marked")
    expect(bar.get_by_role("button", name="Send 64 to Google")).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_shift_x_marks_a_range(site: Watched) -> None:
    page = site.open("/mismatches")
    page.keyboard.press("x")
    for key in ("j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.locator("[data-marked-count]")).to_have_text("3 marked")


def test_with_marks_a_letter_acts_on_the_marks_and_a_toast_offers_undo(site: Watched) -> None:
    page = site.open("/mismatches")
    page.keyboard.press("x")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.keyboard.press("a")
    assert sent.value.url.endswith("/accept")
    assert "marks=m003" in (sent.value.post_data or "") or "m003" in (sent.value.post_data or "")
    expect(page.get_by_text("Suite number accepted at 1 listing")).to_be_visible()
    with page.expect_request(lambda request: request.method == "POST") as undone:
        page.keyboard.press("u")
    assert undone.value.url.endswith("/undo")


def test_e_goes_to_the_evidence_and_letters_rest_while_typing(site: Watched) -> None:
    page = site.open("/mismatches")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Evidence")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("jxg")
    expect(page.get_by_role("searchbox", name="Search or go to")).to_have_value("jxg")


def test_g_and_a_letter_go_to_a_screen(site: Watched) -> None:
    page = site.open("/home")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/inbox")


def test_the_list_of_keys_opens_and_closes(site: Watched) -> None:
    page = site.open("/home")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_the_chosen_colours_are_there_at_the_next_page(site: Watched) -> None:
    page = site.open("/home")
    page.get_by_role("button", name="Ines Okafor, marketing").click()
    page.get_by_role("button", name="Dark").click()
    site.open("/inbox")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert (
        page.evaluate("() => getComputedStyle(document.querySelector('main')).backgroundColor")
        == "rgb(25, 26, 29)"
    )


def test_a_draft_is_kept_on_the_device_until_it_is_sent(site: Watched) -> None:
    page = site.open("/inbox")
    text = page.get_by_role("textbox", name="Public reply")
    page.get_by_role("button", name="Short").click()
    expect(text).to_have_value("Petra, I’m sorry for the wait.")
    text.fill("Petra, we will do better.")
    site.open("/inbox")
    expect(text).to_have_value("Petra, we will do better.")
    expect(page.locator("[data-count-of]")).to_have_text("25")
    text.focus()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.keyboard.press("Control+Enter")
    assert sent.value.url.endswith("/inbox/1/reply")
    assert page.evaluate("() => localStorage.getItem('goodstanding.review-1')") is None


def test_the_value_of_a_fix_kit_can_be_copied(site: Watched) -> None:
    site.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = site.open("/mismatches")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == "+1 507-555-0171"


def test_an_answer_that_is_no_page_of_ours_leaves_the_screen_alone(browser: Browser, origin: str) -> None:
    with watched(browser, origin) as site:
        page = site.open("/mismatches")
        page.route(
            "**/mismatches/004", lambda route: route.fulfill(status=502, body="<html>Bad gateway</html>")
        )
        page.keyboard.press("j")
        expect(page.get_by_role("alert")).to_contain_text("502")
        expect(page.get_by_role("heading", name="003 Mankato, Riverfront")).to_be_visible()
        page.route("**/mismatches/007", lambda route: route.abort())
        page.keyboard.press("j")
        expect(page.get_by_role("alert")).to_contain_text("can’t be reached")


def test_a_refused_act_is_explained_and_a_reload_shows_the_screen_again(
    browser: Browser, origin: str
) -> None:
    with watched(browser, origin) as site:
        refusal = site.page.request.get(origin + "/error-inside").text()
        page = site.open("/mismatches")
        page.route("**/mismatches/003/accept", lambda route: route.fulfill(status=409, body=refusal))
        page.keyboard.press("a")
        expect(page.get_by_role("heading", name="This page isn’t there")).to_be_visible()
        assert page.url.endswith("/mismatches")


def test_r_goes_to_the_answer_and_is_not_typed(site: Watched) -> None:
    page = site.open("/inbox")
    page.keyboard.press("r")
    text = page.get_by_role("textbox", name="Public reply")
    expect(text).to_be_focused()
    expect(text).to_have_value(
        "Petra, I’m sorry. Three days late without a call isn’t how we work. Please ask for Jonas at (507) 555-0171."
    )


def test_on_a_phone_list_and_pane_are_two_pages(browser: Browser, origin: str) -> None:
    with watched(browser, origin, width=390) as site:
        page = site.open("/mismatches")
        expect(page.locator("#pane")).to_be_hidden()
        page.get_by_role("link", name="004 Red Wing, Barn Bluff").click()
        expect(page.get_by_role("heading", name="004 Red Wing, Barn Bluff")).to_be_visible()
        expect(page.get_by_role("table")).to_be_hidden()
        page.get_by_role("link", name="Back to the list").click()
        expect(page.get_by_role("table")).to_be_visible()
        assert site.complaints == []
