"""The kept index says at every moment what one made anew says, and never more than was committed."""

import random
from typing import Any

import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal
from sqlalchemy.orm import Session

from listings.db import Database
from listings.link import load_locations
from listings.location_index import Kept, location_index, read_table
from listings.matching.block import MatchIndex
from listings.matching.link import Verdicts, link, match_listing, raw_frame
from listings.models.location import MATCHED, Location, raw_locations
from listings.normalize.columns import NORMAL_SCHEMA, normalise_columns
from listings.records import ListingRecord
from tests.domain import NOW, organization, place
from tests.listings.matching import invented

pytestmark = pytest.mark.db
NUMBERS = ("latitude", "longitude")


def values(row: dict[str, str | None]) -> dict[str, Any]:
    return {
        name: float(row[name] or 0) if name in NUMBERS and row[name] else row[name] for name in MATCHED
    }  # fmt: skip


def add(session: Session, organization_id: int, rows: list[dict[str, str | None]]) -> None:
    session.add_all(
        Location(
            organization_id=organization_id, code=row["id"], created_at=NOW, updated_at=NOW, **values(row)
        )
        for row in rows
    )


def raw_index(session: Session, organization_id: int) -> MatchIndex:
    """The index of the batch: every location normalised now, from its own words."""
    mine = sa.select(Location).where(
        Location.organization_id == organization_id, Location.duplicate_of.is_(None)
    )
    rows = session.scalars(mine.order_by(Location.id)).all()
    return MatchIndex(
        normalise_columns(raw_locations(rows)), load_locations(session, organization_id).index.scorecard
    )


def listed(seed: int, count: int) -> list[ListingRecord]:
    rows = invented.listings(invented.locations(60, seed=1), count, seed=seed).rows(named=True)
    return [
        ListingRecord(
            source="google", source_id=row["id"], url=None, shown=frozenset(),
            **{name: value for name, value in values(row).items() if name != "category"},
        )
        for row in rows
    ]  # fmt: skip


def change(session: Session, organization_id: int, draw: random.Random) -> None:
    """One edit such as people and imports make."""
    rows = session.scalars(sa.select(Location).where(Location.organization_id == organization_id)).all()
    row = draw.choice(rows)
    match draw.randrange(6):
        case 0:
            row.phone = f"503-555-{draw.randrange(40):04}"
        case 1:
            row.name, row.street = f"{row.name} {draw.choice(invented.WORDS)}", "77 Mill Road"
        case 2:
            fresh = invented.locations(3, seed=draw.randrange(10_000)).rows(named=True)
            add(session, organization_id, [{**new, "id": f"{new['id']}-{draw.random()}"} for new in fresh])
        case 3:
            stays = {one.duplicate_of for one in rows}
            session.delete(draw.choice([one for one in rows if one.id not in stays]))
        case 4:
            others = [one.id for one in rows if one.id != row.id]
            row.duplicate_of = None if row.duplicate_of else draw.choice(others)
        case _:
            row.hours = "Mo-Fr 09:00-17:00"


def said(draw: random.Random, ids: list[str]) -> Verdicts:
    """People's words on some pairs."""
    pairs = [(f"x{number}", draw.choice(ids)) for number in range(10)]
    return Verdicts(confirmed=pairs[:3], rejected=pairs[3:])


@pytest.fixture
def owner(database: Database) -> int:
    with database.write() as session:
        organization_id = organization(session)
        add(session, organization_id, invented.locations(60, seed=1).rows(named=True))
    return organization_id


@pytest.mark.parametrize("seed", range(3))
def test_after_any_edits_the_kept_index_answers_as_the_batch(
    database: Database, owner: int, seed: int
) -> None:
    draw = random.Random(seed)
    for number in range(10):
        with database.write() as session:
            for _ in range(draw.randrange(1, 4)):
                change(session, owner, draw)
        with database.read() as session:
            kept, batch = load_locations(session, owner).index, raw_index(session, owner)
        records = listed(number, 25)
        listings, verdicts = normalise_columns(raw_frame(records)), said(draw, batch.ids)
        assert kept.ids == batch.ids
        assert_frame_equal(kept.score(listings), batch.score(listings))
        sources = [None] * listings.height
        assert_frame_equal(
            link(kept, listings, sources, verdicts).table, link(batch, listings, sources, verdicts).table
        )
        assert [match_listing(one, kept) for one in records[:5]] == [
            match_listing(one, batch) for one in records[:5]
        ]


def test_what_has_not_changed_is_not_read_again(database: Database, owner: int) -> None:
    with database.write() as session:
        first = place(session, owner)
    with database.read() as session:
        before = location_index(session, owner)
    with database.write() as session:
        session.get_one(Location, first.id).hours = "24/7"
    with database.read() as session:
        assert location_index(session, owner) is before


def test_what_is_taken_back_is_never_kept(database: Database, owner: int) -> None:
    with database.read() as session:
        before = location_index(session, owner).id_by_code
    with database.write() as session:
        place(session, owner, "ghost")
        assert "ghost" in location_index(session, owner).id_by_code
        session.rollback()
    with database.write() as session:
        place(session, owner, "real")
    with database.read() as session:
        assert location_index(session, owner).id_by_code.keys() == {*before, "real"}


def test_a_longer_transaction_keeps_its_moment(database: Database, owner: int) -> None:
    with database.read() as earlier:
        earlier.execute(sa.select(Location.id)).all()
        with database.write() as session:
            place(session, owner, "new")
        with database.read() as session:
            assert "new" in location_index(session, owner).id_by_code
        assert "new" not in location_index(earlier, owner).id_by_code
    with database.read() as session:
        assert "new" in location_index(session, owner).id_by_code


def test_the_least_used_organizations_make_room(database: Database, owner: int) -> None:
    with database.write() as session:
        others = [organization(session, f"Oak {number}") for number in range(3)]
        for other in others:
            place(session, other)
    kept = Kept(most=62)
    with database.read() as session:
        held = {id_: kept.at(session, id_) for id_ in (owner, *others)}
        assert len(kept) == 3
        assert kept.at(session, others[-1]) is held[others[-1]]
        assert kept.at(session, owner) is not held[owner]


def test_a_row_without_forms_is_read_by_its_words(database: Database, owner: int) -> None:
    with database.write() as session:
        session.execute(sa.update(Location).values(normal=None, normal_version=0))
    with database.read() as session:
        mine = Location.organization_id == owner
        rows = session.scalars(sa.select(Location).where(mine).order_by(Location.id)).all()
        assert_frame_equal(
            read_table(session, mine).select(list(NORMAL_SCHEMA)), normalise_columns(raw_locations(rows))
        )
