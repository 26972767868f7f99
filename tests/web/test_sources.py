"""Sources: what their health says, what people may do, and a drop of reviews that waits for a word."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import undefer

from listings.db import Database
from listings.models.crawl import CrawlRun, Credential, CredentialState, RunState, SourceState
from listings.models.fill import RunFill
from listings.models.snapshot import Snapshot
from listings.secrets import Vault
from listings.settings import Settings
from reputation.held_back import still_missing
from reputation.models.review import Review
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World

Somebody = Callable[[str], Visitor]
SECRET = {
    "client_id": "x.apps.googleusercontent.com",
    "client_secret": "CANARY-1",
    "refresh_token": "CANARY-2",
}


@pytest.fixture
def own(world: World) -> int:
    return world.organizations["own"]


def state_of(database: Database, own: int) -> SourceState | None:
    with database.read() as db:
        return db.get(SourceState, (own, "google"))


def jobs(database: Database) -> int:
    with database.read() as db:
        return db.scalar(sa.text("select count(*) from workflow_status")) or 0


def connect(visitor: Visitor) -> None:
    assert visitor.post("/sources/google/connect", SECRET).status_code == 303


def test_credentials_are_sealed_and_never_shown_again(
    somebody: Somebody, database: Database, settings: Settings, own: int
) -> None:
    admin = somebody("admin")
    assert "isn’t connected" in admin.get("/sources/google").text
    connect(admin)
    with database.read() as db:
        held = db.scalars(sa.select(Credential).options(undefer(Credential.secret))).one()
    assert b"CANARY" not in held.secret
    assert Vault(settings).open(held.secret) == SECRET
    assert "CANARY-" not in admin.get("/sources/google").text


def test_credentials_that_are_incomplete_are_refused_without_sending_secrets_back(
    somebody: Somebody, database: Database, own: int
) -> None:
    answer = somebody("admin").post("/sources/google/connect", SECRET | {"refresh_token": " "})
    assert answer.status_code == 422
    assert "Paste the Refresh token here" in answer.text
    assert "CANARY-1" not in answer.text
    with database.read() as db:
        assert db.scalars(sa.select(Credential)).all() == []


def test_only_an_administrator_sees_the_form(somebody: Somebody, own: int) -> None:
    assert 'name="refresh_token"' not in somebody("marketer").get("/sources/google").text
    assert somebody("marketer").post("/sources/google/connect", SECRET).status_code == 403


def test_a_source_that_refuses_its_access_says_so(somebody: Somebody, database: Database, own: int) -> None:
    connect(somebody("admin"))
    with database.write() as db:
        held = db.scalars(sa.select(Credential)).one()
        held.state, held.cause = CredentialState.NEEDS_RECONNECT, "The owner took the consent back."
    shown = somebody("viewer").get("/sources/google").text
    assert "Connect again" in shown
    assert "The owner took the consent back." in shown


@pytest.mark.parametrize(
    "case", [("unreadable", "Can’t read"), ("quota", "Slowed down"), ("blocked", "Slowed down")]
)
def test_an_ill_source_says_since_when_and_what_is_kept(
    somebody: Somebody, database: Database, moment: Moment, own: int, case: tuple[str, str]
) -> None:
    outcome, words = case
    connect(somebody("admin"))
    with database.write() as db:
        state = db.get(SourceState, (own, "google")) or SourceState(organization_id=own, source="google")
        db.add(state)
        state.last_run_at = state.ill_since = moment.now
        state.ill_outcome, state.ill_detail = outcome, "7 of 9 answers"
    moment.passes(hours=3)
    shown = somebody("viewer").get("/sources").text
    assert words in shown
    assert "since 3 h" in shown
    assert "7 of 9 answers" in shown
    assert "keep the data of the last good read" in shown


def test_pausing_stops_reading_until_it_is_resumed(somebody: Somebody, database: Database, own: int) -> None:
    visitor = somebody("marketer")
    connect(somebody("admin"))
    before = jobs(database)
    visitor.post("/sources/google/pause")
    assert "Paused" in visitor.get("/sources").text
    assert visitor.post("/sources/google/read").status_code == 409
    visitor.post("/sources/google/resume")
    assert jobs(database) == before
    assert visitor.post("/sources/google/read").status_code == 303
    assert state_of(database, own).paused_at is None  # type: ignore[union-attr]


def test_asking_twice_within_a_minute_is_one_question(
    somebody: Somebody, database: Database, moment: Moment, own: int
) -> None:
    visitor = somebody("marketer")
    connect(somebody("admin"))
    moment.passes(minutes=1)
    before = jobs(database)
    visitor.post("/sources/google/read")
    visitor.post("/sources/google/read")
    assert jobs(database) == before + 1


def test_an_unknown_source_is_not_there(somebody: Somebody, own: int) -> None:
    assert somebody("admin").get("/sources/nonsense").status_code == 404
    assert somebody("admin").post("/sources/nonsense/pause").status_code == 404


def test_the_last_answers_lead_to_their_bytes_in_plain_text(
    somebody: Somebody, database: Database, world: World
) -> None:
    shown = somebody("viewer").get("/sources").text
    assert f"/evidence/{world.places['a']['snapshot_id']}" in shown
    assert f"/evidence/{world.places['other']['snapshot_id']}" not in shown
    with database.write() as db:
        db.get_one(Snapshot, world.places["a"]["snapshot_id"]).outcome = "unreadable"
    assert "unreadable" in somebody("viewer").get("/sources?answers=trouble").text


def hold_back(database: Database, world: World, moment: Moment) -> tuple[int, int]:
    """A run that misses the review of place "a"; returns its id and the review's."""
    place, own = world.places["a"], world.organizations["own"]
    review, listing = int(place["review_id"]), str(place["listing_id"])
    with database.write() as db:
        run = CrawlRun(
            organization_id=own,
            source="google",
            slot="dropped",
            state=RunState.COMPLETE,
            started_at=moment.now,
            checkpoint={"missing": {listing: [review]}, "stored": {listing: 1}},
        )
        db.add(run)
        db.flush()
        held = {"run_id": run.id, "missing": 1, "stored": 1}
        db.add(SourceState(organization_id=own, source="google", held_back=held))
        return run.id, review


def test_a_drop_that_is_believed_gives_the_reviews_their_tombstones(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    _, review = hold_back(database, world, moment)
    assert "Believe it: 1 are gone" in somebody("marketer").get("/sources").text
    assert "Believe it" not in somebody("viewer").get("/sources").text
    assert somebody("marketer").post("/sources/google/believe").status_code == 303
    with database.read() as db:
        assert db.get_one(Review, review).vanished_at == moment.now
    assert somebody("marketer").post("/sources/google/believe").status_code == 409


def test_a_drop_that_is_refused_changes_nothing(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    _, review = hold_back(database, world, moment)
    somebody("marketer").post("/sources/google/keep")
    with database.read() as db:
        assert db.get_one(Review, review).vanished_at is None
    assert state_of(database, world.organizations["own"]).held_back is None  # type: ignore[union-attr]


def test_a_review_that_came_back_meanwhile_is_not_believed_gone(
    app: Flask, somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    _, review = hold_back(database, world, moment)
    own, listing = world.organizations["own"], str(world.places["a"]["listing_id"])
    with database.write() as db:
        db.add(
            CrawlRun(
                organization_id=own,
                source="google",
                slot="later",
                state=RunState.COMPLETE,
                started_at=moment.now,
                checkpoint={"missing": {listing: []}, "stored": {listing: 1}},
            )
        )
    with database.read() as db:
        assert still_missing(db, db.get_one(SourceState, (own, "google"))) == []
    somebody("marketer").post("/sources/google/believe")
    with database.read() as db:
        assert db.get_one(Review, review).vanished_at is None


def test_a_value_gone_from_most_listings_is_believed_by_a_person_only_and_doubted_again(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    own = world.organizations["own"]
    with database.write() as db:
        db.add(
            SourceState(
                organization_id=own,
                source="google",
                ill_since=moment.now,
                ill_outcome="unreadable",
                ill_detail="phone is gone from 9 of 9 listings that showed it",
                drift={"fields": ["phone"], "accepted": [], "since": moment.now.isoformat()},
            )
        )
    assert "Believe it: phone no longer shown" in somebody("marketer").get("/sources").text
    assert "Believe it" not in somebody("viewer").get("/sources").text
    assert somebody("marketer").post("/sources/google/accept-drift").status_code == 303
    assert state_of(database, own).drift["accepted"] == ["phone"]  # type: ignore[union-attr, index]
    assert somebody("marketer").post("/sources/google/accept-drift").status_code == 409
    assert somebody("marketer").post("/sources/google/doubt-drift").status_code == 303
    assert state_of(database, own).drift["fields"] == ["phone"]  # type: ignore[union-attr, index]


def crawled(database: Database, own: int, moment: Moment, *pins: int) -> None:
    """Finished crawls of 24 listings, so many of which showed a pin each time."""
    with database.write() as db:
        for number, pin in enumerate(pins):
            run = CrawlRun(
                organization_id=own,
                source="google",
                slot=f"n{number}",
                state=RunState.COMPLETE,
                started_at=moment.now,
            )
            db.add(run)
            db.flush()
            row = RunFill(
                run_id=run.id,
                organization_id=own,
                source="google",
                ended_at=moment.now,
                whole=True,
                answers={"asked": 24, "read": 22, "unreadable": 1, "failed": 1},
                filled={"listings": {"records": 24, "latitude": pin}, "reviews": {"records": 1214}},
                apart=[] if pin == 24 else ["latitude"],
            )
            db.add(row)


@pytest.mark.parametrize(
    "case",
    [
        ([24, 24], "After 3 more crawls, each one is compared"),
        ([24] * 5, "as much of every field as usual"),
        ([*[24] * 5, 3], "found less than usual of the pin"),
        ([*[24] * 5, 3], "the pin in 3 of 24"),
        ([24], "1,214"),
    ],
)
def test_the_last_crawls_stand_there_in_numbers_with_what_fell(
    somebody: Somebody, database: Database, own: int, moment: Moment, case: tuple[list[int], str]
) -> None:
    pins, told = case
    crawled(database, own, moment, *pins)
    assert told in somebody("viewer").get("/sources/google").text
