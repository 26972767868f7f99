"""Google's attributes from the crawl to a person's change and back: read now and then, sent once, confirmed later."""

import datetime as dt
import threading
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.deliver_attribute import change_attribute
from crawlers.sandbox.ids import location_number
from listings import attributes
from listings.attributes import ChangeAttribute, Refused, ask_change
from listings.jobs import JobContext
from listings.models.attributes import AttributeChange, ChangeState, ListingAttributes
from listings.models.fix import DeliveryAttempt
from listings.models.listing import Listing
from listings.models.snapshot import Snapshot
from listings.snapshots import KEEP_UNCITED, body_of, expire_bodies
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db

CONTEXT = JobContext("test", threading.Event())
TAKEOUT, MENU = "attributes/has_takeout", "attributes/url_menu"


def first(loop: Loop) -> Listing:
    """The first listing of ours at Google."""
    with loop.database.read() as session:
        query = sa.select(Listing).where(Listing.source == "google", Listing.location_id.is_not(None))
        return session.scalars(query.order_by(Listing.id).limit(1)).one()


def kept(loop: Loop, listing: Listing) -> dict[str, Any]:
    with loop.database.read() as session:
        return session.get_one(ListingAttributes, listing.id).attributes


def asked(loop: Loop) -> int:
    """How many requests for attributes Google has had."""
    with loop.database.read() as session:
        count = sa.select(sa.func.count()).where(Snapshot.url.like("%/attributes"))
        return session.scalar(count) or 0


def wish(loop: Loop, listing: Listing, name: str, value: Any) -> int:
    with loop.database.write() as session:
        row = session.get_one(Listing, listing.id)
        return ask_change(session, row, name, value, person_id=1, now=loop.door.clock()).id


def send(loop: Loop, change_id: int) -> AttributeChange:
    change_attribute(loop.door, CONTEXT, ChangeAttribute(change_id))
    return change_of(loop, change_id)


def change_of(loop: Loop, change_id: int) -> AttributeChange:
    with loop.database.read() as session:
        return session.get_one(AttributeChange, change_id)


def twin(loop: Loop, listing: Listing) -> dict[str, Any]:
    """What somebody has entered at the local Google, to be changed by tests."""
    number = location_number(listing.source_id.partition("/")[2])
    return loop.server.sandbox.attributes.setdefault(number, {})


def test_a_crawl_reads_the_attributes_of_our_listings_once_a_day_each(loop: Loop) -> None:
    assert loop.crawl("google").complete
    with loop.database.read() as session:
        ours = session.scalar(
            sa.select(sa.func.count()).where(Listing.source == "google", Listing.location_id.is_not(None))
        )
    assert asked(loop) == ours
    listing = first(loop)
    assert kept(loop, listing)[TAKEOUT] is True
    assert kept(loop, listing)[MENU] == ["https://www.ostermill.example/menu"]
    loop.crawl("google")
    assert asked(loop) == ours
    loop.server.sandbox.advance(1)
    twin(loop, listing)[TAKEOUT] = {"values": [False]}
    loop.crawl("google")
    assert kept(loop, listing)[TAKEOUT] is False


def test_the_answer_that_attributes_stand_in_is_kept_as_long_as_they_do(loop: Loop) -> None:
    loop.crawl("google")
    listing = first(loop)
    later = loop.door.clock() + KEEP_UNCITED + dt.timedelta(days=1)
    with loop.database.write() as session:
        expire_bodies(session, later)
        row = session.get_one(ListingAttributes, listing.id)
        body = body_of(session, session.get_one(Snapshot, row.snapshot_id), later)
    assert b"has_takeout" in (body or b"")


@pytest.mark.parametrize(("name", "value"), [(TAKEOUT, False), (MENU, ["https://a.example/m"]), (MENU, None)])
def test_a_change_is_sent_saved_and_confirmed_by_the_next_reading(loop: Loop, name: str, value: Any) -> None:
    loop.crawl("google")
    listing = first(loop)
    change_id = wish(loop, listing, name, value)
    assert send(loop, change_id).state is ChangeState.SENT
    assert kept(loop, listing).get(name) != value
    loop.crawl("google")
    assert change_of(loop, change_id).state is ChangeState.CONFIRMED
    assert kept(loop, listing).get(name) == value
    with loop.database.read() as session:
        assert session.scalars(sa.select(DeliveryAttempt.outcome)).all() == ["delivered"]


def test_what_stands_there_already_is_not_sent_again(loop: Loop) -> None:
    loop.crawl("google")
    listing = first(loop)
    change_id = wish(loop, listing, TAKEOUT, False)
    twin(loop, listing)[TAKEOUT] = {"values": [False]}
    calls = loop.server.sandbox.calls.copy()
    assert send(loop, change_id).state is ChangeState.SENT
    assert [call for call in loop.server.sandbox.calls - calls if "PATCH" in str(call)] == []


def test_what_somebody_else_changed_in_between_is_a_conflict(loop: Loop) -> None:
    loop.crawl("google")
    listing = first(loop)
    change_id = wish(loop, listing, MENU, ["https://ours.example/"])
    twin(loop, listing)[MENU] = {"uriValues": [{"uri": "https://theirs.example/"}]}
    row = send(loop, change_id)
    assert row.state is ChangeState.CONFLICT
    assert "changed since you looked" in (row.detail or "")
    assert twin(loop, listing)[MENU] == {"uriValues": [{"uri": "https://theirs.example/"}]}


def test_a_yes_that_saves_nothing_is_told_as_a_no(loop: Loop) -> None:
    loop.crawl("google")
    listing = first(loop)
    loop.server.sandbox.deprecated.add(TAKEOUT)
    row = send(loop, wish(loop, listing, TAKEOUT, False))
    assert row.state is ChangeState.REFUSED
    assert "may no longer offer" in (row.detail or "")


def test_after_an_answer_that_was_lost_the_change_is_looked_for_first(loop: Loop) -> None:
    loop.crawl("google")
    listing = first(loop)
    change_id = wish(loop, listing, TAKEOUT, False)
    loop.fault("google", "503", path="/attributes")
    row = send(loop, change_id)
    assert (row.state, bool(row.detail)) == (ChangeState.QUEUED, True)
    loop.well()
    twin(loop, listing)[TAKEOUT] = {"values": [False]}
    assert send(loop, change_id).state is ChangeState.SENT


def test_a_change_that_was_taken_back_never_leaves(loop: Loop) -> None:
    loop.crawl("google")
    listing = first(loop)
    change_id = wish(loop, listing, TAKEOUT, False)
    with loop.database.write() as session:
        row = session.get_one(AttributeChange, change_id)
        assert attributes.take_back(session, row, loop.door.clock())
    assert send(loop, change_id).state is ChangeState.TAKEN_BACK
    assert TAKEOUT not in twin(loop, listing)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        (TAKEOUT, True, "already"), (MENU, ["javascript:alert(1)"], "whole addresses"), (MENU, "x", "whole"),
        ("attributes/Wi-Fi", "free", "small letters"), ("title", "x", "small letters"),
        ("attributes/wi_fi", "free wifi!", "own words"), ("attributes/cards", {"set": [], "unset": []}, "own words"),
    ],
)  # fmt: skip
def test_what_google_could_not_hold_is_refused_before_it_leaves(
    loop: Loop, name: str, value: Any, why: str
) -> None:
    loop.crawl("google")
    with pytest.raises(Refused, match=why):
        wish(loop, first(loop), name, value)


def test_trouble_with_attributes_leaves_the_crawl_complete_and_what_is_known_as_it_is(loop: Loop) -> None:
    loop.crawl("google")
    listing = first(loop)
    before = kept(loop, listing)
    for fault in ("503", "404", "drift", "html"):
        loop.server.sandbox.advance(1)
        loop.fault("google", fault, path="/attributes")
        assert loop.crawl("google").complete
        loop.well()
        assert kept(loop, listing) == before


def test_that_many_vanish_at_once_is_believed_the_second_time(loop: Loop) -> None:
    loop.crawl("google")
    listing = first(loop)
    many = {f"attributes/a{number}": True for number in range(8)}
    with loop.database.write() as session:
        row = session.get_one(Listing, listing.id)
        attributes.keep(session, row, many, snapshot_id=None, now=loop.door.clock())
        attributes.keep(session, row, {}, snapshot_id=None, now=loop.door.clock())
    assert kept(loop, listing) == many
    with loop.database.write() as session:
        row = session.get_one(Listing, listing.id)
        attributes.keep(session, row, {}, snapshot_id=None, now=loop.door.clock())
    assert kept(loop, listing) == {}
