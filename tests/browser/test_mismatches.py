"""Mismatches on real rows in a real browser: log in, walk, look at the proof, decide, take it back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from listings import clock
from listings.db import Database
from listings.models.mismatch import Mismatch, MismatchState
from listings.settings import Settings
from tests.browser.shell_site import Watched, served, watched
from tests.browser.test_shell_screens import AXE, violations
from tests.web.chain import Chain, make_chain
from tests.web.world import PASSWORD, build
from web.app import create_app

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Watched]]


@pytest.fixture
def chain(database: Database) -> Chain:
    now = clock.now()
    with database.write() as db:
        world = build(db, now)
        db.execute(sa.delete(Mismatch))
        return make_chain(db, world.organizations["own"], now)


@pytest.fixture
def visit(browser: Browser, database: Database, chain: Chain, tmp_path: Path) -> Iterator[Visit]:
    """A person of the organization, logged in by the form, on a screen of some width."""
    settings = Settings(home=tmp_path, secret_key="a key that only tests know, long enough")  # type: ignore[arg-type]

    @contextmanager
    def opened(width: int = 1440, scheme: str = "light") -> Iterator[Watched]:
        with watched(browser, origin, width=width, scheme=scheme) as site:
            site.page.add_init_script(AXE)
            page = site.open("/login")
            page.get_by_label("E-mail").fill("marketer@own.example")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            yield site
            assert site.complaints == []
            assert site.strangers == []

    with served(create_app(settings, database)) as origin:
        yield opened


def states(database: Database) -> list[MismatchState]:
    with database.read() as db:
        return list(db.scalars(sa.select(Mismatch.state).order_by(Mismatch.id)))


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=2, name=name)).to_be_visible()


def test_a_person_walks_by_keys_looks_at_the_proof_accepts_and_takes_it_back(
    visit: Visit, database: Database
) -> None:
    with visit() as site:
        page = site.open("/mismatches")
        heading(page, "A001 Harborview, 001 Quay Street")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("j")
        heading(page, "A003 Harborview, 003 Quay Street")
        page.keyboard.press("k")
        heading(page, "A002 Harborview, 002 Quay Street")
        page.keyboard.press("e")
        expect(page.get_by_role("heading", name="Evidence")).to_be_focused()
        expect(page.locator(".lines mark")).to_have_text("2155550100")
        page.keyboard.press("a")
        heading(page, "A003 Harborview, 003 Quay Street")
        expect(page.locator("[data-toast]")).to_contain_text("Accepted")
        assert states(database)[1] is MismatchState.ACCEPTED
        page.keyboard.press("u")
        heading(page, "A002 Harborview, 002 Quay Street")
        assert states(database) == [MismatchState.OPEN] * 3


def test_a_whole_cause_is_sent_by_its_own_button_and_taken_back(visit: Visit, database: Database) -> None:
    with visit() as site:
        page = site.open("/mismatches")
        page.get_by_role("button", name="Send for 3").click()
        expect(page.locator("[data-toast]")).to_contain_text("3 rows")
        assert states(database) == [MismatchState.FIX_SENT] * 3
        page.locator("[data-toast]").get_by_role("button", name="Undo").click()
        expect(page.locator("[data-toast]")).to_contain_text("Taken back")
        assert states(database) == [MismatchState.OPEN] * 3


def test_marked_rows_are_decided_by_the_bar(visit: Visit, database: Database) -> None:
    with visit() as site:
        page = site.open("/mismatches")
        for code in ("A001", "A003"):
            page.get_by_role("checkbox", name=f"Mark {code}").check()
        page.get_by_role("region", name="Marked rows").get_by_role("button", name="Accept").click()
        expect(page.locator("[data-toast]")).to_contain_text("2 rows")
        assert [state is MismatchState.ACCEPTED for state in states(database)] == [True, False, True]


def test_on_a_phone_a_row_is_a_page_and_is_decided_there(visit: Visit, database: Database) -> None:
    with visit(width=390) as site:
        page = site.open("/mismatches")
        page.get_by_role("link", name="A001").click()
        heading(page, "A001 Harborview, 001 Quay Street")
        page.get_by_role("button", name="Accept").click()
        heading(page, "A002 Harborview, 002 Quay Street")
        assert states(database)[0] is MismatchState.ACCEPTED


def test_everything_works_without_scripts(browser: Browser, visit: Visit, database: Database) -> None:
    with visit() as site:
        cookies = site.page.context.cookies()
        context = browser.new_context(java_script_enabled=False)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{site.origin}/mismatches")
        page.get_by_role("button", name="Accept").last.click()
        expect(page.locator("[data-toast]")).to_contain_text("Accepted")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("[data-toast]")).to_contain_text("Taken back")
        context.close()
    assert states(database) == [MismatchState.OPEN] * 3


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_axe_finds_nothing_on_real_rows_and_nothing_scrolls_sideways(
    visit: Visit, chain: Chain, width: int, scheme: str
) -> None:
    first = chain.mismatches[0].id
    paths = ("/", "/mismatches", f"/mismatches/{first}", "/mismatches?by=location", "/locations",
             f"/locations/{chain.locations[0].id}", "/search?q=quay", "/mismatches?state=fixed")  # fmt: skip
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    found = {}
    with visit(width=width, scheme=scheme) as site:
        for path in paths:
            page = site.open(path)
            if wrong := violations(page):
                found[path] = wrong
            assert page.evaluate(wide) <= 0, path
    assert found == {}
