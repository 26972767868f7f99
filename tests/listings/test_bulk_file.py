"""Corrections in a file: the whole record, nothing a spreadsheet would run, marked and taken back together."""

import csv
import datetime as dt
import io

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.bulk_file import COLUMNS, file_of, mark_sent, open_corrections, take_back
from listings.db import Database
from listings.fix import accept
from listings.models.fix import Channel, Fix, FixState
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.sources import BING, SOURCES
from tests.domain import NOW, WRONG, crawled, organization, place, shows

pytestmark = pytest.mark.db

SOURCE = SOURCES[BING]


def wrong_at_bing(session: Session, organization_id: int, code: str, **values: object) -> Mismatch:
    location = place(session, organization_id, code=code, **values)
    (row,) = crawled(session, location, shows(f"locations/{code}", phone=WRONG)).opened
    row.source = BING
    session.flush()
    return row


def rows(session: Session, organization_id: int) -> list[dict[str, str]]:
    text = file_of(session, open_corrections(session, organization_id, SOURCE))
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_is_the_whole_record_in_the_forms_of_its_country(database: Database) -> None:
    with database.write() as session:
        ours = organization(session)
        wrong_at_bing(
            session, ours, "0117", name="Tern, Pebble & Co", street="18 Wharf Ln, Ste 2", phone="+12155550133",
            country="US", latitude=39.95, longitude=-75.16,
            hours="Mo 07:00-12:00,13:00-18:00; Tu-Sa 07:00-18:00; Su off",
        )  # fmt: skip
        (row,) = rows(session, ours)
    assert tuple(row) == COLUMNS
    assert (row["StoreId"], row["BusinessName"]) == ("0117", "Tern, Pebble & Co")
    assert (row["AddressLine1"], row["AddressLine2"]) == ("18 Wharf Ln", "Ste 2")
    assert (row["PhoneNumber"], row["Longitude"], row["Status"]) == ("(215) 555-0133", "-75.16", "Open")
    assert (row["Monday"], row["Sunday"]) == ("07:00-12:00;13:00-18:00", "Closed")


@pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "@cmd", "-2+3", "\tx"])
def test_no_cell_is_a_formula(database: Database, name: str) -> None:
    with database.write() as session:
        ours = organization(session)
        wrong_at_bing(session, ours, "1", name=name)
        (row,) = rows(session, ours)
    assert row["BusinessName"] == f"'{name}"


def test_only_what_is_open_at_this_source_and_ours_is_in_it(database: Database) -> None:
    with database.write() as session:
        ours, theirs = organization(session), organization(session, name="Another")
        wrong_at_bing(session, ours, "1")
        accept(session, wrong_at_bing(session, ours, "2"), person_id=1, now=NOW)
        crawled(session, place(session, ours, code="3"), shows("locations/3", phone=WRONG))
        wrong_at_bing(session, theirs, "4")
        assert [row["StoreId"] for row in rows(session, ours)] == ["1"]


def test_what_left_in_a_file_waits_and_is_taken_back_with_it(database: Database) -> None:
    with database.write() as session:
        ours = organization(session)
        for code in ("1", "2"):
            wrong_at_bing(session, ours, code)
        mark_sent(session, open_corrections(session, ours, SOURCE), person_id=1, now=NOW)
        sent = session.scalars(sa.select(Mismatch)).all()
        assert {row.state for row in sent} == {MismatchState.WAITING}
        assert {row.expected_by for row in sent} == {NOW + SOURCE.usual_delay}
        assert {fix.channel for fix in session.scalars(sa.select(Fix))} == {Channel.FILE}
        assert open_corrections(session, ours, SOURCE) == []
        later = NOW + dt.timedelta(hours=1)
        wrong_at_bing(session, ours, "3")
        mark_sent(session, open_corrections(session, ours, SOURCE), person_id=1, now=later)
        assert take_back(session, ours, SOURCE, later) == 1
        codes = sa.select(Location.code).join(Mismatch, Mismatch.location_id == Location.id)
        assert session.scalars(codes.where(Mismatch.state == MismatchState.OPEN)).all() == ["3"]
        assert take_back(session, ours, SOURCE, later) == 2
        assert {fix.state for fix in session.scalars(sa.select(Fix))} == {FixState.TAKEN_BACK}
        assert take_back(session, ours, SOURCE, later) == 0
