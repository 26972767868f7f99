"""The widget in all its forms: what it shows, to whom, how often it is sent, and what it can't be made to do."""

import gzip
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from listings.db import Database
from listings.models.listing import Listing
from reputation.accent import DARK_SURFACE, LIGHT_SURFACE, READABLE, contrast, nearest_readable
from reputation.models.review import Review
from reputation.models.widget import Widget
from reputation.widgets import BadOptions, WidgetOptions
from tests.web.moment import Moment
from tests.web.payloads import OWN, shared
from tests.web.visitor import Visitor
from tests.web.world import World
from web.screens.public import WidgetData
from web.widget_script import widget_script

FORMS = ("js", "json", "fragment", "html")
BUDGET = 6_000
"""Bytes of the script with gzip and without data."""


def baked(script: str) -> dict[str, Any]:
    """The data in a widget's script."""
    # Not splitlines(): it also splits at characters that end no line of a script.
    line = script.split("\n")[1]
    found: dict[str, Any] = json.JSONDecoder().raw_decode(line.removeprefix("const DATA = "))[0]
    return found


def data_of(visitor: Visitor) -> dict[str, Any]:
    return baked(visitor.get("/w/public-a.js").text)


def configure(database: Database, **options: Any) -> None:
    with database.write() as db:
        db.scalars(sa.select(Widget).where(Widget.public_id == "public-a")).one().options = options


def test_the_script_stays_within_its_budget() -> None:
    empty = widget_script(WidgetData("x", "Reviews", "list", None))
    assert len(gzip.compress(empty.encode())) <= BUDGET


@pytest.mark.parametrize("form", FORMS)
def test_every_form_shows_the_words_to_everybody_without_a_cookie(
    visitor: Visitor, world: World, form: str
) -> None:
    answer = visitor.get(f"/w/public-a.{form}", headers={"Cookie": "goodstanding=x; other=y"})
    assert answer.status_code == 200
    assert "Canary words a" in answer.text
    assert "Canary words b" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("form", FORMS)
def test_it_is_sent_once_and_then_only_asked_about(
    visitor: Visitor, world: World, database: Database, moment: Moment, form: str
) -> None:
    first = visitor.get(f"/w/public-a.{form}")
    assert first.headers["Cache-Control"] == "no-cache"
    again = {"If-None-Match": first.headers["ETag"]}
    assert visitor.get(f"/w/public-a.{form}", headers=again).status_code == 304
    with database.write() as db:
        db.execute(sa.delete(Review))
    moment.passes(seconds=1)
    after = visitor.get(f"/w/public-a.{form}", headers=again)
    assert after.status_code == 200
    assert "Canary words" not in after.text


def test_other_origins_may_read_it_and_nothing_else(visitor: Visitor, world: World) -> None:
    origin = {"Origin": "https://host.example"}
    for form in ("js", "json", "fragment"):
        answer = visitor.get(f"/w/public-a.{form}", headers=origin)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for path in ("/p/site-own/code-a", "/login", "/w/public-a.html"):
        assert "Access-Control-Allow-Origin" not in visitor.get(path, headers=origin).headers


def test_only_the_frame_may_be_framed(visitor: Visitor, world: World) -> None:
    policy = {
        path: visitor.get(path).headers["Content-Security-Policy"]
        for path in ("/w/public-a.html", "/p/site-own/code-a", "/w/public-a.fragment")
    }
    assert "frame-ancestors *" in policy.pop("/w/public-a.html")
    assert all("frame-ancestors 'none'" in each for each in policy.values())


@pytest.mark.parametrize("form", FORMS)
def test_an_unknown_widget_is_not_there(visitor: Visitor, world: World, form: str) -> None:
    assert visitor.get(f"/w/nothing.{form}").status_code == 404


def test_a_filter_says_so_with_the_true_total(visitor: Visitor, world: World, database: Database) -> None:
    with database.write() as db:
        db.execute(sa.update(Listing).values(review_count=493))
    assert data_of(visitor)["selection"] == "Newest first, all stars: 1 of 493 reviews shown."
    configure(database, min_rating=4)
    shown = baked(visitor_after(visitor).text)
    assert shown["reviews"] == []
    assert shown["selection"] == "Selected (4 stars and more): 0 of 493 reviews shown."
    assert shown["head"]["shown"] == "4.5"


def visitor_after(visitor: Visitor) -> Any:
    """The script of a server that has nothing in memory."""
    visitor.client.application.extensions["widgets"].__init__()
    return visitor.get("/w/public-a.js")


@pytest.mark.parametrize("source", ["google_places", "website"])
def test_no_form_holds_words_that_may_not_be_published(
    visitor: Visitor, world: World, database: Database, source: str
) -> None:
    with database.write() as db:
        db.execute(sa.update(Review).values(source=source))
    assert all("Canary words" not in visitor.get(f"/w/public-a.{form}").text for form in FORMS)


@pytest.mark.parametrize("texts", [OWN, shared()], ids=["own", "shared"])
def test_words_come_back_equal_and_never_as_code(
    app: Flask, visitor: Visitor, database: Database, world: World, texts: list[str]
) -> None:
    if not texts:
        pytest.skip("the shared payloads are absent: they are no part of the project")
    for text in texts:
        with database.write() as db:
            db.execute(sa.update(Review).values(text=text, author=text[:80]))
        script = visitor_after(visitor).text
        review = baked(script)["reviews"][0]
        assert (review["text"], review["author"]) == (text, text[:80])
        assert not re.search(r"[<>\u2028\u2029]", script.split("\n")[1].split(", STYLE = ")[0])


OUTSIDE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "url(javascript:alert(1))",
            "expression(alert(1))",
            "#2a4fc1;background:url(//evil.example)",
            "data:text/css,*{}",
            "var(--x)",
            "red",
            "#fff",
            "#2a4fc1\n}",
            "＃2a4fc1",
        ]
    ),
    st.integers(),
    st.booleans(),
    st.none(),
    st.lists(st.text(max_size=4), max_size=2),
)
NAMES = st.sampled_from([*WidgetOptions.model_fields, "css", "font", "title", "link", "onload"])


@settings(max_examples=2_000, deadline=None)
@given(st.dictionaries(NAMES, OUTSIDE, max_size=4))
def test_options_outside_the_grammar_are_never_taken(given_options: dict[str, object]) -> None:
    try:
        options = WidgetOptions.parse(given_options)
    except BadOptions:
        return
    assert set(given_options) <= set(WidgetOptions.model_fields)
    assert re.fullmatch(r"#[0-9a-f]{6}", options.accent)
    assert re.fullmatch(r"(#[0-9a-f]{6})?", options.accent_dark)
    assert options.kind in ("list", "badge")
    assert 1 <= options.limit <= 20
    assert 120 <= options.height <= 1200
    assert options.min_rating in (None, 2, 3, 4, 5)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 0xFFFFFF))
def test_the_shade_that_is_offered_can_be_read(colour: int) -> None:
    text = f"#{colour:06x}"
    for surface in (LIGHT_SURFACE, DARK_SURFACE):
        shade = nearest_readable(text, surface)
        assert contrast(shade, surface) >= READABLE
        assert (shade == text) is (contrast(text, surface) >= READABLE)


def test_an_accent_that_cannot_be_read_is_refused_with_the_nearest_that_can() -> None:
    with pytest.raises(BadOptions, match=r"accent: #ffcc00 has 1\.5 : 1 on white.*nearest.*#[0-9a-f]{6}"):
        WidgetOptions.parse({"accent": "#ffcc00"})
