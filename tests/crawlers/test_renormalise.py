import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from crawlers.renormalise import renormalise_some
from listings import job_rows
from listings.db import Database
from listings.jobs import job_id
from listings.location_index import location_index, read_table
from listings.models.location import Location, raw_locations
from listings.normalize.columns import NORMAL_SCHEMA, normalise_columns
from listings.normalize.stored import NORMAL_VERSION
from listings.renormalise import RENORMALISE, ask, keep_forms, older_forms
from tests.domain import NOW, organization, place
from tests.waiting import until

pytestmark = pytest.mark.db
LOCATIONS = 40
OLD = '{"name":"old"}'


@pytest.fixture
def owner(database: Database) -> int:
    """An organization whose locations have forms that an older version made."""
    with database.write() as session:
        owner = organization(session)
        for number in range(LOCATIONS):
            place(session, owner, f"A{number}", name=f"Elm Books {number}", phone=f"503-555-{number:04}")
    with database.write() as session:
        session.execute(sa.update(Location).values(normal=OLD, normal_version=0))
    return owner


def forms_are_new(database: Database) -> None:
    with database.read() as session:
        rows = session.scalars(sa.select(Location).order_by(Location.id)).all()
        kept = read_table(session, sa.true()).select(list(NORMAL_SCHEMA))
        assert {row.normal_version for row in rows} == {NORMAL_VERSION}
        assert_frame_equal(kept, normalise_columns(raw_locations(rows)))


def names(database: Database, owner: int) -> list[str]:
    """The names by which locations are matched at this moment."""
    with database.read() as session:
        return location_index(session, owner).table["name"].to_list()


def state(database: Database, slot: str) -> str | None:
    """The state of the job that was asked for in a slot."""
    with database.read() as session:
        return job_rows.state(session, job_id(RENORMALISE, f"{NORMAL_VERSION}:{slot}"))


def test_every_form_is_made_anew_and_the_kept_index_sees_it(database: Database, owner: int) -> None:
    assert names(database, owner) == ["old"] * LOCATIONS
    assert renormalise_some(database, NORMAL_VERSION) == LOCATIONS
    assert renormalise_some(database, NORMAL_VERSION) == 0
    forms_are_new(database)
    assert "old" not in names(database, owner)


def test_an_edit_in_between_keeps_its_own_forms(database: Database, owner: int) -> None:
    with database.read() as session:
        made = older_forms(session, NORMAL_VERSION, limit=LOCATIONS)
    with database.write() as session:
        first = session.scalars(sa.select(Location).order_by(Location.id)).first()
        assert first is not None
        first.name, first.updated_at = "Oak Glass", NOW
    with database.write() as session:
        keep_forms(session, made, NORMAL_VERSION)
    forms_are_new(database)


def test_it_is_asked_for_only_where_something_is_old(database: Database, owner: int) -> None:
    with database.write() as session:
        ask(session, "first")
    renormalise_some(database, NORMAL_VERSION)
    with database.write() as session:
        ask(session, "second")
    with database.read() as session:
        states = [
            job_rows.state(session, job_id(RENORMALISE, f"{NORMAL_VERSION}:{slot}"))
            for slot in ("first", "second")
        ]
    assert states == ["ENQUEUED", None]


def test_a_killed_worker_loses_nothing_and_old_forms_answer_meanwhile(
    database: Database, database_url: str, owner: int, tmp_path: Path
) -> None:
    def pieces() -> int:
        return len(list(tmp_path.glob("piece.*")))

    with database.write() as session:
        ask(session, "now")
    command = [sys.executable, "-m", "tests.crawlers.renormalise_alone", database_url, str(tmp_path)]
    with subprocess.Popen(command) as first:
        until(lambda: pieces() == 3)
        first.kill()
    assert names(database, owner).count("old") == LOCATIONS - 3 * 7
    with subprocess.Popen(command) as second:
        until(lambda: state(database, "now") == "SUCCESS")
        second.kill()
    # Six pieces, the killed one asked once more, and the one that finds nothing left.
    assert pieces() == 3 + 3 + 1
    forms_are_new(database)
