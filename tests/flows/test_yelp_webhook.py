"""Yelp's announcement over the wire: the twin sends it, the door takes it, the business alone is read again."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from werkzeug.serving import make_server

from crawlers.run import crawl
from crawlers.sandbox import control
from crawlers.sandbox.wire import Answered, Asked
from crawlers.sandbox.yelp_webhook import EVENTS, announce
from listings.crawl_plan import CrawlSource
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.push import PushMessage
from listings.settings import Settings
from tests.flows.conftest import KEY, Loop
from web.app import create_app

SECRET = "an-address-that-nobody-can-guess"


@pytest.fixture
def webhook(loop: Loop) -> Iterator[str]:
    """The address of a door that takes announcements."""
    settings = Settings(secret_key=SecretStr(KEY), yelp_push_secret=SecretStr(SECRET))
    server = make_server("127.0.0.1", 0, create_app(settings, loop.database, now=loop.door.clock))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/push/yelp/{SECRET}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def linked(loop: Loop) -> tuple[int, str]:
    """A location with a business at Yelp: its id and its code."""
    with loop.database.read() as session:
        query = sa.select(Location.id, Location.code).join(Listing, Listing.location_id == Location.id)
        found = session.execute(query.where(Listing.source == "yelp").limit(1)).one()
        return found[0], found[1]


def asked_for(loop: Loop) -> list[str]:
    with loop.database.read() as session:
        query = "select workflow_uuid from workflow_status where workflow_uuid like '%push:%'"
        return list(session.scalars(sa.text(query)))


def messages(loop: Loop) -> int:
    with loop.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(PushMessage)) or 0


def test_an_announcement_has_one_business_read_again_for_two_calls(loop: Loop, webhook: str) -> None:
    loop.crawl("yelp")
    location_id, code = linked(loop)
    for event in EVENTS:
        assert announce(loop.server.sandbox, code, webhook, event) == 200
    assert announce(loop.server.sandbox, code, webhook) == 200
    assert messages(loop) == len(EVENTS)
    assert len(asked_for(loop)) == 1
    calls = sum(loop.server.sandbox.calls.values())
    asked = CrawlSource(loop.organization_id, "yelp", "push:1", [location_id], narrowed=True)
    assert crawl(loop.door, asked).complete
    assert sum(loop.server.sandbox.calls.values()) - calls == 2


def test_an_announcement_to_a_wrong_address_does_nothing(loop: Loop, webhook: str) -> None:
    loop.crawl("yelp")
    assert announce(loop.server.sandbox, linked(loop)[1], f"{webhook}x") == 404
    assert messages(loop) == 0


def told(loop: Loop, body: bytes) -> Answered:
    asked = Asked("POST", "sandbox", "/announce", {}, {"content-type": "application/json"}, body)
    return control.answer(loop.server.sandbox, asked)


def test_the_twin_sends_to_this_machine_only_and_says_what_it_can_not(loop: Loop) -> None:
    loop.crawl("yelp")
    code = linked(loop)[1]
    for url in ("http://yelp.example/push", "https://127.0.0.1/push", "http://127.0.0.1:1/push"):
        assert told(loop, f'{{"code": "{code}", "url": "{url}"}}'.encode()).status == 400
    assert told(loop, b'{"code": "nowhere", "url": "http://127.0.0.1:1/"}').status == 400
    assert told(loop, b'{"url": "http://127.0.0.1:1/"}').status == 400
