"""What Yelp pushes to partners: taken at a secret address only, once, and as a hint only."""

import datetime as dt
import json
import time
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import SecretStr
from werkzeug.test import TestResponse

from listings import job_rows
from listings.db import Database
from listings.models.crawl import SourceState
from listings.models.listing import Listing
from listings.models.push import PushMessage
from listings.push import expire_messages
from listings.settings import BadSettings, Settings
from tests.web.examples import PARAMETERS
from tests.web.moment import Moment
from tests.web.world import World

pytestmark = pytest.mark.db

SECRET = PARAMETERS["secret"]
HERE = f"/push/yelp/{SECRET}"
BUSINESS = "4dUfSwnp_4i0F-BmYnQxAA"


@pytest.fixture(autouse=True)
def listing(database: Database, world: World) -> None:
    """The listing at place "a" is Yelp's."""
    with database.write() as db:
        row = db.get_one(Listing, world.places["a"]["listing_id"])
        row.source, row.source_id = "yelp", BUSINESS


def message(moment: Moment, *, event: str = "NEW_REVIEW_EVENT", **changed: Any) -> dict[str, Any]:
    update = {"event_type": event, "review_id": "r1", "rating": 5.0, "language": "en", "user_id": "u1"}
    told = {
        "time": moment.now.replace(tzinfo=None).isoformat(), "object": "business",
        "data": {"id": BUSINESS, "updates": [update]},
    }  # fmt: skip
    return told | changed


def push(app: Flask, body: Any, path: str = HERE) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return app.test_client().post(
        path, data=data, base_url="http://127.0.0.1:8000", headers={"Content-Type": "application/json"}
    )


def crawls(database: Database) -> list[str]:
    table = "workflow_status" if database.sqlite else "dbos.workflow_status"
    with database.read() as db:
        query = sa.text(f"select workflow_uuid from {table} where workflow_uuid like '%push:%'")  # noqa: S608
        return sorted(db.scalars(query))


def messages(database: Database) -> int:
    with database.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(PushMessage)) or 0


@pytest.mark.parametrize("event", ["NEW_REVIEW_EVENT", "REVIEW_EDITED_EVENT", "REVIEW_REMOVED_EVENT"])
def test_news_of_a_review_has_its_business_looked_at_again(
    app: Flask, database: Database, moment: Moment, world: World, event: str
) -> None:
    began = time.monotonic()
    assert push(app, message(moment, event=event)).status_code == 200
    assert time.monotonic() - began < 5
    (asked,) = crawls(database)
    assert asked.startswith("crawl_yelp")
    with database.read() as db:
        assert job_rows.state(db, asked) == "DELAYED"
    assert f":{world.places['a']['location_id']}#" in asked


def test_the_same_message_again_does_nothing_however_it_is_written(
    app: Flask, database: Database, moment: Moment
) -> None:
    told = message(moment)
    for body in (told, json.dumps(told, indent=4).encode(), dict(reversed(told.items()))):
        assert push(app, body).status_code == 200
    assert len(crawls(database)) == messages(database) == 1


def test_many_announcements_of_one_business_within_a_short_time_make_one_look_after_the_last(
    app: Flask, database: Database, moment: Moment
) -> None:
    moment.passes(seconds=1)
    for number in range(40):
        told = message(moment)
        told["data"]["updates"][0]["review_id"] = f"r{number}"
        assert push(app, told).status_code == 200
        moment.passes(seconds=0.7)
    assert messages(database) == 40
    (asked,) = crawls(database)
    assert ":push:2026-11-21T09:00:30:" in asked
    moment.passes(seconds=5)
    push(app, message(moment))
    assert len(crawls(database)) == 2


def test_announcements_of_two_businesses_make_two_looks(
    app: Flask, database: Database, moment: Moment, world: World
) -> None:
    with database.write() as db:
        row = db.get_one(Listing, world.places["b"]["listing_id"])
        row.source, row.source_id = "yelp", "another"
    other = message(moment)
    other["data"]["id"] = "another"
    for told in (message(moment), other):
        push(app, told)
    assert len(crawls(database)) == 2


def test_later_news_of_the_same_review_counts_again(app: Flask, database: Database, moment: Moment) -> None:
    push(app, message(moment))
    moment.passes(minutes=1)
    push(app, message(moment))
    assert len(crawls(database)) == 2


def test_nothing_of_a_message_is_stored_but_that_it_came(
    app: Flask, database: Database, moment: Moment
) -> None:
    push(app, message(moment))
    with database.read() as db:
        (row,) = db.scalars(sa.select(PushMessage))
        assert row.source == "yelp"
        assert db.scalars(sa.select(Listing.rating).where(Listing.source == "yelp")).all() == [4.5]


@pytest.mark.parametrize("secret", ["x", SECRET[:-1], f"{SECRET}a", SECRET.upper(), "é" * 34])
def test_another_address_is_not_there(app: Flask, database: Database, moment: Moment, secret: str) -> None:
    path = f"/push/yelp/{secret}"
    assert push(app, message(moment), path).status_code == 404
    assert app.test_client().get(f"{path}?verification=abc").status_code == 404
    assert messages(database) == 0


@pytest.mark.parametrize("path", ["/push/yelp/x", HERE])
def test_without_the_setting_there_is_no_address(
    app: Flask, settings: Settings, database: Database, moment: Moment, path: str
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"yelp_push_secret": SecretStr("")})
    assert push(app, message(moment), path).status_code == 404
    assert app.test_client().get(f"{path}?verification=abc").status_code == 404
    assert messages(database) == 0


def test_yelps_check_of_the_address_gets_its_string_back(app: Flask) -> None:
    answer = app.test_client().get(f"{HERE}?verification=aB3dE6")
    assert (answer.status_code, answer.json) == (200, {"verification": "aB3dE6"})
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize("asked", ["", "?verification=", "?verification=<b>", f"?verification={'a' * 257}"])
def test_a_check_without_a_plain_string_is_refused(app: Flask, asked: str) -> None:
    assert app.test_client().get(f"{HERE}{asked}").status_code == 400


def test_an_old_message_has_no_effect_and_none_comes_back_after_it_was_forgotten(
    app: Flask, database: Database, moment: Moment
) -> None:
    told = message(moment, time=(moment.now + dt.timedelta(hours=23)).isoformat())
    assert push(app, told).status_code == 200
    for _ in range(20):
        moment.passes(hours=12)
        with database.write() as db:
            expire_messages(db, moment.now)
        push(app, told)
    assert messages(database) == 0
    assert len(crawls(database)) == 1


def test_a_message_from_the_future_has_no_effect(app: Flask, database: Database, moment: Moment) -> None:
    told = message(moment, time=(moment.now + dt.timedelta(days=2)).isoformat())
    assert push(app, told).status_code == 400
    assert messages(database) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"object": "user"}, {"object": None}, {"time": "soon"}, {"time": 5}, {"time": None}, {"data": None},
        {"data": []}, {"data": {"id": BUSINESS}}, {"data": {"id": BUSINESS, "updates": {}}},
        {"data": {"id": 7, "updates": []}}, {"data": {"id": "", "updates": []}},
        {"data": {"id": "a" * 65, "updates": []}}, {"data": {"id": "a b/../c", "updates": []}},
    ],
    ids=str,
)  # fmt: skip
def test_a_message_of_another_shape_has_no_effect(
    app: Flask, database: Database, moment: Moment, wrong: dict[str, Any]
) -> None:
    assert push(app, message(moment, **wrong)).status_code == 400
    assert messages(database) == 0


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"7", b"\xff\xfe", b"[" * 60_000], ids=len)
def test_a_body_that_is_no_message_has_no_effect(app: Flask, database: Database, body: bytes) -> None:
    assert push(app, body).status_code == 400
    assert messages(database) == 0


def test_a_message_that_is_too_long_is_not_read(app: Flask, database: Database, moment: Moment) -> None:
    told = json.dumps(message(moment)).encode() + b" " * 64 * 1024
    assert push(app, told).status_code == 413
    streamed = app.test_client().post(
        HERE, base_url="http://127.0.0.1:8000", input_stream=BytesIO(told),
        environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip
    assert streamed.status_code == 413
    assert messages(database) == 0


def test_a_message_about_a_stranger_or_of_another_kind_is_taken_and_does_nothing(
    app: Flask, database: Database, moment: Moment
) -> None:
    stranger = {"id": "AAAAAAAAAAAAAAAAAAAAAA", "updates": [{"event_type": "NEW_REVIEW_EVENT"}]}
    assert push(app, message(moment, data=stranger)).status_code == 200
    assert push(app, message(moment, event="NEW_EVENT")).status_code == 200
    assert push(app, message(moment, data={"id": BUSINESS, "updates": ["x", 1, None]})).status_code == 200
    assert crawls(database) == []


def test_a_business_of_the_same_id_at_another_source_is_left_alone(
    app: Flask, database: Database, moment: Moment, world: World
) -> None:
    with database.write() as db:
        db.get_one(Listing, world.places["a"]["listing_id"]).source = "google"
    assert push(app, message(moment)).status_code == 200
    assert crawls(database) == []


def test_a_paused_source_is_left_alone(app: Flask, database: Database, moment: Moment, world: World) -> None:
    with database.write() as db:
        own = world.organizations["own"]
        db.add(SourceState(organization_id=own, source="yelp", paused_at=moment.now))
    assert push(app, message(moment)).status_code == 200
    assert crawls(database) == []


@pytest.mark.parametrize(
    "secret", ["short", "a" * 31, "a" * 201, "with a blank in the middle of it all", "ä" * 40]
)
def test_a_secret_that_could_be_guessed_or_is_no_part_of_an_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("GOODSTANDING_YELP_PUSH_SECRET", secret)
    with pytest.raises(BadSettings, match="GOODSTANDING_YELP_PUSH_SECRET") as refused:
        Settings.from_env()
    assert secret not in str(refused.value)
