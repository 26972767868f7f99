"""What an actor sees of each model, on a world with two organizations and two places of the first."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import ACTS, Act, Actor, actor_of, get, scoped, visible_locations
from listings.db import Base, Database
from listings.models.listing import Listing, Match, Observation
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchEvent, MismatchState
from listings.models.organization import Organization
from listings.models.person import Person, Role
from listings.models.snapshot import Snapshot
from reputation.models.review import Review, ReviewEvent, ReviewNote
from reputation.models.widget import Widget
from tests.web.moment import Moment
from tests.web.world import World, build

NOW = Moment().now
PLACED: list[tuple[type[Base], str]] = [
    (Location, "location_id"),
    (Listing, "listing_id"),
    (Observation, "observation_id"),
    (Mismatch, "mismatch_id"),
    (Review, "review_id"),
    (Snapshot, "snapshot_id"),
    (Match, "listing_id"),
]


@pytest.fixture
def world(database: Database) -> World:
    with database.write() as db:
        return build(db, NOW)


def actor(db: Session, world: World, name: str) -> Actor:
    return actor_of(db, db.get_one(Person, world.people[name]))


@pytest.mark.db
@pytest.mark.parametrize(("model", "key"), PLACED, ids=lambda each: getattr(each, "__name__", ""))
def test_everybody_sees_the_rows_of_their_places_and_no_other(
    database: Database, world: World, model: type[Base], key: str
) -> None:
    sights = {
        "viewer": "ab", "viewer_of_b": "b", "manager_of_a": "a", "manager_of_b": "b", "marketer": "ab",
        "admin": "ab", "foreign_admin": ["other"],
    }  # fmt: skip
    with database.read() as db:
        for name, sight in sights.items():
            who = actor(db, world, name)
            seen = [
                place for place, ids in world.places.items() if get(db, who, model, int(ids[key])) is not None
            ]
            assert seen == list(sight), name
            # Each place has a second listing: it belongs to no location, but its match names the place.
            second = model is Match or (model is Listing and not who.bound)
            assert len(db.scalars(scoped(who, model)).all()) == len(sight) * (1 + second), name


def test_a_listing_without_a_location_is_seen_by_those_who_see_everything(
    database: Database, world: World
) -> None:
    listing_id = int(world.places["a"]["listing_id"])
    with database.write() as db:
        db.get_one(Listing, listing_id).location_id = None
    with database.read() as db:
        assert get(db, actor(db, world, "marketer"), Listing, listing_id)
        assert not get(db, actor(db, world, "manager_of_a"), Listing, listing_id)
        assert not get(db, actor(db, world, "foreign_admin"), Listing, listing_id)


def test_rows_that_name_no_organization_are_seen_through_their_parents(
    database: Database, world: World
) -> None:
    rows: list[MismatchEvent | ReviewEvent | ReviewNote] = [
        MismatchEvent(mismatch_id=int(world.places["a"]["mismatch_id"]), at=NOW, state=MismatchState.OPEN),
        ReviewEvent(review_id=int(world.places["a"]["review_id"]), at=NOW, kind="new"),
        ReviewNote(
            review_id=int(world.places["a"]["review_id"]),
            person_id=world.people["manager_of_a"],
            text="call first",
            at=NOW,
        ),
    ]
    with database.write() as db:
        db.add_all(rows)
    with database.read() as db:
        for row in rows:
            for name, sees in (
                ("manager_of_a", True),
                ("admin", True),
                ("manager_of_b", False),
                ("foreign_admin", False),
            ):
                assert (get(db, actor(db, world, name), type(row), row.id) is not None) is sees


def test_things_of_the_organization_are_seen_within_it(database: Database, world: World) -> None:
    widget_id = int(world.places["b"]["widget_id"])
    with database.read() as db:
        assert get(db, actor(db, world, "manager_of_a"), Widget, widget_id)
        assert not get(db, actor(db, world, "foreign_admin"), Widget, widget_id)
        assert db.scalars(scoped(actor(db, world, "admin"), Organization)).one().name == "Canary own inc"


def test_a_manager_whose_locations_are_gone_sees_none(database: Database, world: World) -> None:
    with database.write() as db:
        loose = Person(
            organization_id=world.organizations["own"],
            email="loose@own.example",
            name="Loose",
            role=Role.MANAGER,
            created_at=NOW,
        )
        db.add(loose)
        db.flush()
        assert db.scalars(visible_locations(actor_of(db, loose))).all() == []


def test_every_model_can_be_scoped_or_says_that_it_can_not(database: Database, world: World) -> None:
    unowned = {"worker_heartbeat"}
    with database.read() as db:
        who = actor(db, world, "manager_of_a")
        refused = set()
        for mapper in Base.registry.mappers:
            try:
                db.scalars(scoped(who, mapper.class_)).all()
            except TypeError:
                refused.add(mapper.local_table.description)
    assert unowned <= refused
    assert all("organization_id" not in Base.metadata.tables[name].c for name in refused)


def test_each_role_may_do_what_the_one_below_may() -> None:
    assert ACTS[Role.VIEWER] < ACTS[Role.MANAGER] < ACTS[Role.MARKETER] < ACTS[Role.ADMIN]
    assert ACTS[Role.ADMIN] == frozenset(Act)


def test_no_text_of_an_actor_names_the_person(database: Database, world: World) -> None:
    with database.read() as db:
        who = actor(db, world, "admin")
    assert who.name == "Canary admin"
    assert "Canary" not in f"{who} {who!r}"


def test_scoping_costs_one_statement(database: Database, world: World) -> None:
    statements: list[str] = []
    with database.read() as db:
        who = actor(db, world, "manager_of_a")
        sa.event.listen(
            database.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2])
        )
        db.scalars(scoped(who, Review)).all()
    assert len(statements) == 1
