"""Mismatches as rows with a state: what an observation opens, closes, brings back and leaves alone."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from listings.canonical import local_date
from listings.db import Database
from listings.fix import accept, send_fix
from listings.flag import let_go
from listings.models.fix import Fix, FixState
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from listings.records import ListingRecord, SpecialDay
from listings.sources import GOOGLE_PLACES, WEBSITE
from tests.domain import (
    DAY,
    NOW,
    OTHER,
    RIGHT,
    SOMEBODY,
    WRONG,
    crawled,
    organization,
    place,
    shows,
    wrong_phone,
)

pytestmark = pytest.mark.db


def page(**values: Any) -> ListingRecord:
    return replace(shows("https://elm.example/a1", **values), source=WEBSITE)


def test_a_difference_opens_once_closes_when_the_source_agrees_and_comes_back(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        row = wrong_phone(session, location)
        assert not crawled(session, location, shows(phone=WRONG), now=NOW + DAY).opened
        assert crawled(session, location, shows(phone=RIGHT), now=NOW + 2 * DAY).fixed == (row,)
        assert crawled(session, location, shows(phone=OTHER), now=NOW + 3 * DAY).came_back == (row,)


def test_a_field_that_an_answer_cannot_show_is_left_alone(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        row = wrong_phone(session, location)
        crawled(session, location, shows(name="Elm Books"))
        assert row.state is MismatchState.OPEN


def test_a_page_that_stops_saying_the_wrong_value_leaves_nothing_to_fix(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        (row,) = crawled(session, location, page(phone=WRONG)).opened
        crawled(session, location, page(phone=None), now=NOW + DAY)
        assert row.state is MismatchState.DISMISSED
        assert crawled(session, location, page(phone=WRONG), now=NOW + 2 * DAY).opened == (row,)


def test_a_record_without_a_value_has_no_mismatch(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        row = wrong_phone(session, location)
        location.phone = None
        crawled(session, location, shows(phone=WRONG), now=NOW + DAY)
        assert row.state is MismatchState.DISMISSED


def test_a_listing_that_moves_to_another_location_starts_anew_there(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        first, second = place(session, organization_id), place(session, organization_id, "A2", phone=OTHER)
        row = wrong_phone(session, first)
        crawled(session, first, shows(phone=RIGHT), now=NOW + DAY)
        found = crawled(session, second, shows(phone=RIGHT), now=NOW + 2 * DAY)
        assert (found.opened, found.came_back) == ((row,), ())
        assert row.location_id == second.id


def test_a_listing_that_is_let_go_takes_its_waiting_correction_back(database: Database) -> None:
    with database.write() as session:
        row = wrong_phone(session, place(session, organization(session)))
        fix = send_fix(session, row, person_id=SOMEBODY, now=NOW)
        let_go(session, session.get_one(Listing, row.listing_id), NOW + DAY, person_id=None)
        assert (row.state, fix.state) == (MismatchState.NOT_OURS, FixState.TAKEN_BACK)


def test_a_correction_that_was_not_taken_in_time_is_over(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        (row,) = crawled(session, location, page(phone=WRONG)).opened
        fix = send_fix(session, row, person_id=SOMEBODY, now=NOW)
        crawled(session, location, page(phone=WRONG), now=NOW + 2 * DAY)
        assert (row.state, fix.state, row.expected_by) == (MismatchState.OPEN, FixState.REFUSED, None)


def holiday(day: int) -> SpecialDay:
    return SpecialDay(dt.date(2026, 9, day), ())


def test_an_acceptance_outlives_the_special_days_that_go_by(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session), special_hours="2026 Sep 07 off; 2026 Sep 12 off")
        record = shows(special_hours=(SpecialDay(dt.date(2026, 9, 7), (("10:00", "12:00"),)), holiday(13)))
        (row,) = crawled(session, location, record).opened
        accept(session, row, person_id=SOMEBODY, now=NOW)
        for days in (1, 3, 4):
            crawled(session, location, record, now=NOW + days * DAY)
            assert row.state in (MismatchState.ACCEPTED, MismatchState.FIXED), days
        changed = shows(special_hours=(SpecialDay(dt.date(2026, 9, 12), (("08:00", "12:00"),)),))
        crawled(session, location, changed, now=NOW + 5 * DAY)
        assert row.state in (MismatchState.OPEN, MismatchState.CAME_BACK)


@pytest.mark.parametrize(
    ("zone", "moment", "date"),
    [
        ("America/Los_Angeles", "2026-09-06T06:59:00+00:00", "2026-09-05"),
        (None, "2026-09-06T03:59:00+00:00", "2026-09-05"),
        ("America/New_York", "2026-11-01T05:30:00+00:00", "2026-11-01"),
        ("America/New_York", "2026-11-02T04:59:00+00:00", "2026-11-01"),
        ("Pacific/Kiritimati", "2026-09-05T10:00:00+00:00", "2026-09-06"),
    ],
)
def test_a_day_is_the_day_at_the_location(
    database: Database, zone: str | None, moment: str, date: str
) -> None:
    with database.write() as session:
        location = place(session, organization(session), time_zone=zone)
        assert local_date(session, location, dt.datetime.fromisoformat(moment)).isoformat() == date


def test_nothing_of_a_place_stands_in_its_mismatches_or_their_history(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        for day, phone in enumerate((WRONG, OTHER, RIGHT, WRONG)):
            record = replace(shows("places/x", phone=phone), source=GOOGLE_PLACES)
            crawled(session, location, record, now=NOW + day * DAY)
        stored = repr([row.__dict__ for row in session.scalars(sa.select(Mismatch))])
        stored += repr([event.__dict__ for event in session.scalars(sa.select(MismatchEvent))])
    assert WRONG not in stored
    assert OTHER not in stored


def test_the_same_listing_of_another_organization_is_another_row(database: Database) -> None:
    with database.write() as session:
        ours = place(session, organization(session))
        theirs = place(session, organization(session, "Oak Books"), phone=WRONG)
        row = wrong_phone(session, ours)
        crawled(session, theirs, shows(phone=WRONG), now=NOW + DAY)
        assert row.state is MismatchState.OPEN
        assert session.scalars(sa.select(Mismatch.organization_id)).all() == [ours.organization_id]


def test_a_confirmed_fix_is_closed_with_its_row(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        send_fix(session, wrong_phone(session, location), person_id=SOMEBODY, now=NOW)
        crawled(session, location, shows(phone=RIGHT), now=NOW + DAY)
        assert session.scalars(sa.select(Fix)).one().state is FixState.CONFIRMED
