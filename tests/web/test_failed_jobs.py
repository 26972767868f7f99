"""Jobs that gave up: seen by those who may do something about them, in their own organization only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import job_rows
from listings.consent import REDEEM_CODE, RedeemCode
from listings.crawl_plan import CRAWLS, CrawlSource
from listings.db import Database
from listings.fix import DELIVER_FIX, DeliverFix
from listings.jobs import DECLARED, Job, enqueue
from listings.models.consent import Consent, ConsentState
from listings.models.crawl import CrawlRun, RunState
from listings.models.fix import Channel, Fix, FixState
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.organization import AuditEntry
from listings.models.withdrawal import Withdrawal, WithdrawalState
from listings.tidy import TIDY, Tidy
from listings.withdrawing import WITHDRAW_ACCESS, WithdrawAccess
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.reply import DELIVER_REPLY, delivery_of
from tests.web.moment import Moment
from tests.web.statements import counted
from tests.web.visitor import Visitor
from tests.web.world import World
from web.job_kinds import KINDS

pytestmark = pytest.mark.db

Somebody = Callable[[str], Visitor]
PAGE = "/sources/jobs"


def fail(db: Session, job: Job[Any], key: str, payload: Any, moment: Moment) -> str:
    """A job that ran and raised; its error's words hold a name that nobody may read on a screen."""
    id_ = enqueue(db, job, key, payload)
    at = int(moment.now.timestamp() * 1000)
    status = job_rows._status
    ended = {"status": "ERROR", "completed_at": at, "recovery_attempts": 2}
    job_rows._execute(db, status.update().where(status.c.workflow_uuid == id_).values(**ended))
    schema = "" if db.get_bind().dialect.name == "sqlite" else f"{job_rows.SCHEMA}."
    told = {"id": id_, "error": '{"name": "ValueError", "message": "Canary of a person"}', "at": at}
    db.execute(
        sa.text(
            f"insert into {schema}workflow_output (workflow_uuid, error, retention_timestamp) "  # noqa: S608
            "values (:id, :error, :at)"
        ),
        told,
    )
    return id_


def crawl_failed(database: Database, world: World, moment: Moment, owner: str, slot: str = "1") -> str:
    payload = CrawlSource(world.organizations[owner], "website", slot, None)
    with database.write() as db:
        db.add(
            CrawlRun(
                organization_id=payload.organization_id, source="website", slot=slot, state=RunState.RUNNING,
                started_at=moment.now,
            )
        )  # fmt: skip
        return fail(db, CRAWLS["website"], f"{payload.organization_id}:{slot}", payload, moment)


def stands(database: Database, id_: str) -> str | None:
    with database.read() as db:
        return job_rows.state(db, id_)


def acts(database: Database) -> list[tuple[str, dict[str, Any] | None]]:
    with database.read() as db:
        rows = db.scalars(sa.select(AuditEntry).where(AuditEntry.act.like("job.%")).order_by(AuditEntry.id))
        return [(row.act, row.detail) for row in rows]


def test_every_kind_of_job_says_whose_it_is_and_what_giving_up_means() -> None:
    assert KINDS.keys() == DECLARED.keys()
    assert [
        name for name, kind in KINDS.items() if kind.key not in DECLARED[name].payload.__annotations__
    ] == []


def test_a_failed_job_is_told_without_the_words_of_its_error(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    crawl_failed(database, world, moment, "own")
    moment.passes(hours=5)
    marketer = somebody("marketer")
    page = marketer.get(PAGE).text
    for told in ("Reading a source", "Own website", "An error inside (ValueError)", "5 h ago", "ran 2 times"):
        assert told in page
    assert "Canary of a person" not in page
    assert "1 job gave up" in marketer.get("/sources").text


@pytest.mark.parametrize("who", ["viewer", "manager_of_a"])
def test_who_may_not_run_sources_sees_none(
    somebody: Somebody, database: Database, world: World, moment: Moment, who: str
) -> None:
    crawl_failed(database, world, moment, "own")
    assert somebody(who).get(PAGE).status_code == 403
    assert "gave up" not in somebody(who).get("/sources").text


def test_another_organization_sees_nothing_and_can_do_nothing(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    id_ = crawl_failed(database, world, moment, "own")
    outsider = somebody("foreign_admin")
    assert "No job has given up" in outsider.get(PAGE).text
    assert "job gave up" not in outsider.get("/sources").text
    tries = [(act, job) for act in ("again", "give-up") for job in (id_, "no:1")]
    answers = [outsider.post(f"{PAGE}/{act}", {"job": job}).text for act, job in tries]
    assert all("isn’t waiting for anybody" in text for text in answers)
    outsider.post(f"{PAGE}/again-all")
    assert (stands(database, id_), acts(database)) == ("ERROR", [])


def test_a_job_is_tried_again_once_and_the_trail_tells_who(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    id_ = crawl_failed(database, world, moment, "own")
    marketer = somebody("marketer")
    assert marketer.post(f"{PAGE}/again", {"job": id_}).status_code == 303
    assert marketer.post(f"{PAGE}/again", {"job": id_}).status_code == 409
    assert stands(database, id_) == "ENQUEUED"
    assert acts(database) == [("job.tried_again", {"job": id_})]
    assert "No job has given up" in marketer.get(PAGE).text


def test_all_of_ones_own_are_tried_again_at_once(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    ours = [crawl_failed(database, world, moment, "own", slot) for slot in "123"]
    theirs = crawl_failed(database, world, moment, "other")
    marketer = somebody("marketer")
    assert "Try all 3 again" in marketer.get(PAGE).text
    marketer.post(f"{PAGE}/again-all")
    assert {stands(database, id_) for id_ in ours} == {"ENQUEUED"}
    assert stands(database, theirs) == "ERROR"


def test_a_job_of_everybody_is_shown_only_where_nobody_else_is(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    with database.write() as db:
        fail(db, TIDY, "slot", Tidy("slot"), moment)
    assert "No job has given up" in somebody("admin").get(PAGE).text


@dataclass
class Waiting:
    """What waits for a job: its id, how it stands, and how it has to stand once the job is given up."""

    job: str
    state: Callable[[Session], Any]
    settled: Any


def crawl_run(db: Session, world: World, moment: Moment) -> Waiting:
    payload = CrawlSource(world.organizations["own"], "website", "7", None)
    run = CrawlRun(
        organization_id=payload.organization_id, source="website", slot="7", state=RunState.RUNNING,
        started_at=moment.now,
    )  # fmt: skip
    db.add(run)
    db.flush()
    id_ = fail(db, CRAWLS["website"], "7", payload, moment)
    return Waiting(id_, lambda db: db.get_one(CrawlRun, run.id).state, RunState.INCOMPLETE)


def correction(db: Session, world: World, moment: Moment) -> Waiting:
    row = db.get_one(Mismatch, world.places["a"]["mismatch_id"])
    row.state = MismatchState.FIX_SENT
    fix = Fix(
        organization_id=row.organization_id, mismatch_id=row.id, channel=Channel.API, state=FixState.QUEUED,
        field=row.field, value="x", replaces_hash="0", created_at=moment.now,
    )  # fmt: skip
    db.add(fix)
    db.flush()
    id_ = fail(db, DELIVER_FIX, str(fix.id), DeliverFix(fix.id), moment)

    def state(db: Session) -> Any:
        return db.get_one(Fix, fix.id).state, db.get_one(Mismatch, row.id).state

    return Waiting(id_, state, (FixState.REFUSED, MismatchState.OPEN))


def reply(db: Session, world: World, moment: Moment) -> Waiting:
    review = db.get_one(Review, world.places["a"]["review_id"])
    row = Reply(
        organization_id=review.organization_id, review_id=review.id, text="Thanks", state=ReplyState.QUEUED,
        created_at=moment.now, send_after=moment.now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    id_ = fail(db, DELIVER_REPLY, str(row.id), delivery_of(row), moment)
    return Waiting(id_, lambda db: db.get_one(Reply, row.id).state, ReplyState.DRAFT)


def sign_in(db: Session, world: World, moment: Moment) -> Waiting:
    consent = Consent(
        organization_id=world.organizations["own"], source="google", person_id=world.people["admin"],
        state_hash="s", session_hash="s", redirect_uri="x", state=ConsentState.ANSWERED,
        asked_at=moment.now, expires_at=moment.now, code=b"x",
    )  # fmt: skip
    db.add(consent)
    db.flush()
    id_ = fail(db, REDEEM_CODE, str(consent.id), RedeemCode(consent.id), moment)
    return Waiting(id_, lambda db: db.get_one(Consent, consent.id).state, ConsentState.REFUSED)


def withdrawal(db: Session, world: World, moment: Moment) -> Waiting:
    row = Withdrawal(
        organization_id=world.organizations["own"], source="google", account="accounts/1", label="Someone",
        secret=b"sealed", state=WithdrawalState.ASKED, asked_at=moment.now,
    )  # fmt: skip
    db.add(row)
    db.flush()
    id_ = fail(db, WITHDRAW_ACCESS, str(row.id), WithdrawAccess(row.id), moment)

    def state(db: Session) -> Any:
        return db.execute(sa.select(Withdrawal.state, Withdrawal.secret)).one()

    return Waiting(id_, state, (WithdrawalState.FAILED, None))


@pytest.mark.parametrize("what", [crawl_run, correction, reply, sign_in, withdrawal])
def test_giving_up_settles_what_waits_for_the_job(
    somebody: Somebody, database: Database, world: World, moment: Moment, what: Callable[..., Waiting]
) -> None:
    with database.write() as db:
        waiting = what(db, world, moment)
    marketer = somebody("marketer")
    assert waiting.job in marketer.get(PAGE).text
    answer = marketer.post(f"{PAGE}/give-up", {"job": waiting.job})
    assert "is given up" in marketer.get(answer.location).text
    with database.read() as db:
        assert waiting.state(db) == waiting.settled
        assert job_rows.failed(db) == []
    assert stands(database, waiting.job) == "CANCELLED"
    assert acts(database) == [("job.given_up", {"job": waiting.job})]
    assert marketer.post(f"{PAGE}/give-up", {"job": waiting.job}).status_code == 409


def test_the_page_asks_no_more_of_the_database_for_many_jobs(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    marketer = somebody("marketer")
    crawl_failed(database, world, moment, "own")
    with counted(database) as few:
        marketer.get(PAGE)
    for slot in range(20):
        crawl_failed(database, world, moment, "own", f"n{slot}")
    with counted(database) as many:
        page = marketer.get(PAGE).text
    assert len(many) == len(few)
    assert "21 jobs" in page
