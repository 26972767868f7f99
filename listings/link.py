"""Which location a listing describes: a person's word, then what the owner declared, then the engine."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.candidates import Candidate, contested, stored, weigh
from listings.db import hold
from listings.flag import let_go
from listings.limits import Limits, limits_of
from listings.location_index import LocationIndex, location_index, read_one
from listings.matching.block import MatchIndex
from listings.matching.decision import Decision
from listings.matching.link import match_listing
from listings.models.given_url import GivenUrl
from listings.models.listing import DecidedBy, Listing, Match, Verdict
from listings.models.location import Location
from listings.models.snapshot import Snapshot
from listings.records import ListingRecord


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision about one listing; reasons are {"about", "points", "says"}.

    `candidates` are what the engine weighed, the likeliest first; told only where it is in doubt.
    """

    location_id: int | None
    decision: Decision
    probability: float
    reasons: Sequence[Mapping[str, Any]]
    by: DecidedBy = DecidedBy.ENGINE
    candidates: Sequence[Candidate] = ()


class Locations:
    """An organization's locations, ready to be matched against; the engine's index is made when first asked.

    A record that was marked as a duplicate is no location of its own: its code stands for the one
    that stays.
    """

    def __init__(self, held: LocationIndex, limits: Limits) -> None:
        self._held = held
        self.limits = limits
        self.ids = held.ids
        self.id_by_code = held.id_by_code

    @property
    def index(self) -> MatchIndex:
        """The locations in normal form. Kept by the process: made anew, it takes a second or two."""
        return self._held.index(self.limits)


def load_locations(session: Session, organization_id: int, only: int | None = None) -> Locations:
    """Every location of an organization, or only the one of that id, and its limits."""
    limits = limits_of(session, organization_id)
    if only is not None:
        return Locations(read_one(session, organization_id, only), limits)
    return Locations(location_index(session, organization_id), limits)


def decide(
    record: ListingRecord, locations: Locations, *, owner_says: int | None = None, belongs: int | None = None
) -> Decided:
    """The decision for a record that no person has ruled on.

    `owner_says` is the location under which the owner keeps this listing: the store code in their
    own account, the page address in their own record. It is the owner's word, so it decides.
    `belongs` is the location the listing belonged to until now: doubt alone doesn't part them.
    """
    if record.speaks_for_many:
        return Decided(
            None, Decision.NO_MATCH, 0.0, (_said("It speaks for a whole company, not one location"),)
        )
    if owner_says is not None and owner_says in locations.ids:
        said = _said("You keep it under this location yourself")
        return Decided(owner_says, Decision.MATCH, 1.0, (said,), DecidedBy.OWNER)
    if not locations.ids:
        return Decided(None, Decision.NO_MATCH, 0.0, ())
    result = match_listing(record, locations.index)
    location_id = int(result.location_id) if result.location_id else None
    reasons = [reason.as_json() for reason in result.reasons]
    decision = result.decision
    if location_id == belongs and decision is Decision.REVIEW:
        return Decided(location_id, Decision.MATCH, result.probability, reasons)
    doubted = weigh(record, locations.index) if decision is Decision.REVIEW else ()
    return Decided(location_id, decision, result.probability, reasons, candidates=doubted)


def link(
    session: Session, listing: Listing, decided: Decided, now: dt.datetime, *, fresh: bool = False
) -> int | None:
    """Write down a decision; returns the location the listing belongs to from now on, if any.

    People's verdicts outrank it: a confirmed location stays, a rejected one is never taken again.
    A location has one listing per source: the surest keeps it, another becomes a duplicate finding.
    `fresh`: the listing was never seen before, so that nobody has ruled on it yet.
    """
    match, verdicts = (None, ()) if fresh else _so_far(session, listing)
    decided = _ruled(session, listing, decided, verdicts)
    if match is None:
        match = Match(listing=listing, organization_id=listing.organization_id)
    match.location_id = decided.location_id
    match.decision = decided.decision
    match.probability = round(decided.probability, 4)
    match.by = decided.by
    match.reasons = [dict(reason) for reason in decided.reasons]
    if decided.by is not DecidedBy.PERSON:
        match.candidates = [candidate.as_json() for candidate in decided.candidates] or None
    match.decided_at = now
    match.duplicate_of = _contest(session, listing, match, now)
    if match.duplicate_of is not None:
        match.decision = Decision.REVIEW
    belongs = match.location_id if match.decision is Decision.MATCH else None
    if listing.location_id is not None and listing.location_id != belongs:
        let_go(session, listing, now, person_id=None)
    listing.location_id = belongs
    # Only now, so that a new one is written once.
    session.add(match)
    session.flush()
    return belongs


_NO_ID = 0
"""Stands for the id of a listing that is about to be written."""

# Made once: both are asked for every listing of every page.
_SO_FAR = (
    sa.select(Match, Verdict)
    .outerjoin(Verdict, Verdict.listing_id == Match.listing_id)
    .where(Match.listing_id == sa.bindparam("listing_id"))
    .order_by(Verdict.at.desc(), Verdict.id.desc())
)
_HOLDER = (
    sa.select(Listing.id)
    .join(Match, Match.listing_id == Listing.id)
    .where(
        Listing.organization_id == sa.bindparam("organization_id"),
        Listing.location_id == sa.bindparam("location_id"),
        Listing.source == sa.bindparam("source"),
        Listing.id != sa.bindparam("listing_id"),
        Listing.missing_since.is_(None),
    )
    .order_by(Listing.id)
    .limit(1)
)


def _so_far(session: Session, listing: Listing) -> tuple[Match | None, Sequence[Verdict]]:
    """The decision that stands, and what people have said of it, the newest first."""
    found = session.execute(_SO_FAR, {"listing_id": listing.id}).all()
    rows: list[tuple[Match, Verdict | None]] = [(match, verdict) for match, verdict in found]
    return (rows[0][0] if rows else None), [verdict for _, verdict in rows if verdict is not None]


def _ruled(session: Session, listing: Listing, decided: Decided, verdicts: Sequence[Verdict]) -> Decided:
    for verdict in verdicts:
        if verdict.same:
            said = _said("Confirmed by a person")
            return Decided(_that_stays(session, verdict), Decision.MATCH, 1.0, (said,), DecidedBy.PERSON)
    rejected = {verdict.location_id for verdict in verdicts}
    if decided.location_id not in rejected:
        return decided
    # What was ruled out leaves the next best to ask about; sure enough to be linked it never was.
    for candidate in contested(decided.candidates, rejected):
        if candidate.probability >= limits_of(session, listing.organization_id).review:
            return replace(
                decided, location_id=candidate.location_id, decision=Decision.REVIEW,
                probability=candidate.probability, reasons=candidate.reasons, by=DecidedBy.ENGINE,
            )  # fmt: skip
    said = _said("Ruled out by a person")
    return Decided(None, Decision.NO_MATCH, 0.0, (said,), DecidedBy.PERSON)


def _that_stays(session: Session, verdict: Verdict) -> int:
    """The location of a verdict, or the record that it was marked as a duplicate of since."""
    return session.get_one(Location, verdict.location_id).duplicate_of or verdict.location_id


def _said(text: str) -> dict[str, Any]:
    return {"about": "person", "points": None, "says": text}


def _contest(session: Session, listing: Listing, match: Match, now: dt.datetime) -> int | None:
    """The listing that keeps the location against this one, or None when this one takes it."""
    if match.decision is not Decision.MATCH:
        return None
    wanted = {
        "organization_id": listing.organization_id,
        "location_id": match.location_id,
        "source": listing.source,
        "listing_id": listing.id or _NO_ID,
    }
    # Asked as plain rows, which writes nothing before its time: hardly ever is there one.
    held_by = session.connection().scalar(_HOLDER, wanted)
    if held_by is None:
        return None
    session.add(match)
    session.flush()
    other, others_match = session.get_one(Listing, held_by), session.get_one(Match, held_by)
    if _claim(session, others_match) >= _claim(session, match):
        return other.id
    others_match.decision = Decision.REVIEW
    others_match.duplicate_of = listing.id
    let_go(session, other, now, person_id=None)
    other.location_id = None
    return None


def _claim(session: Session, match: Match) -> tuple[float, bool, float]:
    """How strongly a listing claims its location.

    People's words, the newest first, before the page that the owner names today, before any probability;
    what a person called a second listing behind all of them.
    """
    word = session.scalar(
        sa.select(Verdict).where(
            Verdict.listing_id == match.listing_id, Verdict.location_id == match.location_id, Verdict.same
        )
    )
    if word is not None and word.second:
        return -1.0, False, match.probability
    named = session.scalar(
        sa.select(
            sa.exists()
            .where(Listing.id == match.listing_id, Snapshot.id == Listing.snapshot_id)
            .where(
                GivenUrl.location_id == match.location_id,
                GivenUrl.source == Listing.source,
                GivenUrl.url == Snapshot.url,
            )
        )
    )
    return (word.at.timestamp() if word is not None else 0.0), bool(named), match.probability


def rule(  # noqa: PLR0917 - a verdict is these five things
    session: Session,
    listing: Listing,
    location_id: int,
    same: bool,
    person_id: int,
    now: dt.datetime,
    *,
    second: bool = False,
) -> None:
    """A person's word on one pair; it holds until another person's word on the same pair.

    `second`: it is the location's, and gives way to any other listing of the location at its source.
    """
    hold(session, listing)
    _write_down(session, listing, location_id, same=same, second=second, person_id=person_id, now=now)
    word = Decided(location_id, Decision.MATCH if same else Decision.NO_MATCH, 1.0 if same else 0.0, ())
    if same:
        link(session, listing, word, now)
    elif listing.location_id == location_id:
        # Said by a person, so its rows name the person; only then can it be taken back.
        let_go(session, listing, now, person_id=person_id)
        link(session, listing, word, now)
    elif (match := session.get(Match, listing.id)) is not None and match.location_id == location_id:
        link(session, listing, word, now)


def rule_out(
    session: Session, listing: Listing, location_ids: Sequence[int], person_id: int, now: dt.datetime
) -> None:
    """A person's word that the listing describes none of these locations, the first one foremost."""
    for location_id in location_ids[1:]:
        _write_down(session, listing, location_id, same=False, second=False, person_id=person_id, now=now)
    rule(session, listing, location_ids[0], False, person_id, now)


def _write_down(
    session: Session,
    listing: Listing,
    location_id: int,
    *,
    same: bool,
    second: bool,
    person_id: int,
    now: dt.datetime,
) -> None:
    match = session.get(Match, listing.id)
    verdict = session.scalar(
        sa.select(Verdict).where(Verdict.listing_id == listing.id, Verdict.location_id == location_id)
    )
    if verdict is None:
        verdict = Verdict(
            organization_id=listing.organization_id, listing_id=listing.id, location_id=location_id
        )
        session.add(verdict)
    if match is not None and match.by is not DecidedBy.PERSON:
        verdict.probability = _thought(match, location_id)
    verdict.before = _as_it_stands(match) if match is not None else None
    verdict.same, verdict.second, verdict.person_id, verdict.at = same, second, person_id, now
    session.flush()


def _thought(match: Match, location_id: int) -> float | None:
    """What the engine thinks of a pair; None where it was the owner's word or was never weighed."""
    if match.location_id == location_id:
        return match.probability if match.by is DecidedBy.ENGINE else None
    chances = (one.probability for one in stored(match.candidates) if one.location_id == location_id)
    return next(chances, None)


def _as_it_stands(match: Match) -> dict[str, Any]:
    return {
        "location_id": match.location_id,
        "decision": match.decision.value,
        "probability": match.probability,
        "by": match.by.value,
        "reasons": match.reasons,
        "duplicate_of": match.duplicate_of,
    }


def take_back(session: Session, listing: Listing, location_id: int, now: dt.datetime) -> None:
    """Forget a person's “not ours” on a pair: the listing belongs to the location again.

    The engine looks at it anew with the listing's next answer.
    """
    session.execute(
        sa.delete(Verdict).where(Verdict.listing_id == listing.id, Verdict.location_id == location_id)
    )
    link(
        session,
        listing,
        Decided(location_id, Decision.MATCH, 1.0, (_said("A person took “not ours” back"),)),
        now,
    )


def ask_again(session: Session, listing: Listing, location_id: int, now: dt.datetime) -> None:
    """Forget a person's word on a candidate, and what was said with it: it is open again.

    A listing that had to give way to it gets its place back.
    """
    word = session.scalar(
        sa.select(Verdict).where(Verdict.listing_id == listing.id, Verdict.location_id == location_id)
    )
    before = word.before if word is not None else None
    said_at = word.at if word is not None else None
    session.execute(
        sa.delete(Verdict).where(
            Verdict.listing_id == listing.id,
            sa.or_(Verdict.location_id == location_id, Verdict.at == said_at),
        )
    )
    if listing.location_id == location_id:
        let_go(session, listing, now, person_id=None)
        listing.location_id = None
    match = session.get_one(Match, listing.id)
    match.location_id, match.decision, match.decided_at = location_id, Decision.REVIEW, now
    match.reasons, match.by = [_said("A person took the decision back")], DecidedBy.ENGINE
    match.duplicate_of = None
    if before is not None and before["location_id"] is not None:
        match.location_id, match.probability = before["location_id"], before["probability"]
        match.reasons, match.duplicate_of = before["reasons"], before["duplicate_of"]
    gave_way = session.scalar(
        sa.select(Match).where(Match.duplicate_of == listing.id, Match.location_id == location_id).limit(1)
    )
    if gave_way is not None:
        gave_way.decision, gave_way.duplicate_of = Decision.MATCH, None
        session.get_one(Listing, gave_way.listing_id).location_id = location_id
        match.duplicate_of = gave_way.listing_id
    session.flush()
