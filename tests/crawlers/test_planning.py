"""A source is planned in chunks: what is due is asked for once, the pressing first, no lock held for long."""

import datetime as dt
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.orm import Session

from crawlers.door import Door, make_door
from crawlers.planning import plan_crawls
from listings import crawl_plan, job_rows
from listings.crawl_plan import PlanCrawls
from listings.db import LOCK_LIMIT, Database
from listings.jobs import JobContext
from listings.models.crawl import CrawlMark
from listings.models.location import Location
from listings.models.mismatch import MismatchState
from listings.settings import Settings
from listings.sources import WEBSITE
from tests.domain import NOW, organization, place, wrong_phone

CONTEXT = JobContext("test", threading.Event())
DAY = dt.timedelta(days=1)


@pytest.fixture
def door(database: Database, tmp_path: Path) -> Door:
    return make_door(Settings(home=tmp_path, secret_key=SecretStr("k" * 40)), database, lambda: NOW)


def asked(organization_id: int, slot: str = "slot", **values: bool) -> PlanCrawls:
    return PlanCrawls(organization_id, WEBSITE, slot, int(DAY.total_seconds()), **values)


def waiting(database: Database) -> list[tuple[str, int]]:
    """Slot and priority of each crawl that waits."""
    with database.read() as session:
        query = sa.select(job_rows._status.c.workflow_uuid, job_rows._status.c.priority)
        query = query.where(job_rows._status.c.name == "crawl_website")
        rows = job_rows._execute(session, query.order_by(job_rows._status.c.workflow_uuid)).all()
    return [(id_.partition(":")[2], priority) for id_, priority in rows]


@pytest.mark.db
def test_what_is_due_is_asked_for_in_pieces_and_once(
    database: Database, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawl_plan, "CHUNK", 150)
    with database.write() as session:
        ours = organization(session)
        ids = [place(session, ours, f"A{number}").id for number in range(310)]
        place(session, organization(session, "Oak"), "B1")
    for slot in ("one", "two"):
        plan_crawls(door, CONTEXT, asked(ours, slot))
    firsts = (ids[0], ids[100], ids[150], ids[250], ids[300])
    assert {slot for slot, _ in waiting(database)} == {f"{ours}:one#{first}" for first in firsts}


@pytest.mark.db
def test_the_pressing_have_priority_and_are_planned_past_a_backlog(database: Database, door: Door) -> None:
    with database.write() as session:
        ours = organization(session)
        location = place(session, ours, "A1")
        other = place(session, ours, "A2").id
        wrong_phone(session, location)
        id_ = location.id
    # The mismatch is one at Google; here it is one of the website.
    with database.write() as session:
        session.execute(sa.text("UPDATE mismatch SET source = 'website'"))
    plan_crawls(door, CONTEXT, asked(ours, "first"))
    assert waiting(database) == [(f"{ours}:first#{id_}", 3)]
    with database.write() as session:
        session.execute(sa.update(CrawlMark).values(asked_at=NOW - 2 * DAY))
    plan_crawls(door, CONTEXT, asked(ours, "second"))
    assert waiting(database)[1:] == [(f"{ours}:second#{id_}", 1)]
    with database.read() as session:
        assert session.get_one(CrawlMark, (WEBSITE, other)).asked_at == NOW - 2 * DAY


@pytest.mark.db
def test_a_fix_that_should_show_is_looked_for(database: Database, door: Door) -> None:
    with database.write() as session:
        ours = organization(session)
        location = place(session, ours, "A1")
        row = wrong_phone(session, location)
        row.source, row.state, row.expected_by = WEBSITE, MismatchState.WAITING, NOW - dt.timedelta(hours=1)
        session.add(
            CrawlMark(
                source=WEBSITE,
                location_id=location.id,
                organization_id=ours,
                asked_at=NOW - dt.timedelta(hours=3),
            )
        )
        place(session, ours, "A2")
    plan_crawls(door, CONTEXT, asked(ours, urgent=True))
    assert [priority for _, priority in waiting(database)] == [2]


@pytest.mark.db
def test_what_a_person_asks_for_is_asked_for_at_once(database: Database, door: Door) -> None:
    with database.write() as session:
        ours = organization(session)
        ids = [place(session, ours, f"A{number}").id for number in range(3)]
    plan_crawls(door, CONTEXT, asked(ours))
    plan_crawls(door, CONTEXT, asked(ours, "now", everything=True))
    assert (f"{ours}:now#{ids[0]}", 0) in waiting(database)


def test_planning_many_locations_holds_the_write_lock_for_short_moments_only(
    database: Database, door: Door
) -> None:
    with database.write() as session:
        ours = organization(session)
        given = {
            "organization_id": ours,
            "name": "Elm",
            "status": "open",
            "created_at": NOW,
            "updated_at": NOW,
        }
        session.execute(sa.insert(Location), [{**given, "code": f"A{number}"} for number in range(5_000)])
    runs = [held_while_planning(database, door, asked(ours, slot, everything=True)) for slot in "abc"]
    assert len(waiting(database)) == 3 * 50
    assert all(len(held) >= 5 for held in runs)
    # Whatever else the machine does can only lengthen a run.
    assert min(max(held) for held in runs) <= LOCK_LIMIT


def held_while_planning(database: Database, door: Door, payload: PlanCrawls) -> list[float]:
    """Seconds from the begin to the end of the commit of each writing transaction."""
    held: list[float] = []

    def note(session: Session) -> None:
        held.append(time.monotonic() - session.info["began"])

    sa.event.listen(database._write, "after_commit", note)
    try:
        plan_crawls(door, CONTEXT, payload)
    finally:
        sa.event.remove(database._write, "after_commit", note)
    return held
