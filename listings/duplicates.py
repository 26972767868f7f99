"""One place that stands twice, at a source or in the user's own records: found, decided on, followed.

A second listing is what is left over when two listings of a source claim one location
(listings.link); it is resolved when the source no longer shows both. Two own records are found by the
engine's scorecard for duplicates. What a person calls no duplicate is remembered by the pair and
never found again.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from listings.access import Actor, scoped, visible_locations
from listings.jobs import Job, enqueue
from listings.limits import APPLY_LIMITS
from listings.location_index import read_table
from listings.matching.decision import Decision
from listings.matching.duplicates import find_duplicates
from listings.matching.explain import reasons
from listings.matching.link import level_matrix
from listings.matching.scorecard import logit, probability, shipped
from listings.models.duplicate import Duplicate, DuplicateEvent, DuplicateKind, DuplicateState
from listings.models.listing import Listing, Match
from listings.models.location import Location
from listings.models.organization import Organization
from listings.normalize.columns import NORMAL_SCHEMA
from listings.records import OpenStatus

UNFINISHED = (DuplicateState.OPEN, DuplicateState.REPORTED)
LIKELY = 0.5
"""Own records are asked about from here on: branches of one name are the rule, and doubt is no finding."""
_TELL_BRANCHES_APART = ("place", "unit", "distance", "phone", "web")
SOON = dt.timedelta(seconds=60)
"""A crawl comes in many pieces; what they find within a minute is looked at together."""


@dataclass(frozen=True, slots=True)
class FindDuplicates:
    """Listings of one source, or the own records where `source` is None."""

    organization_id: int
    source: str | None
    slot: str


FIND_DUPLICATES = Job("find_duplicates", APPLY_LIMITS.queue, FindDuplicates)


def ask(session: Session, organization_id: int, source: str | None, now: dt.datetime) -> None:
    """Ask for the duplicates of a source, or of the own records, to be looked for soon."""
    slot = f"{now:%Y-%m-%dT%H:%M}"
    key = f"{organization_id}:{source or 'records'}:{slot}"
    enqueue(session, FIND_DUPLICATES, key, FindDuplicates(organization_id, source, slot), delay=SOON)


def ask_daily(session: Session, slot: str) -> None:
    """Ask for every organization's own records to be compared: they change in other ways than by imports."""
    for organization_id in session.scalars(sa.select(Organization.id)):
        payload = FindDuplicates(organization_id, None, slot)
        enqueue(session, FIND_DUPLICATES, f"{organization_id}:records:{slot}", payload)


def visible(actor: Actor) -> sa.Select[Duplicate]:
    """The duplicates in an actor's sight: of two own records only where both are."""
    query = scoped(actor, Duplicate)
    if not actor.bound:
        return query
    other = Duplicate.other_location_id
    return query.where(sa.or_(other.is_(None), other.in_(visible_locations(actor))))


def find_second_listings(
    session: Session, organization_id: int, source: str, now: dt.datetime, *, after: int, limit: int
) -> int | None:
    """Note the second listings of a source, by listing id above `after`; where to go on, None at the end."""
    holder = aliased(Listing)
    query = (
        sa.select(Match)
        .join(Listing, Listing.id == Match.listing_id)
        .join(holder, holder.id == Match.duplicate_of)
        .where(
            Match.organization_id == organization_id,
            Match.decision == Decision.REVIEW,
            Match.listing_id > after,
            Listing.source == source,
            Listing.missing_since.is_(None),
            holder.missing_since.is_(None),
        )
        .order_by(Match.listing_id)
        .limit(limit)
    )
    matches = session.scalars(query).all()
    known = _known(
        session, organization_id, [_pair(DuplicateKind.LISTING, *_two(match)) for match in matches]
    )
    for match in matches:
        pair = _pair(DuplicateKind.LISTING, *_two(match))
        row = known.get(pair) or Duplicate(
            organization_id=organization_id, kind=DuplicateKind.LISTING, pair=pair, source=source
        )
        row.location_id = match.location_id or row.location_id
        row.listing_id, row.other_listing_id = match.duplicate_of, match.listing_id
        _seen(session, row, match.probability, match.reasons or [], now)
    session.flush()
    return matches[-1].listing_id if len(matches) == limit else None


def note_second(
    session: Session, listing: Listing, match: Match, *, person_id: int, now: dt.datetime
) -> Duplicate:
    """Note what a person called a second listing of a place; `match` names the first one."""
    pair = _pair(DuplicateKind.LISTING, *_two(match))
    row = _known(session, listing.organization_id, [pair]).get(pair)
    if row is None:
        row = Duplicate(
            organization_id=listing.organization_id, kind=DuplicateKind.LISTING, pair=pair, source=listing.source,
            state=DuplicateState.RESOLVED, state_since=now, first_seen_at=now,
        )  # fmt: skip
        session.add(row)
    row.location_id = match.location_id or row.location_id
    row.listing_id, row.other_listing_id = match.duplicate_of, listing.id
    row.probability, row.reasons, row.last_seen_at = match.probability, match.reasons, now
    session.flush()
    move(session, row, DuplicateState.OPEN, "second", now=now, person_id=person_id)
    return row


def _two(match: Match) -> tuple[int, int]:
    return match.duplicate_of or 0, match.listing_id


def resolve_second_listings(
    session: Session, organization_id: int, source: str, now: dt.datetime, *, limit: int
) -> int:
    """Close the duplicates that their source no longer shows as such; returns how many, `limit` at most."""
    first, second = aliased(Listing), aliased(Listing)
    match = aliased(Match)
    gone = sa.or_(first.missing_since.is_not(None), second.missing_since.is_not(None))
    apart = sa.or_(match.duplicate_of.is_(None), match.duplicate_of != Duplicate.listing_id)
    query = (
        sa.select(Duplicate, gone)
        .join(first, first.id == Duplicate.listing_id)
        .join(second, second.id == Duplicate.other_listing_id)
        .outerjoin(match, match.listing_id == Duplicate.other_listing_id)
        .where(
            Duplicate.organization_id == organization_id,
            Duplicate.source == source,
            Duplicate.state.in_(UNFINISHED),
            sa.or_(gone, apart),
        )
        .order_by(Duplicate.id)
        .limit(limit)
    )
    found = session.execute(query).all()
    for row, is_gone in found:
        move(session, row, DuplicateState.RESOLVED, "gone" if is_gone else "apart", now=now)
    return len(found)


@dataclass(frozen=True, slots=True)
class RecordPair:
    """Two own records that are probably one place."""

    first_id: int
    second_id: int
    probability: float
    reasons: tuple[Mapping[str, Any], ...]


def own_records(session: Session, organization_id: int) -> pl.DataFrame:
    """The records that may stand twice, as `read_table` gives them: closed places and known duplicates are left out."""
    return read_table(
        session,
        sa.and_(
            Location.organization_id == organization_id,
            Location.status != OpenStatus.CLOSED,
            Location.duplicate_of.is_(None),
        ),
    )


def pairs_among(records: pl.DataFrame) -> list[RecordPair]:
    """The pairs among own records (`own_records`) that are more likely one place than two."""
    if records.height < 2:
        return []
    card = shipped()
    numbers = records["location_id"]
    found = find_duplicates(records.select(list(NORMAL_SCHEMA)), [None] * records.height)
    found = found.filter(pl.col("log_odds") >= logit(LIKELY))
    chances = probability(found["log_odds"].to_numpy())
    slope = card.calibrations["duplicates"].slope
    found_pairs = (
        RecordPair(
            numbers[first],
            numbers[second],
            round(float(chance), 4),
            tuple(reason.as_json() for reason in reasons(card, levels, slope)),
        )
        for first, second, chance, levels in zip(
            found["listing"], found["location"], chances, level_matrix(found), strict=True
        )
    )
    return [pair for pair in found_pairs if _more_than_a_name(pair)]


def _more_than_a_name(pair: RecordPair) -> bool:
    """Whether door, phone or page speak for one place: branches share their name by nature."""
    told = (float(reason["points"]) for reason in pair.reasons if reason["about"] in _TELL_BRANCHES_APART)
    return sum(told) > 0


def note_records(
    session: Session, organization_id: int, found: Sequence[RecordPair], now: dt.datetime
) -> None:
    """Note these pairs of own records."""
    keys = [_pair(DuplicateKind.LOCATION, pair.first_id, pair.second_id) for pair in found]
    known = _known(session, organization_id, keys)
    for key, pair in zip(keys, found, strict=True):
        row = known.get(key) or Duplicate(
            organization_id=organization_id,
            kind=DuplicateKind.LOCATION,
            pair=key,
            location_id=pair.first_id,
            other_location_id=pair.second_id,
        )
        _seen(session, row, pair.probability, pair.reasons, now)
    session.flush()


def resolve_records(
    session: Session, organization_id: int, found: Collection[RecordPair], now: dt.datetime
) -> None:
    """Close the open pairs of own records that are none any more."""
    still = {_pair(DuplicateKind.LOCATION, pair.first_id, pair.second_id) for pair in found}
    query = sa.select(Duplicate).where(
        Duplicate.organization_id == organization_id,
        Duplicate.kind == DuplicateKind.LOCATION,
        Duplicate.state == DuplicateState.OPEN,
    )
    for row in session.scalars(query):
        if row.pair not in still:
            move(session, row, DuplicateState.RESOLVED, "apart", now=now)


def _pair(kind: DuplicateKind, one: int, other: int) -> str:
    return f"{kind.value}:{min(one, other)}:{max(one, other)}"


def _known(session: Session, organization_id: int, pairs: Sequence[str]) -> dict[str, Duplicate]:
    query = sa.select(Duplicate).where(
        Duplicate.organization_id == organization_id, Duplicate.pair.in_(pairs)
    )
    return {row.pair: row for row in session.scalars(query)}


def _seen(
    session: Session, row: Duplicate, chance: float, why: Sequence[Mapping[str, Any]], now: dt.datetime
) -> None:
    row.probability, row.reasons = chance, [dict(reason) for reason in why]
    row.last_seen_at = now
    if sa.inspect(row).transient:
        row.first_seen_at = row.state_since = now
        row.state = DuplicateState.OPEN
        session.add(row)
        session.flush()
        session.add(DuplicateEvent(duplicate_id=row.id, at=now, act="found", state=row.state))
    elif row.state is DuplicateState.RESOLVED:
        move(session, row, DuplicateState.OPEN, "came_back", now=now)


def move(
    session: Session,
    row: Duplicate,
    state: DuplicateState,
    act: str,
    *,
    now: dt.datetime,
    person_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Bring a duplicate into a state; `person_id` None means that the source or the system did it."""
    session.add(
        DuplicateEvent(
            duplicate_id=row.id, at=now, act=act, state=state, previous_state=row.state,
            person_id=person_id, detail=detail,
        )
    )  # fmt: skip
    row.state, row.state_since = state, now
    if state is not DuplicateState.REPORTED:
        row.expected_by = None
    session.flush()
