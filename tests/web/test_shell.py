"""Every template with authored data: nothing undefined, nothing inline, one heading, forms with a token."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.web import preview
from web.screens.elements import Act, Link
from web.screens.shell import navigation

Page = Callable[[str], LexborHTMLParser]


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return preview.make_app().test_client()


@pytest.fixture
def page(client: FlaskClient) -> Page:
    return lambda path: LexborHTMLParser(client.get(path).text)


def only(tree: LexborHTMLParser, selector: str) -> LexborNode:
    [node] = tree.css(selector)
    return node


every_screen = pytest.mark.parametrize("path", preview.SCREENS)


@every_screen
def test_a_screen_renders_and_asks_no_other_host(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert not re.search(
        r'(?:src|href)="https?://[^"]+"[^>]*rel="stylesheet"|<script[^>]+src="http', answer.text
    )


@every_screen
def test_nothing_inline_that_the_policy_would_refuse(page: Page, path: str) -> None:
    tree = page(path)
    assert [node.html for node in tree.css("[style]")] == []
    assert [
        name for node in tree.css("*") for name in node.attributes if name.startswith(("on", "hx-on"))
    ] == []
    # A data block is never run, so no policy asks a nonce of it (HTML standard, 4.12.1).
    run = tree.css("script:not([type='application/ld+json']), style")
    assert all(node.attributes.get("nonce") for node in run)


@every_screen
def test_every_page_has_one_main_one_heading_and_a_skip_link(page: Page, path: str) -> None:
    tree = page(path)
    assert (len(tree.css("main")), len(tree.css("h1"))) == (1, 1)
    assert only(tree, "a.skip").attributes["href"] == "#main"


@every_screen
def test_ids_are_unique_and_labels_point_at_something(page: Page, path: str) -> None:
    tree = page(path)
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    pointing = ("for", "aria-labelledby", "aria-describedby", "form", "popovertarget", "data-copy")
    wanted = {node.attributes[name] for name in pointing for node in tree.css(f"[{name}]")}
    assert {word for names in wanted for word in str(names).split()} <= set(ids)


@every_screen
def test_every_form_that_changes_something_carries_the_token(page: Page, path: str) -> None:
    for form in page(path).css("form[method=post]"):
        assert form.css_first("input[name=csrf_token]") is not None, form.html


def test_the_navigation_names_only_what_has_an_address(page: Page) -> None:
    links = [node.css("span")[0].text() for node in page("/home").css("nav[aria-label=Main].nav a")]
    assert links == ["Home", "Locations", "Mismatches", "Sources", "Inbox", "Pages & widgets"]
    assert [group.heading for group in navigation({"home": "/", "cases": "/cases"}, "home")] == [
        "",
        "Get better",
    ]


def test_what_a_customer_wrote_stays_text(page: Page, client: FlaskClient) -> None:
    assert "<b>Not bold</b>" in page("/public").text()
    assert "</script> Bikes" not in client.get("/public").text


def test_a_review_without_attribution_is_never_shown_in_public(client: FlaskClient) -> None:
    assert "Must never be shown" not in client.get("/public").text
    assert "Must never be shown" not in client.get("/w/hw7k2.js").text


def test_a_link_that_is_no_web_address_becomes_words(client: FlaskClient) -> None:
    macro = '{% from "components/acts.html" import link %}{{ link(one) }}'
    with preview.make_app().app_context() as context:
        made = context.app.jinja_env.from_string(macro).render(one=Link("Map", "javascript:alert(1)"))
    assert "javascript:" not in made


def test_an_act_that_cannot_be_done_says_why() -> None:
    macro = '{% from "components/acts.html" import act %}{{ act(one) }}'
    one = Act("Send", "/send", why_not="Google wants a new sign-in")
    with preview.make_app().app_context() as context:
        made = LexborHTMLParser(context.app.jinja_env.from_string(macro).render(one=one))
    assert "disabled" in only(made, "button").attributes
    assert "Google wants a new sign-in" in made.text()
