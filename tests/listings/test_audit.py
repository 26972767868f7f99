import pytest
import sqlalchemy as sa

from listings import audit
from listings.access import actor_of
from listings.db import Database
from listings.models.location import Location
from listings.models.organization import AuditEntry
from listings.models.person import Person
from listings.models.worker import WorkerHeartbeat
from tests.web.moment import Moment
from tests.web.world import build

NOW = Moment().now


def test_an_act_is_kept_with_who_what_and_when(database: Database) -> None:
    with database.write() as db:
        world = build(db, NOW)
        actor = actor_of(db, db.get_one(Person, world.people["marketer"]))
        location = db.get_one(Location, world.places["b"]["location_id"])
        audit.record(db, actor, "location.renamed", location, NOW, detail={"fields": ["name"]})
        audit.record(db, None, "location.read", location, NOW)
    with database.read() as db:
        by_person, by_system = db.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
    assert (by_person.person_id, by_person.act, by_person.subject_kind) == (
        world.people["marketer"], "location.renamed", "location",
    )  # fmt: skip
    assert (by_person.subject_id, by_person.at) == (location.id, NOW)
    assert by_system.person_id is None
    assert by_system.organization_id == by_person.organization_id == world.organizations["own"]


def test_an_act_of_nobody_on_something_of_nobody_is_refused(database: Database) -> None:
    with database.write() as db:
        beat = WorkerHeartbeat(executor_id="a", started_at=NOW, beat_at=NOW)
        db.add(beat)
        db.flush()
        with pytest.raises(TypeError, match="names no organization"):
            audit.record(db, None, "worker.read", beat, NOW)
