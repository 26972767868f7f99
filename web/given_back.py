"""Accesses that were deleted here lately, and what their source has been told of it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.models.withdrawal import Withdrawal, WithdrawalState
from listings.sources import SourceFacts
from web.screens.elements import Link
from web.screens.sources import GivenBack
from web.wording import age

SHOWN_FOR = dt.timedelta(days=7)
SOON = dt.timedelta(minutes=1)
"""How long the page looks by itself whether the source has been told."""
MOST = 5
BY_HAND = Link("Open Google’s list of connections", "https://myaccount.google.com/connections")


def given_back(db: Session, actor: Actor, source: SourceFacts, now: dt.datetime) -> tuple[GivenBack, ...]:
    """The newest withdrawals of a source, in words."""
    query = scoped(actor, Withdrawal).where(
        Withdrawal.source == source.key,
        sa.or_(Withdrawal.finished_at.is_(None), Withdrawal.finished_at > now - SHOWN_FOR),
    )
    rows = db.scalars(query.order_by(Withdrawal.id.desc()).limit(MOST))
    return tuple(_told(row, source.label, now) for row in rows)


def _told(row: Withdrawal, name: str, now: dt.datetime) -> GivenBack:
    why = f" ({row.detail})" if row.detail else ""
    match row.state:
        case WithdrawalState.WITHDRAWN:
            since = age(row.finished_at or row.asked_at, now)
            return GivenBack(row.label, f"Deleted here and withdrawn at {name}, {since} ago.")
        case WithdrawalState.KEPT:
            text = f"Deleted here. Not withdrawn at {name}, because the same account is connected."
            return GivenBack(row.label, text)
        case WithdrawalState.FAILED:
            text = f"Deleted here, but {name} has not withdrawn it{why}. Withdraw it there yourself."
            return GivenBack(row.label, text, bad=True, way=BY_HAND)
        case WithdrawalState.ASKED:
            waits = f"{name} hasn’t taken it yet{why}; it is told again." if why else f"{name} is being told."
            return GivenBack(row.label, f"Deleted here. {waits}", waiting=now - row.asked_at < SOON)
