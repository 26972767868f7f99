"""Answering a review on a phone, with the real application behind it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Dialog, Page, expect
from pydantic import SecretStr

from listings import clock
from listings.db import Database
from listings.models.location import Location
from listings.settings import Settings
from reputation.models.review import Review
from tests.browser.shell_site import Watched, served, watched
from tests.web.payloads import OWN
from tests.web.world import PASSWORD, World, build
from web.app import create_app

pytestmark = pytest.mark.browser


def heard(dialogs: list[str], dialog: Dialog) -> None:
    dialogs.append(dialog.message)
    dialog.dismiss()


AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text()


@pytest.fixture
def world(database: Database) -> World:
    with database.write() as db:
        return build(db, clock.now())


@pytest.fixture
def origin(database: Database, world: World, tmp_path: Path) -> Iterator[str]:
    settings = Settings(home=tmp_path, secret_key=SecretStr("a key that only tests know, long enough"))
    app: Flask = create_app(settings, database)
    with served(app) as address:
        yield address


def log_in(site: Watched, name: str = "manager_of_a") -> Page:
    page = site.open("/login")
    page.get_by_label("E-mail").fill(f"{name}@own.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    return page


def test_a_manager_answers_on_a_phone_and_takes_it_back(browser: Browser, origin: str) -> None:
    with watched(browser, origin, width=390) as site:
        page = log_in(site)
        page.goto(f"{origin}/inbox")
        page.get_by_role("link", name="Canary author a").click()
        expect(page.get_by_role("heading", name="Canary author a")).to_be_visible()
        page.get_by_role("button", name="Apology").click()
        expect(page.get_by_label("Public reply", exact=True)).to_have_value(
            "Canary, we are sorry. This isn’t how a visit "
            "to Canary place a should be, and we are looking into what went wrong. Thank you for telling us."
        )
        expect(page.locator("[data-count-of]")).not_to_have_text("0")
        page.get_by_role("button", name="Send reply").click()
        expect(page.locator(".outbox")).to_contain_text("goes out in 10 min")
        page.get_by_role("button", name="Take back").click()
        expect(page.locator(".outbox")).to_have_count(0)
        expect(page.get_by_label("Public reply", exact=True)).to_have_value(
            "Canary, we are sorry. This isn’t how a visit "
            "to Canary place a should be, and we are looking into what went wrong. Thank you for telling us."
        )
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert (site.complaints, site.strangers) == ([], [])


def test_the_conscience_speaks_while_somebody_types(browser: Browser, origin: str, world: World) -> None:
    with watched(browser, origin, width=390) as site:
        page = log_in(site)
        page.goto(f"{origin}/inbox/{world.places['a']['review_id']}")
        page.get_by_label("Public reply", exact=True).press_sequentially("Your diagnosis was right.")
        expect(page.locator("#conscience")).to_contain_text("matter of health")
        expect(page.get_by_label("Public reply", exact=True)).to_have_value("Your diagnosis was right.")
        assert (site.complaints, site.strangers) == ([], [])


def violations(page: Page) -> list[tuple[str, list[str]]]:
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [(rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_axe_finds_nothing_on_real_screens(
    browser: Browser, origin: str, world: World, width: int, scheme: str
) -> None:
    review = world.places["a"]["review_id"]
    paths = (
        "/inbox", f"/inbox/{review}", f"/inbox/{review}?kind=note", "/sources", "/sources/google", "/pages",
        "/p/site-own", "/p/site-own/code-a", "/w/public-a.html",
    )  # fmt: skip
    with watched(browser, origin, width=width, scheme=scheme) as site:
        log_in(site, "admin")
        site.page.add_init_script(AXE)
        found = {path: violations(site.open(path)) for path in paths}
        assert {path: wrong for path, wrong in found.items() if wrong} == {}
        assert (site.complaints, site.strangers) == ([], [])


def test_no_payload_ever_runs(browser: Browser, origin: str, database: Database, world: World) -> None:
    dialogs: list[str] = []
    place = world.places["a"]
    paths = (f"/inbox/{place['review_id']}", "/p/site-own/code-a", "/w/public-a.html", "/pages")
    with watched(browser, origin) as site:
        page = log_in(site)
        page.on("dialog", lambda dialog: heard(dialogs, dialog))
        for text in OWN:
            with database.write() as db:
                db.execute(sa.update(Review).values(text=text, author=text, original_text=text))
                db.execute(sa.update(Location).where(Location.id == place["location_id"]).values(name=text))
            for path in paths:
                site.open(path)
        assert (dialogs, site.complaints, site.strangers) == ([], [], [])
