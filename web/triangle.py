"""Who says what of one field: the record, a second witness, the source; and who is the odd one out."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import Actor, scoped
from listings.canonical import location_record
from listings.compare import FieldComparison, Verdict, compare_field, compare_listing
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch, MismatchState
from listings.records import listing_from_json
from listings.sources import WEBSITE
from web.difference import Segment, difference
from web.mismatch_list import live_note
from web.mismatch_query import Found
from web.screens.elements import SourceKey
from web.screens.mismatches import Side
from web.source_words import at_start, source_words
from web.values import shown_value
from web.wording import age, count, date

Told = Literal["", "agrees", "differs", "accepted", "not read", "can't show it"]

NEAR = (Verdict.SAME, Verdict.EQUIVALENT, Verdict.COMPATIBLE)
STILL_ACCEPTED = (MismatchState.ACCEPTED, MismatchState.DISMISSED)


@dataclass(frozen=True, slots=True)
class Triangle:
    """The sides with the odd one marked, and the judgement in two parts."""

    sides: tuple[Side, ...]
    verdict: str
    judgement: str


@dataclass(frozen=True, slots=True)
class Witness:
    """What another listing of the same location says of the field; `comparison` None: nothing."""

    listing: Listing | None
    comparison: FieldComparison | None
    mismatch: Mismatch | None


def triangle(db: Session, actor: Actor, found: Found, now: dt.datetime) -> Triangle:
    """The three sides of one mismatch. The own website is the witness, for itself it is Google."""
    key: SourceKey = "google" if found.mismatch.source == WEBSITE else "website"
    witness = _witness(db, actor, found, key, now)
    agrees_with_record = witness.comparison is not None and witness.comparison.verdict in NEAR
    agrees_with_source = not agrees_with_record and _same_as_source(found, witness, now)
    sides = (
        _record_side(found, now, odd=agrees_with_source),
        _witness_side(found, witness, key, now),
        _source_side(found, now, odd=not agrees_with_source),
    )
    return Triangle(sides, *_judgement(found, witness, key, agrees_with_record, agrees_with_source))


def _witness(db: Session, actor: Actor, found: Found, key: SourceKey, now: dt.datetime) -> Witness:
    query = (
        scoped(actor, Listing)
        .where(
            Listing.location_id == found.location.id, Listing.source == key, Listing.missing_since.is_(None)
        )
        .outerjoin(
            Mismatch, sa.and_(Mismatch.listing_id == Listing.id, Mismatch.field == found.mismatch.field)
        )
        .add_columns(Mismatch)
        .order_by(Listing.id)
        .limit(1)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        return Witness(None, None, None)
    listing, mismatch = row
    expired = listing.record_expires_at is not None and listing.record_expires_at <= now
    if listing.record is None or expired:
        return Witness(listing, None, mismatch)
    compared = compare_listing(location_record(found.location), listing_from_json(listing.record))
    of_field = (one for one in compared if one.field == found.mismatch.field and one.live is not None)
    return Witness(listing, next(of_field, None), mismatch)


def _same_as_source(found: Found, witness: Witness, now: dt.datetime) -> bool:
    """Whether witness and source show one value; by keyed hashes where no value is kept."""
    if witness.comparison is None or witness.comparison.live is None:
        return False
    if witness.mismatch is not None and witness.mismatch.live_hash == found.mismatch.live_hash:
        return True
    live = found.mismatch.value_at(now)
    if live is None:
        return False
    verdict = compare_field(
        found.mismatch.field, live, witness.comparison.live, found.location.country
    ).verdict
    return verdict in NEAR


def _words(found: Found, value: str | None, now: dt.datetime) -> str:
    return shown_value(found.mismatch.field, value, found.location.country, now.date())


def _record_side(found: Found, now: dt.datetime, *, odd: bool) -> Side:
    value = _words(found, found.mismatch.record_value, now)
    changed = date(found.location.updated_at, now)
    return Side(
        "record", _plain(value), f"Your record, changed {changed}", "differs" if odd else "", odd,
        "" if value else "has none",
    )  # fmt: skip


def _witness_side(found: Found, witness: Witness, key: SourceKey, now: dt.datetime) -> Side:
    if witness.listing is None:
        return Side(
            key,
            (),
            f"No page of this location was found on {source_words(key)}",
            "not read",
            absent="not found",
        )
    read = f"Read {age(witness.listing.last_seen_at, now)} ago"
    if witness.comparison is None:
        return Side(key, (), read, "can't show it", absent="shows none")
    agrees = witness.comparison.verdict in NEAR
    accepted = witness.mismatch is not None and witness.mismatch.state in STILL_ACCEPTED
    value = _words(found, witness.comparison.live, now)
    verdict: Told = "agrees" if agrees else "accepted" if accepted else "differs"
    return Side(key, _plain(value), read, verdict)


def _source_side(found: Found, now: dt.datetime, *, odd: bool) -> Side:
    row = found.mismatch
    source = cast("SourceKey", row.source)
    seen = f"Seen {count(row.seen_count, 'time')} since {date(row.first_seen_at, now)}"
    note = f"{seen}, last {age(row.last_seen_at, now)} ago"
    live = row.value_at(now)
    if row.state is MismatchState.FIXED:
        return Side(source, _plain(_words(found, live, now)), note, "agrees", absent="" if live else "agrees")
    verdict: Told = "accepted" if row.state in STILL_ACCEPTED else "differs"
    if live is None:
        return Side(source, (), note, verdict, odd, live_note(row))
    value = difference(_words(found, row.record_value, now), _words(found, live, now))
    return Side(source, value, note, verdict, odd)


def _plain(value: str) -> tuple[Segment, ...]:
    return (Segment(value, differs=False),) if value else ()


def _judgement(
    found: Found, witness: Witness, key: SourceKey, with_record: bool, with_source: bool
) -> tuple[str, str]:
    source, other = source_words(found.mismatch.source), source_words(key)
    if found.mismatch.state is MismatchState.FIXED:
        return f"{at_start(source)} agrees.", "The last answer shows your record’s value."
    if with_record:
        return (
            f"{at_start(source)} differs.",
            f"Your record and {other} agree, so the record is probably right.",
        )
    if with_source:
        return (
            "Your record differs.",
            f"{at_start(source)} and {other} agree, so the record may be out of date.",
        )
    if witness.comparison is not None:
        return "All three differ.", "Find out which is right before you send anything."
    return (
        f"{at_start(source)} differs from your record.",
        f"{at_start(other)} says nothing of it.",
    )
