"""What a person's “Give up” on a job that failed settles in the rows it was to carry out.

Without it they would wait for ever. Whether a correction left before its job failed isn't known: the
next read tells, and another attempt looks first.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import consent as consents
from listings import withdrawing
from listings.models.attributes import AttributeChange, ChangeState
from listings.models.consent import ConsentState
from listings.models.crawl import CrawlRun, RunState
from listings.models.fix import Fix, FixState
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.withdrawal import WithdrawalState
from listings.steps import move

GIVEN_UP = "Somebody gave it up after an error inside."


def fix(session: Session, payload: Mapping[str, Any], now: dt.datetime) -> None:
    """The correction is refused, and its mismatch open again."""
    row = session.get(Fix, payload["fix_id"], with_for_update=True)
    if row is None or row.state is not FixState.QUEUED:
        return
    row.state, row.finished_at, row.detail = FixState.REFUSED, now, GIVEN_UP
    mismatch = session.get_one(Mismatch, row.mismatch_id, with_for_update=True)
    if mismatch.state is MismatchState.FIX_SENT:
        mismatch.expected_by = None
        move(session, mismatch, MismatchState.OPEN, person_id=None, now=now, detail={"detail": GIVEN_UP})


def attribute(session: Session, payload: Mapping[str, Any], now: dt.datetime) -> None:
    """The attribute stays what it is, as far as is known."""
    row = session.get(AttributeChange, payload["change_id"], with_for_update=True)
    if row is not None and row.state is ChangeState.QUEUED:
        row.state, row.finished_at, row.detail = ChangeState.REFUSED, now, GIVEN_UP


def sign_in(session: Session, payload: Mapping[str, Any], now: dt.datetime) -> None:
    """Nothing comes of the consent; what was kept for it goes."""
    del now
    consent = consents.held(session, payload["consent_id"])
    if consent is not None and consent.state is ConsentState.ANSWERED:
        consents.refuse(consent, GIVEN_UP)


def withdrawal(session: Session, payload: Mapping[str, Any], now: dt.datetime) -> None:
    """The source isn't told; what was kept for it goes."""
    row = withdrawing.held(session, payload["withdrawal_id"])
    if row is not None:
        withdrawing.finish(session, row, WithdrawalState.FAILED, GIVEN_UP, now)


def crawl(session: Session, payload: Mapping[str, Any], now: dt.datetime) -> None:
    """The run ends where it is; what it has read stays."""
    run = session.scalar(
        sa.select(CrawlRun).where(
            CrawlRun.organization_id == payload["organization_id"],
            CrawlRun.source == payload["source"],
            CrawlRun.slot == payload["slot"],
            CrawlRun.state == RunState.RUNNING,
        )
    )
    if run is not None:
        run.state, run.finished_at, run.resumes_at = RunState.INCOMPLETE, now, None


def nothing(session: Session, payload: Mapping[str, Any], now: dt.datetime) -> None:
    """No row waits for this kind of job: its next slot does the same."""
    del session, payload, now
