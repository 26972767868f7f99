"""The job that tells a source that a deleted access is given back."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from crawlers.deliver import FIRST_PAUSE, Attempt, began, ended, talk
from crawlers.door import Door
from crawlers.plan import Delivered
from crawlers.plans.google_connect import revoke
from listings import withdrawing
from listings.jobs import JobContext, enqueue
from listings.models.withdrawal import Withdrawal, WithdrawalState
from listings.settings import BadSettings
from listings.sources import GOOGLE, facts
from listings.withdrawing import WITHDRAW_ACCESS, WithdrawAccess

KIND = "withdrawal"
GIVE_UP_AFTER = dt.timedelta(days=1)
"""The secret of a deleted access isn't kept any longer than that, whether the source was there or not."""
LONGEST_PAUSE = dt.timedelta(hours=1)
UNSEALED = "The stored access can’t be opened any more."

PLANS = {GOOGLE: revoke}
"""By source: the conversation that gives an access back."""


@dataclass(frozen=True, slots=True)
class _Errand:
    organization_id: int
    source: str
    attempt: Attempt
    access: dict[str, Any]


def withdraw_access(door: Door, context: JobContext, payload: WithdrawAccess) -> None:
    """Have the source forget a permission, unless the same account is connected still."""
    del context
    with door.database.write() as session:
        errand = _errand(session, door, payload)
    if errand is None:
        return
    delivered = talk(door, facts(errand.source), errand.organization_id, PLANS[errand.source], errand.access)
    with door.database.write() as session:
        ended(session, errand.attempt, delivered, door.clock())
        withdrawal = withdrawing.held(session, payload.withdrawal_id)
        if withdrawal is not None:
            _settle(session, withdrawal, errand.attempt, delivered, door.clock())


def _errand(session: Session, door: Door, payload: WithdrawAccess) -> _Errand | None:
    """What has to be said, written down as an attempt; None when nothing has to be any more."""
    withdrawal = withdrawing.held(session, payload.withdrawal_id)
    if withdrawal is None or withdrawal.secret is None:
        return None
    now = door.clock()
    if withdrawing.is_connected(session, withdrawal):
        withdrawing.finish(session, withdrawal, WithdrawalState.KEPT, None, now)
        return None
    try:
        access = door.vault.open(withdrawal.secret)
    except BadSettings:
        withdrawing.finish(session, withdrawal, WithdrawalState.FAILED, UNSEALED, now)
        return None
    attempt = began(session, withdrawal.organization_id, KIND, withdrawal.id, now)
    return _Errand(withdrawal.organization_id, withdrawal.source, attempt, access)


def _settle(
    session: Session, withdrawal: Withdrawal, attempt: Attempt, delivered: Delivered, now: dt.datetime
) -> None:
    if delivered.done:
        withdrawing.finish(session, withdrawal, WithdrawalState.WITHDRAWN, None, now)
    elif delivered.again and now < withdrawal.asked_at + GIVE_UP_AFTER:
        withdrawal.detail = delivered.detail
        pause = delivered.wait or min(FIRST_PAUSE * 2 ** (attempt.number - 1), LONGEST_PAUSE)
        key = f"after-attempt:{attempt.id}"
        enqueue(session, WITHDRAW_ACCESS, key, WithdrawAccess(withdrawal.id), delay=pause)
    else:
        withdrawing.finish(session, withdrawal, WithdrawalState.FAILED, delivered.detail, now)
