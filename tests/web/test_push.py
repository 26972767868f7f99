"""What Google pushes: believed when it is signed, for us, by the right sender and now; taken once; only a hint."""

import base64
import json
import time
from functools import cache
from typing import Any

import jwt
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from werkzeug.test import TestResponse

from listings.db import Database
from listings.models.crawl import SourceState
from listings.models.push import PushMessage
from listings.push import expire_messages, keep_keys
from listings.settings import Settings
from tests.web.moment import Moment
from tests.web.world import World

pytestmark = pytest.mark.db

SENDER = "push@project.iam.gserviceaccount.example"
AUDIENCE = "http://127.0.0.1:8000/push/google"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key()))
    return {**found, "kid": name, "alg": "RS256", "use": "sig"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"google_push_sender": SENDER})


@pytest.fixture
def signed(database: Database, moment: Moment, world: World) -> None:
    """Google's keys are known."""
    with database.write() as db:
        assert keep_keys(db, [public("one")], moment.now) == 1


def token(
    moment: Moment, *, signer: str = "one", kid: str = "one", algorithm: str = "RS256", **changed: Any
) -> str:
    at = int(moment.now.timestamp())
    claims = {
        "iss": "https://accounts.google.com", "aud": AUDIENCE, "email": SENDER, "email_verified": True,
        "iat": at, "exp": at + 3600, "sub": "1",
    }  # fmt: skip
    kept = {name: value for name, value in (claims | changed).items() if value is not None}
    secret: Any = key(signer) if algorithm == "RS256" else None if algorithm == "none" else "x" * 40
    return jwt.encode(kept, secret, algorithm=algorithm, headers={"kid": kid})


def message(about: str = "locations/41", message_id: str = "m1") -> dict[str, Any]:
    data = {"notificationType": "NEW_REVIEW", "location": f"accounts/7/{about}"}
    coded = base64.b64encode(json.dumps(data).encode()).decode()
    return {"message": {"data": coded, "messageId": message_id}, "subscription": "projects/p/subscriptions/s"}


def push(app: Flask, bearer: str, body: Any, **headers: str) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return app.test_client().post(
        "/push/google", data=data, base_url="http://127.0.0.1:8000",
        headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json", **headers},
    )  # fmt: skip


def crawls(database: Database) -> list[str]:
    table = "workflow_status" if database.sqlite else "dbos.workflow_status"
    with database.read() as db:
        query = sa.text(f"select workflow_uuid from {table} where workflow_uuid like '%push:%'")  # noqa: S608
        return sorted(db.scalars(query))


def messages(database: Database) -> int:
    with database.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(PushMessage)) or 0


@pytest.fixture
def listing(database: Database, world: World) -> str:
    """The listing at place "a", by Google's name for it."""
    with database.write() as db:
        db.execute(
            sa.text("update listing set source_id = 'locations/41' where id = :id"),
            {"id": world.places["a"]["listing_id"]},
        )
    return "locations/41"


@pytest.mark.usefixtures("signed")
def test_a_signed_message_has_its_location_looked_at_again(
    app: Flask, database: Database, moment: Moment, listing: str
) -> None:
    began = time.monotonic()
    assert push(app, token(moment), message(listing)).status_code == 204
    assert time.monotonic() - began < 5
    (asked,) = crawls(database)
    assert "push:m1" in asked


@pytest.mark.usefixtures("signed")
def test_the_same_message_again_does_nothing(
    app: Flask, database: Database, moment: Moment, listing: str
) -> None:
    for _ in range(3):
        assert push(app, token(moment), message(listing)).status_code == 204
    assert len(crawls(database)) == 1
    assert messages(database) == 1


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    "wrong",
    [
        {"signer": "two"},
        {"kid": "two"},
        {"kid": "two", "signer": "two"},
        {"algorithm": "HS256"},
        {"algorithm": "none"},
        {"aud": "https://other.example/push/google"},
        {"aud": None},
        {"iss": "https://accounts.evil.example"},
        {"iss": None},
        {"email": "somebody@evil.example"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": "true"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 4_000_000_000},
        {"iat": None},
    ],
    ids=str,
)
def test_a_message_that_google_did_not_sign_for_us_now_has_no_effect(
    app: Flask, database: Database, moment: Moment, listing: str, wrong: dict[str, Any]
) -> None:
    assert push(app, token(moment, **wrong), message(listing)).status_code == 400
    assert crawls(database) == []
    assert messages(database) == 0


@pytest.mark.usefixtures("signed")
def test_a_token_in_pieces_has_no_effect(
    app: Flask, database: Database, moment: Moment, listing: str
) -> None:
    good = token(moment)
    head, claims, signature = good.split(".")
    for bad in ("", "x", "a.b.c", f"{head}.{claims}.", f"{head}.{claims}.{signature[:-4]}AAAA", f"é{good}"):
        assert push(app, bad, message(listing)).status_code == 400
    assert push(app, good, message(listing), Authorization=f"Basic {good}").status_code == 400
    assert push(app, good, message(listing), Authorization="").status_code == 400
    assert messages(database) == 0


@pytest.mark.usefixtures("signed")
def test_an_expired_token_cannot_be_replayed(
    app: Flask, database: Database, moment: Moment, listing: str
) -> None:
    old = token(moment)
    moment.passes(hours=1, minutes=1)
    assert push(app, old, message(listing)).status_code == 400
    assert messages(database) == 0


@pytest.mark.usefixtures("signed")
def test_keys_that_google_no_longer_shows_are_not_believed(
    app: Flask, database: Database, moment: Moment, listing: str
) -> None:
    moment.passes(days=1)
    with database.write() as db:
        keep_keys(db, [public("two")], moment.now)
    moment.passes(days=1, hours=1)
    assert push(app, token(moment), message(listing)).status_code == 400
    assert push(app, token(moment, signer="two", kid="two"), message(listing)).status_code == 204
    with database.write() as db:
        assert (
            keep_keys(db, [{"kty": "EC", "kid": "x"}, "no key", public("two") | {"alg": "HS256"}], moment.now)
            == 0
        )


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b'{"message": 1}', b'{"message": {"data": "%%%", "messageId": "1"}}',
        b'{"message": {"data": "e30="}}', b'{"message": {"data": "e30=", "messageId": ""}}',
        b'{"message": {"data": "e30=", "messageId": 7}}', b"\xff\xfe",
    ],
    ids=repr,
)  # fmt: skip
def test_a_body_that_is_no_message_is_refused(
    app: Flask, database: Database, moment: Moment, body: bytes
) -> None:
    assert push(app, token(moment), body).status_code == 400
    assert messages(database) == 0


@pytest.mark.usefixtures("signed")
def test_a_message_about_a_stranger_or_nothing_is_taken_and_does_nothing(
    app: Flask, database: Database, moment: Moment, listing: str
) -> None:
    assert push(app, token(moment), message("locations/999", "m2")).status_code == 204
    assert push(app, token(moment), {"message": {"messageId": "m3"}}).status_code == 204
    assert crawls(database) == []


@pytest.mark.usefixtures("signed")
def test_a_paused_source_is_left_alone(
    app: Flask, database: Database, moment: Moment, world: World, listing: str
) -> None:
    with database.write() as db:
        own = world.organizations["own"]
        db.add(SourceState(organization_id=own, source="google", paused_at=moment.now))
    assert push(app, token(moment), message(listing)).status_code == 204
    assert crawls(database) == []


@pytest.mark.usefixtures("signed")
def test_without_a_sender_nothing_is_taken(
    settings: Settings, app: Flask, database: Database, moment: Moment, listing: str
) -> None:
    app.extensions["settings"] = settings.model_copy(update={"google_push_sender": ""})
    assert push(app, token(moment), message(listing)).status_code == 400
    assert push(app, token(moment, email=""), message(listing)).status_code == 400


@pytest.mark.usefixtures("signed")
def test_messages_are_forgotten_when_they_can_not_come_again(
    app: Flask, database: Database, moment: Moment, listing: str
) -> None:
    push(app, token(moment), message(listing))
    moment.passes(days=9)
    with database.write() as db:
        assert expire_messages(db, moment.now) == 1
