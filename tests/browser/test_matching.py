"""Matching on real rows in a real browser: cards by keys, limits by a slider, duplicates by hand, no script at all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from listings import clock
from listings.db import Database
from listings.models.duplicate import Duplicate, DuplicateState
from listings.models.listing import Decision, Listing, Match
from listings.settings import Settings
from tests.browser.shell_site import Watched, served, watched
from tests.browser.test_shell_screens import AXE, violations
from tests.web.chain import Chain, make_chain
from tests.web.doubts import add_doubt, add_record_pair, add_twice
from tests.web.world import PASSWORD, build
from web.app import create_app

pytestmark = pytest.mark.browser

Visit = Callable[..., AbstractContextManager[Watched]]
LONG = "Lantern & Quill Books, Stationery, Maps and Coffee at the Old Harborview Customs House"
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def chain(database: Database) -> Chain:
    """Two listings in doubt, the first with two candidates; a place listed twice; two records alike."""
    now = clock.now()
    with database.write() as db:
        world = build(db, now)
        db.execute(sa.delete(Duplicate))
        made = make_chain(db, world.organizations["own"], now)
        add_doubt(db, made, {1: 0.7, 0: 0.3}, now, source="google_places")
        second = add_doubt(db, made, {2: 0.5}, now, street="003 Quay St.", city="Harborview")
        second.record = {**(second.record or {}), "name": LONG}
        add_twice(db, made, made.locations[0], now)
        add_record_pair(db, made, now)
        return made


@pytest.fixture
def visit(browser: Browser, database: Database, chain: Chain, tmp_path: Path) -> Iterator[Visit]:
    """An administrator, logged in by the form, on a screen of some width."""
    settings = Settings(home=tmp_path, secret_key="a key that only tests know, long enough")  # type: ignore[arg-type]

    @contextmanager
    def opened(width: int = 1440, scheme: str = "light") -> Iterator[Watched]:
        with watched(browser, origin, width=width, scheme=scheme) as site:
            site.page.add_init_script(AXE)
            page = site.open("/login")
            page.get_by_label("E-mail").fill("admin@own.example")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            yield site
            assert site.complaints == []
            assert site.strangers == []

    with served(create_app(settings, database)) as origin:
        yield opened


def doubts(chain: Chain) -> list[Listing]:
    return [one for one in chain.listings if one.location_id is None][:2]


def place_of(database: Database, listing: Listing) -> int | None:
    with database.read() as db:
        return db.get_one(Listing, listing.id).location_id


def test_a_person_decides_by_keys_goes_on_and_takes_it_back(
    visit: Visit, database: Database, chain: Chain
) -> None:
    first, second = doubts(chain)
    with visit() as site:
        page = site.open("/matches")
        page.keyboard.press("j")
        page.keyboard.press("o")
        expect(page.locator(".choice a[aria-current]")).to_contain_text("A002")
        page.keyboard.press("2")
        expect(page.locator(".choice a[aria-current]")).to_contain_text("A001")
        page.locator("h1").click()
        page.keyboard.press("Enter")
        expect(page.locator("[data-toast]")).to_contain_text("is A001")
        expect(page).to_have_url(f"{site.origin}/matches/{second.id}")
        assert place_of(database, first) == chain.locations[0].id
        page.keyboard.press("u")
        expect(page).to_have_url(f"{site.origin}/matches/{first.id}")
        assert place_of(database, first) is None
        page.keyboard.press("n")
        expect(page.locator("[data-toast]")).to_contain_text("none of your locations")
        with database.read() as db:
            assert db.get_one(Match, first.id).decision is Decision.NO_MATCH


def test_enter_in_the_search_searches_and_decides_nothing(
    visit: Visit, database: Database, chain: Chain
) -> None:
    first, _ = doubts(chain)
    with visit() as site:
        page = site.open(f"/matches/{first.id}")
        page.get_by_label("Find a location of yours").fill("A003")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="A003").click()
        expect(page.get_by_role("button", name="Yes, it is A003")).to_be_visible()
        assert place_of(database, first) is None


def test_letting_go_of_the_slider_shows_what_would_change_before_it_is_saved(
    visit: Visit, chain: Chain
) -> None:
    with visit() as site:
        page = site.open("/matches/limits")
        slider = page.get_by_label("Match by itself from, slider")
        slider.evaluate(
            "slider => { slider.value = '0.6'; for (const kind of ['input', 'change']) "
            "slider.dispatchEvent(new Event(kind, { bubbles: true })); }"
        )
        expect(page.get_by_text("1 listing would be linked without asking")).to_be_visible()
        page.get_by_role("button", name="Save these limits").click()
        expect(page.locator("[data-toast]")).to_contain_text("Linked from 0.60")
        page.keyboard.press("u")
        expect(page.locator("[data-toast]")).to_contain_text("Taken back: linked from")


def test_a_duplicate_is_reported_and_taken_back_on_a_phone(
    visit: Visit, database: Database, chain: Chain
) -> None:
    with visit(width=390) as site:
        page = site.open("/duplicates")
        page.get_by_role("button", name="I reported it").click()
        expect(page.locator("[data-toast]")).to_contain_text("Google was told")
        with database.read() as db:
            assert DuplicateState.REPORTED in set(db.scalars(sa.select(Duplicate.state)))
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="I reported it")).to_be_visible()


def test_everything_works_without_scripts(
    browser: Browser, visit: Visit, database: Database, chain: Chain
) -> None:
    first, _ = doubts(chain)
    with visit() as site:
        cookies = site.page.context.cookies()
        context = browser.new_context(java_script_enabled=False)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{site.origin}/matches/limits")
        page.get_by_role("textbox", name="Match by itself from").fill("0.6")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("1 listing would be linked without asking")).to_be_visible()
        page.goto(f"{site.origin}/matches/{first.id}")
        page.get_by_role("button", name="Yes, it is A002").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Yes, it is A002")).to_be_visible()
        context.close()
    assert place_of(database, first) is None


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    visit: Visit, chain: Chain, width: int, scheme: str
) -> None:
    first, second = doubts(chain)
    paths = ("/matches", f"/matches/{first.id}", f"/matches/{second.id}?q=quay", "/duplicates",
             "/duplicates?tab=records", "/duplicates?tab=resolved", "/matches/limits",
             "/matches/limits?match=0.4&review=0.1", "/matches/limits?match=x",
             f"/locations/{chain.locations[2].id}")  # fmt: skip
    found = {}
    with visit(width=width, scheme=scheme) as site:
        for path in paths:
            page = site.open(path)
            if wrong := violations(page):
                found[path] = wrong
            assert page.evaluate(WIDE) <= 0, path
    assert found == {}


def test_no_width_makes_a_page_scroll_sideways(visit: Visit, chain: Chain) -> None:
    _, second = doubts(chain)
    with visit() as site:
        for path in ("/matches", f"/matches/{second.id}", "/duplicates", "/matches/limits?match=0.4"):
            page = site.open(path)
            for width in (320, 600, 768, 899, 1024, 1180, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate(WIDE) <= 0, (path, width)
