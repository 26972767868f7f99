"""From which probability on a listing is linked by itself, and from which a person is asked.

An organization may set its own limits. What people decided stays as it is: limits move only what
the engine decides.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.jobs import Job, Queue, enqueue
from listings.matching.decision import Decision
from listings.matching.scorecard import Scorecard, shipped
from listings.models.listing import DecidedBy, Listing, Match
from listings.models.match_limits import MatchLimits

LOWEST, HIGHEST = 0.01, 0.999
"""Between them a limit may stand: outside of them everything or nothing would be asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`match`: linked without asking from here on. `review`: asked from here on. Probabilities."""

    match: float
    review: float

    def decision(self, probability: float) -> Decision:
        """What follows from a probability."""
        if probability >= self.match:
            return Decision.MATCH
        return Decision.REVIEW if probability >= self.review else Decision.NO_MATCH


@dataclass(frozen=True, slots=True)
class ApplyLimits:
    """A change of limits by its id."""

    limits_id: int


APPLY_LIMITS = Job("apply_limits", Queue("matching", concurrency=1), ApplyLimits)


class BadLimits(ValueError):
    """Limits that can't be; the message says what would do."""


def shipped_limits() -> Limits:
    """The limits of the weights that ship with the product."""
    link = shipped().calibrations["link"]
    return Limits(round(link.match, 4), round(link.review, 4))


def limits_of(session: Session, organization_id: int) -> Limits:
    """The limits that hold for an organization."""
    row = newest(session, organization_id)
    return Limits(row.match, row.review) if row is not None else shipped_limits()


def newest(session: Session, organization_id: int) -> MatchLimits | None:
    """The last change of an organization's limits."""
    mine = sa.select(MatchLimits).where(MatchLimits.organization_id == organization_id)
    return session.scalar(mine.order_by(MatchLimits.id.desc()).limit(1))


def scorecard_with(limits: Limits) -> Scorecard:
    """The shipped weights, deciding by these limits."""
    return shipped().deciding("link", limits.match, limits.review)


def checked(match: float, review: float) -> Limits:
    """Limits that can be. Raises BadLimits."""
    if not (LOWEST <= review <= HIGHEST and LOWEST <= match <= HIGHEST):
        raise BadLimits(f"Limits stand between {LOWEST} and {HIGHEST}.")
    if review > match:
        raise BadLimits("“Ask me from” can’t be higher than “Match by itself from”.")
    return Limits(round(match, 4), round(review, 4))


def set_limits(
    session: Session, organization_id: int, limits: Limits, *, person_id: int | None, now: dt.datetime
) -> MatchLimits:
    """Let these limits hold from now on, and ask for the present listings to be sorted by them."""
    former = limits_of(session, organization_id)
    row = MatchLimits(
        organization_id=organization_id,
        match=limits.match,
        review=limits.review,
        former_match=former.match,
        former_review=former.review,
        person_id=person_id,
        set_at=now,
    )
    session.add(row)
    session.flush()
    enqueue(session, APPLY_LIMITS, str(row.id), ApplyLimits(row.id))
    return row


def moved(query: sa.Select[Match], former: Limits, limits: Limits) -> sa.Select[Match]:
    """Of the matches of `query` those that these limits decide otherwise than the former ones.

    What a person or the owner said is never among them, nor a second listing of a place: that one
    is asked about whatever the limits are.
    """
    return query.join(Listing, Listing.id == Match.listing_id).where(
        Match.by == DecidedBy.ENGINE,
        Match.location_id.is_not(None),
        Match.duplicate_of.is_(None),
        Listing.missing_since.is_(None),
        sa.or_(_between(former.match, limits.match), _between(former.review, limits.review)),
    )


def _between(former: float, limit: float) -> sa.ColumnElement[bool]:
    """Whether a probability lies where a limit was moved over it."""
    return sa.and_(Match.probability >= min(former, limit), Match.probability < max(former, limit))
