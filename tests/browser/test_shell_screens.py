"""Every screen in a real browser: axe finds nothing, nothing leaves the page, nothing scrolls sideways."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.shell_site import served, watched
from tests.web.preview import SCREENS, make_app

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text()
LOOKS = [(1440, "light"), (1440, "dark"), (390, "light")]


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with served(make_app()) as address:
        yield address


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds, as rule and places."""
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [(rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_and_the_policy_is_never_broken(
    browser: Browser, origin: str, width: int, scheme: str
) -> None:
    with watched(browser, origin, width=width, scheme=scheme) as site:
        # An init script isn't the page's own: the policy, which refuses evaluated text, leaves it alone.
        site.page.add_init_script(AXE)
        found = {}
        for path in SCREENS:
            if wrong := violations(site.open(path)):
                found[path] = wrong
        assert found == {}
        assert site.complaints == []
        assert site.strangers == []


def test_no_page_scrolls_sideways(browser: Browser, origin: str) -> None:
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    over = {}
    with watched(browser, origin) as site:
        for path in SCREENS:
            page = site.open(path)
            for width in (1440, 1280, 1024, 768, 390, 320):
                page.set_viewport_size({"width": width, "height": 844})
                over[path, width] = page.evaluate(wide)
    assert {place: pixels for place, pixels in over.items() if pixels > 0} == {}


def test_targets_are_large_enough_to_hit(browser: Browser, origin: str) -> None:
    """24 px each way (WCAG 2.5.8); links inside a sentence are excepted."""
    small = """() => [...document.querySelectorAll(
            "button, .btn, .chip, .tabs a, .nav a, .cell[href], select, input:not([type=hidden])")]
        .filter((e) => e.getClientRects().length && !e.matches(".box"))
        .map((e) => [e.outerHTML.slice(0, 120), e.getBoundingClientRect()])
        .filter(([, r]) => r.width > 1 && (r.height < 23.5 || r.width < 23.5)).map(([html]) => html)"""
    found = {}
    with watched(browser, origin) as site:
        for path in SCREENS:
            page = site.open(path)
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 844})
                found[path, width] = page.evaluate(small)
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


def test_a_page_works_without_scripts(browser: Browser, origin: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(origin + "/mismatches")
    page.get_by_role("checkbox", name="Mark 004 Red Wing, Barn Bluff").check()
    page.get_by_role("button", name="Send to Google").click()
    assert page.url.endswith("/mismatches?done=1")
    page.get_by_role("link", name="004 Red Wing, Barn Bluff").click()
    assert page.get_by_role("heading", name="004 Red Wing, Barn Bluff").is_visible()
    context.close()
