"""People's decisions on a mismatch and their way back."""

from dataclasses import replace

import pytest

from listings.db import Database
from listings.fix import Refused, accept, dismiss, record_is_wrong, send_fix, undo
from listings.models.fix import DeliveryAttempt, FixState
from listings.models.location import Location
from listings.models.mismatch import MismatchState
from listings.sources import WEBSITE
from tests.domain import DAY, NOW, RIGHT, SOMEBODY, WRONG, crawled, organization, place, shows, wrong_phone

pytestmark = pytest.mark.db


def test_another_decision_takes_a_waiting_correction_back(database: Database) -> None:
    with database.write() as session:
        row = wrong_phone(session, place(session, organization(session)))
        fix = send_fix(session, row, person_id=SOMEBODY, now=NOW)
        accept(session, row, person_id=SOMEBODY, now=NOW + DAY)
        assert (row.state, fix.state) == (MismatchState.ACCEPTED, FixState.TAKEN_BACK)
        assert undo(session, row, now=NOW + DAY) is MismatchState.OPEN
        with pytest.raises(Refused, match="nothing of yours"):
            undo(session, row, now=NOW + DAY)


@pytest.mark.parametrize("ended", [False, True])
def test_what_is_being_sent_can_not_be_taken_back(database: Database, ended: bool) -> None:
    with database.write() as session:
        row = wrong_phone(session, place(session, organization(session)))
        fix = send_fix(session, row, person_id=SOMEBODY, now=NOW)
        session.add(
            DeliveryAttempt(
                organization_id=row.organization_id,
                kind="fix",
                subject_id=fix.id,
                started_at=NOW,
                finished_at=NOW if ended else None,
                outcome="unknown" if ended else None,
            )
        )
        session.flush()
        if ended:
            assert undo(session, row, now=NOW) is MismatchState.OPEN
            return
        with pytest.raises(Refused, match="sent"):
            undo(session, row, now=NOW)
        with pytest.raises(Refused, match="being sent"):
            accept(session, row, person_id=SOMEBODY, now=NOW)
        assert fix.state is FixState.QUEUED


def test_a_row_that_waits_again_after_an_undo_keeps_its_deadline(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        (row,) = crawled(session, location, replace(shows("page", phone=WRONG), source=WEBSITE)).opened
        send_fix(session, row, person_id=SOMEBODY, now=NOW)
        expected = row.expected_by
        dismiss(session, row, person_id=SOMEBODY, now=NOW)
        assert undo(session, row, now=NOW + DAY) is MismatchState.WAITING
        assert row.expected_by == expected is not None


def test_the_record_takes_the_live_value_and_gets_its_own_back(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        row = wrong_phone(session, location)
        record_is_wrong(session, row, person_id=SOMEBODY, now=NOW)
        assert (location.phone, row.state) == (WRONG, MismatchState.LOCATION_WRONG)
        undo(session, row, now=NOW + DAY)
        assert (location.phone, row.state) == (RIGHT, MismatchState.OPEN)


def test_an_undo_never_overwrites_what_somebody_else_wrote_since(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        row = wrong_phone(session, location)
        record_is_wrong(session, row, person_id=SOMEBODY, now=NOW)
        location.phone = "+12155550188"
        session.flush()
        with pytest.raises(Refused, match="changed since"):
            undo(session, row, now=NOW + DAY)
        assert session.get_one(Location, location.id).phone == "+12155550188"


def test_a_value_whose_time_is_over_can_not_be_taken_over(database: Database) -> None:
    with database.write() as session:
        row = wrong_phone(session, place(session, organization(session)))
        row.value_expires_at = NOW + DAY
        with pytest.raises(Refused, match="taken over"):
            record_is_wrong(session, row, person_id=SOMEBODY, now=NOW + DAY)
        assert row.value_at(NOW + DAY) is None
        assert row.value_at(NOW) == WRONG


def test_only_an_open_row_is_fixed_and_only_an_unfinished_one_decided(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        row = wrong_phone(session, location)
        send_fix(session, row, person_id=SOMEBODY, now=NOW)
        with pytest.raises(Refused, match="fix sent"):
            send_fix(session, row, person_id=SOMEBODY, now=NOW)
        crawled(session, location, shows(phone=RIGHT), now=NOW + DAY)
        with pytest.raises(Refused, match="fixed already"):
            accept(session, row, person_id=SOMEBODY, now=NOW)
