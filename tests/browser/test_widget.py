"""The real widget on a page of strangers, served by another host."""

import datetime as dt
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, Response
from playwright.sync_api import Browser, Dialog, expect
from pydantic import SecretStr

from listings import clock
from listings.db import Database
from listings.settings import Settings
from reputation.models.review import Review
from tests.browser.shell_site import served, watched
from tests.web.payloads import OWN
from tests.web.world import build
from web.app import create_app

pytestmark = pytest.mark.browser


def heard(dialogs: list[str], dialog: Dialog) -> None:
    dialogs.append(dialog.message)
    dialog.dismiss()


@pytest.fixture
def ours(database: Database, tmp_path: Path) -> Iterator[str]:
    with database.write() as db:
        build(db, clock.now())
    settings = Settings(home=tmp_path, secret_key=SecretStr("a key that only tests know, long enough"))
    # Each request is two seconds later, so that nothing in memory is fresh enough to be shown again.
    start, ticks = clock.now(), count()
    app = create_app(settings, database, now=lambda: start + dt.timedelta(seconds=2 * next(ticks)))
    with served(app) as address:
        yield address


def stranger(ours: str, policy: str) -> Flask:
    """Another site that embeds the script and the frame under a policy of its own."""
    app = Flask("stranger")

    def page() -> Response:
        body = f"""<!doctype html><html lang=en><title>A guide</title><link rel=stylesheet href=/loud.css>
        <main><h1>Where to eat</h1><goodstanding-reviews w="public-a"><a href="{ours}/p/site-own">Reviews</a>
        </goodstanding-reviews><script async src="{ours}/w/public-a.js"></script>
        <iframe title="Framed reviews" src="{ours}/w/public-a.html" width=600 height=400></iframe></main></html>"""
        return Response(
            body, mimetype="text/html", headers={"Content-Security-Policy": policy.format(ours=ours)}
        )

    app.add_url_rule("/", "page", page)
    app.add_url_rule(
        "/loud.css", "loud", lambda: Response("p, * { color: red !important }", mimetype="text/css")
    )
    app.add_url_rule("/favicon.ico", "icon", lambda: ("", 204))
    return app


SCRIPT_ONLY = "default-src 'none'; script-src {ours}; style-src 'self'; frame-src {ours}; img-src 'self'"


@pytest.mark.parametrize("width", [1440, 390])
def test_it_keeps_its_dress_and_sets_nothing_on_the_host(browser: Browser, ours: str, width: int) -> None:
    with served(stranger(ours, SCRIPT_ONLY)) as host, watched(browser, host, width=width) as site:
        page = site.open("/")
        reviews = page.get_by_role("region", name="Reviews of Canary own inc")
        expect(reviews.get_by_text("Canary words a")).to_be_visible()
        colour = reviews.get_by_text("Canary words a").evaluate("e => getComputedStyle(e).color")
        assert colour == "rgb(28, 29, 31)"
        framed = page.frame_locator("iframe")
        expect(framed.get_by_text("Canary words a")).to_be_visible()
        assert page.context.cookies() == []
        assert page.evaluate("() => localStorage.length") == 0
        assert site.complaints == []
        assert {address.split("/")[2] for address in site.strangers} == {ours.removeprefix("http://")}


def test_no_payload_runs_on_the_host(browser: Browser, ours: str, database: Database) -> None:
    dialogs: list[str] = []
    with served(stranger(ours, "default-src * 'unsafe-inline'")) as host, watched(browser, host) as site:
        site.page.on("dialog", lambda dialog: heard(dialogs, dialog))
        for text in OWN:
            with database.write() as db:
                db.execute(sa.update(Review).values(text=f"word {text}", author=text))
            site.page.goto(host)
            expect(site.page.locator("goodstanding-reviews")).to_contain_text("word")
            shown = "document.querySelector('goodstanding-reviews').shadowRoot.querySelector('.words').textContent"
            assert site.page.evaluate(shown) == f"word {text}"
        assert dialogs == []
        assert site.complaints == []
