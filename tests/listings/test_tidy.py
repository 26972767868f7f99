"""Values leave when their time at the source is over, each of them at its own time."""

import pytest
import sqlalchemy as sa

from listings.db import Database
from listings.models.listing import Observation
from listings.tidy import expire_values
from tests.domain import A_DAY_ONLY, DAY, NOW, WRONG, organization, place, seen, shows, wrong_phone

pytestmark = pytest.mark.db


def test_a_listing_loses_its_values_and_keeps_its_hash(database: Database) -> None:
    with database.write() as session:
        listing = seen(session, organization(session), shows(phone=WRONG, rating=4.0), source=A_DAY_ONLY)
        digest = listing.record_hash
        assert expire_values(session, NOW + DAY / 2, sources=[A_DAY_ONLY]) == 0
        assert expire_values(session, NOW + DAY, sources=[A_DAY_ONLY]) == 1
        assert (listing.record, listing.rating, listing.record_hash) == (None, None, digest)


def test_a_former_value_ends_though_the_listing_is_read_again_and_again(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        for number in range(4):
            now = NOW + number * DAY / 2
            seen(session, organization_id, shows(phone=f"+1215555010{number}"), source=A_DAY_ONLY, now=now)
        expire_values(session, NOW + 1.5 * DAY, sources=[A_DAY_ONLY])
        kept = session.scalars(sa.select(Observation.record).order_by(Observation.id)).all()
    assert [one is not None for one in kept] == [False, False, True, True]


def test_a_mismatch_loses_the_value_and_keeps_what_was_decided(database: Database) -> None:
    with database.write() as session:
        row = wrong_phone(session, place(session, organization(session)))
        row.value_expires_at = NOW + DAY
        session.flush()
        assert expire_values(session, NOW + DAY) == 1
        assert (row.live_value, row.record_value is None, row.live_hash == "") == (None, False, False)


def test_what_may_be_kept_stays(database: Database) -> None:
    with database.write() as session:
        row = wrong_phone(session, place(session, organization(session)))
        assert expire_values(session, NOW + 1000 * DAY) == 0
        assert row.live_value == WRONG
