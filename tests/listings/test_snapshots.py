"""Stored answers: once per content and organization, no longer than policy and need allow."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.db import Database
from listings.fix import accept
from listings.models.listing import Listing
from listings.models.snapshot import Body, Snapshot
from listings.snapshots import KEEP_UNCITED, Fetched, body_of, expire_bodies, pack, store
from listings.sources import GOOGLE, GOOGLE_PLACES, SOURCES, SourceFacts
from tests.domain import A_DAY_ONLY, DAY, NOW, SOMEBODY, organization, place, seen, shows, wrong_phone

pytestmark = pytest.mark.db

LATER = NOW + KEEP_UNCITED


def stored(
    session: Session,
    organization_id: int,
    source: SourceFacts = SOURCES[GOOGLE],
    *,
    body: bytes = b'{"a": 1}',
    at: dt.datetime = NOW,
) -> Snapshot:
    return store(
        session, organization_id, source, Fetched("https://s.example", 200, "ok", pack(body), at, "test-1")
    )


def bodies(session: Session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Body)) or 0


def test_the_same_bytes_are_kept_once_and_never_across_organizations(database: Database) -> None:
    with database.write() as session:
        ours, theirs = organization(session), organization(session, "Oak Books")
        first, second = stored(session, ours), stored(session, ours)
        assert bodies(session) == 1
        other = stored(session, theirs)
        assert bodies(session) == 2
        assert {body_of(session, one, NOW) for one in (first, second, other)} == {b'{"a": 1}'}


def test_nothing_is_kept_of_a_source_that_forbids_it(database: Database) -> None:
    with database.write() as session:
        snapshot = stored(session, organization(session), SOURCES[GOOGLE_PLACES])
        assert (snapshot.sha256, bodies(session), body_of(session, snapshot, NOW)) == (None, 0, None)


def test_a_body_is_unreadable_from_its_last_second_on_and_then_taken_away(database: Database) -> None:
    with database.write() as session:
        snapshot = stored(session, organization(session), A_DAY_ONLY)
        assert body_of(session, snapshot, NOW + DAY - dt.timedelta(seconds=1)) is not None
        assert body_of(session, snapshot, NOW + DAY) is None
        assert bodies(session) == 1
        assert expire_bodies(session, NOW + DAY) == 1
        assert bodies(session) == 0


def test_policy_outranks_unfinished_work(database: Database) -> None:
    with database.write() as session:
        listing = seen(session, organization(session), shows(phone="+12155550100"), source=A_DAY_ONLY)
        assert listing.snapshot_id is not None
        assert expire_bodies(session, NOW + DAY) == 1


def test_an_old_body_stays_while_a_listing_or_unfinished_work_cites_it(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        row = wrong_phone(session, location)
        cited = stored(session, location.organization_id, body=b"cited")
        row.snapshot_id = cited.id
        stored(session, location.organization_id, body=b"nobody needs it")
        assert expire_bodies(session, LATER) == 1
        newest = session.get_one(Snapshot, session.get_one(Listing, row.listing_id).snapshot_id)
        assert body_of(session, newest, LATER) is not None
        assert body_of(session, cited, LATER) == b"cited"


def test_bytes_that_a_younger_answer_shares_stay(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        stored(session, organization_id)
        young = stored(session, organization_id, at=LATER)
        assert expire_bodies(session, LATER) == 1
        assert body_of(session, young, LATER) == b'{"a": 1}'


def test_accepted_work_still_shows_its_proof(database: Database) -> None:
    with database.write() as session:
        row = wrong_phone(session, place(session, organization(session)))
        proof = stored(session, row.organization_id, body=b"proof")
        row.snapshot_id = proof.id
        accept(session, row, person_id=SOMEBODY, now=NOW)
        expire_bodies(session, LATER)
        assert body_of(session, proof, LATER) == b"proof"
