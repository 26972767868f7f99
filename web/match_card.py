"""One listing beside one location: field by field, point by point, and what may be decided about it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Act as May
from listings.access import Actor, scoped
from listings.agreement import kept_record
from listings.candidates import Candidate, contested, stored, weigh_one
from listings.link import load_locations
from listings.models.listing import DecidedBy, Decision, Listing, Match, Verdict
from listings.models.location import Location
from listings.models.person import Person
from listings.records import listing_from_json
from listings.retention import page_of
from listings.sources import facts
from web.ages import read_age
from web.evidence import listing_evidence
from web.location_list import Search, found
from web.match_fields import fields
from web.match_points import bars, in_words
from web.match_query import Neighbours, around
from web.places import address, place
from web.screens.elements import SOURCE_MARKS, Act, Banner, Link
from web.screens.matching import SECOND, CardChoice, MatchCard, PointBar
from web.source_words import source_words
from web.values import listing_facts, listing_name
from web.wording import date

FOUND = 8
"""Locations of a search; more words narrow it."""
AMONG = 2_000
"""Among so many locations a pair is weighed while somebody waits; with more it is weighed by itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the card is drawn from: who asks, when, about which listing, looking for which words."""

    db: Session
    actor: Actor
    now: dt.datetime
    match: Match
    listing: Listing
    search: str = ""

    def href(self, location_id: int | None = None) -> str:
        """The card's own address, beside another location."""
        return url_for("matches.show", listing_id=self.listing.id, location=location_id)


def match_card(asked: Asked, location: Location | None) -> MatchCard:
    """The card beside `location`, by default beside the likeliest one."""
    db, now, listing, match = asked.db, asked.now, asked.listing, asked.match
    candidates = _candidates(asked)
    places = _places(asked, {*candidates, *filter(None, (match.location_id,))})
    location = location or places.get(match.location_id or 0)
    weighed = _weighed(asked, candidates, location)
    beside = around(db, asked.actor, match)
    decided = _decided(asked, places)
    told, record = _points(asked, weighed, location), kept_record(listing, now)
    code = location.code if location else ""
    return MatchCard(
        title="Is this listing yours?" if decided is None else "A listing that was decided on",
        fact=f"{beside.position:,} of {beside.total:,} that need your eye" if decided is None else "",
        back=url_for("matches.index"),
        source=listing.source,  # type: ignore[arg-type]
        name=listing_name(listing, now),
        facts=listing_facts(listing, now),
        chosen=f"{code} {place(location)}" if location else "",
        chosen_href=url_for("locations.one", location_id=location.id) if location else "",
        fields=fields(location, listing_from_json(record), now.date()) if location and record else (),
        no_fields="" if record else _not_kept(listing),
        choices=_choices(asked, candidates, places, location, weighed),
        why=f"Why {weighed.probability if weighed else match.probability:.2f}",
        words=in_words(weighed.probability) if weighed else "",
        points=told,
        total=f"{weighed.points:+.1f} → {weighed.probability:.2f}".replace("-", "−") if weighed else "",
        turn=weighed.turn if weighed else "",
        link=_link(listing, now),
        read=read_age(facts(listing.source), listing.last_seen_at, now),
        evidence=listing_evidence(db, asked.actor, listing, now),
        notice=_notice(asked, location) if decided is None else None,
        decided=decided,
        undo=_undo(asked) if decided is not None else None,
        **_acts(asked, location, beside) if decided is None else {},
        **_search(asked),
    )


def _not_kept(listing: Listing) -> str:
    if facts(listing.source).policy.keep_values:
        return (
            "Its values have expired under the source’s policy. They are here again after the next reading."
        )
    name = SOURCE_MARKS[listing.source][1]
    return f"{name} lets its values be looked at, not kept. Open the listing there and compare with your own eyes."


def _candidates(asked: Asked) -> dict[int, Candidate]:
    """What the engine weighed, by location, as the contest left it; the match has its own figure to the last digit."""
    match = asked.match
    found = {one.location_id: one for one in contested(stored(match.candidates), _ruled_out(asked))}
    best = found.get(match.location_id or 0)
    if best is not None and match.by is DecidedBy.ENGINE:
        found[best.location_id] = replace(best, probability=match.probability)
    return found


def _ruled_out(asked: Asked) -> set[int]:
    """The locations that people ruled out: what is left is a contest without them."""
    query = sa.select(Verdict.location_id).where(
        Verdict.listing_id == asked.listing.id, sa.not_(Verdict.same)
    )
    return set(asked.db.scalars(query))


def _places(asked: Asked, ids: set[int]) -> dict[int, Location]:
    rows = asked.db.scalars(scoped(asked.actor, Location).where(Location.id.in_(ids)))
    return {row.id: row for row in rows}


def _weighed(asked: Asked, candidates: dict[int, Candidate], location: Location | None) -> Candidate | None:
    """The engine's view of the pair; a location that it never thought of is weighed now, by itself."""
    if location is None:
        return None
    if location.id in candidates:
        return candidates[location.id]
    record = kept_record(asked.listing, asked.now)
    if record is None or location.id == asked.match.location_id:
        return None
    mine = asked.actor.organization_id
    held = asked.db.scalar(sa.select(sa.func.count()).where(Location.organization_id == mine)) or 0
    only = location.id if held > AMONG else None
    return weigh_one(listing_from_json(record), load_locations(asked.db, mine, only=only).index, location.id)


def _points(asked: Asked, weighed: Candidate | None, location: Location | None) -> tuple[PointBar, ...]:
    if weighed is not None:
        return bars(weighed.reasons, weighed.rest, weighed.start)
    if location is not None and location.id == asked.match.location_id:
        return bars(asked.match.reasons or ())
    return ()


def _choices(
    asked: Asked,
    candidates: dict[int, Candidate],
    places: dict[int, Location],
    chosen: Location | None,
    weighed: Candidate | None,
) -> tuple[CardChoice, ...]:
    """The candidates in sight, the likeliest first; one that was searched for stands at the end."""
    ids = [one for one in candidates if one in places]
    if asked.match.location_id in places and asked.match.location_id not in ids:
        ids.insert(0, asked.match.location_id)
    rows = [places[one] for one in ids]
    if chosen is not None and chosen.id not in places:
        rows.append(chosen)
    return tuple(
        _choice(asked, row, _chance(asked, candidates, row, weighed, chosen), row is chosen, key)
        for key, row in enumerate(rows, start=1)
    )


def _chance(
    asked: Asked,
    candidates: dict[int, Candidate],
    row: Location,
    weighed: Candidate | None,
    chosen: Location | None,
) -> float | None:
    if row.id in candidates:
        return candidates[row.id].probability
    if row is chosen and weighed is not None:
        return weighed.probability
    return asked.match.probability if row.id == asked.match.location_id else None


def _choice(asked: Asked, row: Location, chance: float | None, current: bool, key: int) -> CardChoice:
    return CardChoice(
        label=f"{row.code} {place(row)}",
        about=f"{row.name}, {address(row)}",
        href=asked.href(row.id),
        chance=f"{chance:.2f}" if chance is not None else "",
        share=chance or 0.0,
        key=str(key) if 0 < key < 10 else "",
        current=current,
    )


def _link(listing: Listing, now: dt.datetime) -> Link | None:
    url = page_of(listing, now) or _edit_page(listing)
    return Link("See it there", url, "external-link") if url.startswith(("http://", "https://")) else None


def _edit_page(listing: Listing) -> str:
    shape = facts(listing.source).edit_url or ""
    return shape.format(source_id=listing.source_id, url="") if "{source_id}" in shape else ""


def _notice(asked: Asked, location: Location | None) -> Banner | None:
    """What a yes would push aside: a location is followed by one listing per source."""
    if location is None:
        return None
    holder = _holder(asked, location)
    if holder is None:
        return None
    name, called = source_words(asked.listing.source), listing_name(holder, asked.now)
    return Banner(
        "wait",
        f"It is “{called}”. A yes follows this one instead; as a second listing, this one becomes the duplicate.",
        strong=f"{location.code} has a listing on {name} already.",
    )


def _holder(asked: Asked, location: Location) -> Listing | None:
    """The listing of the same source that the location is followed by."""
    holder: Listing | None = asked.db.scalar(
        scoped(asked.actor, Listing).where(
            Listing.location_id == location.id,
            Listing.source == asked.listing.source,
            Listing.id != asked.listing.id,
            Listing.missing_since.is_(None),
        )
    )
    return holder


def _decided(asked: Asked, places: dict[int, Location]) -> Banner | None:
    """What was decided about the listing, where nobody is asked any more."""
    match = asked.match
    if match.decision is Decision.REVIEW and match.duplicate_of is None:
        return None
    if match.decision is Decision.REVIEW:
        return Banner("wait", "It is among the duplicates.", "A second listing of this place.")
    where = places.get(match.location_id or 0)
    what = f"It describes {where.code}." if where and match.decision is Decision.MATCH else "It is not yours."
    who = {
        DecidedBy.OWNER: "You keep it under this location yourself.",
        DecidedBy.ENGINE: "It was matched by itself.",
    }
    return Banner("good", _by_whom(asked) or who.get(match.by, ""), what)


def _by_whom(asked: Asked) -> str:
    if asked.match.by is not DecidedBy.PERSON:
        return ""
    word = asked.db.execute(
        sa.select(Verdict.at, Person.name)
        .outerjoin(Person, Person.id == Verdict.person_id)
        .where(Verdict.listing_id == asked.listing.id)
        .order_by(Verdict.at.desc())
        .limit(1)
    ).one_or_none()
    return f"{word.name or 'Somebody'} said so on {date(word.at, asked.now)}." if word is not None else ""


def _undo(asked: Asked) -> Act | None:
    match = asked.match
    if match.by is not DecidedBy.PERSON or not match.location_id or not asked.actor.may(May.DECIDE):
        return None
    action = url_for("belonging.ask_again", listing_id=match.listing_id, location_id=match.location_id)
    return Act("Take it back", action, key="u", icon="undo-2")


def _acts(asked: Asked, location: Location | None, beside: Neighbours) -> dict[str, Any]:
    found: dict[str, Any] = {
        "previous": url_for("matches.show", listing_id=beside.previous) if beside.previous else "",
        "next": url_for("matches.show", listing_id=beside.next) if beside.next else "",
    }
    if not asked.actor.may(May.DECIDE):
        return found
    goes_on = (("next", str(beside.next or beside.previous or "list")),)
    listing_id = asked.listing.id
    if location is not None:
        found["yes"] = Act(
            f"Yes, it is {location.code}",
            url_for("belonging.yes", listing_id=listing_id),
            style="filled",
            values=(("location_id", str(location.id)), *goes_on),
        )
        if _holder(asked, location) is not None:
            found["second"] = Act(
                SECOND,
                url_for("belonging.second", listing_id=listing_id),
                key="d",
                values=(("location_id", str(location.id)), *goes_on),
            )
    found["none"] = Act(
        "None of these", url_for("belonging.none", listing_id=listing_id), key="n", values=goes_on
    )
    return found


def _search(asked: Asked) -> dict[str, Any]:
    words = asked.search
    searched: dict[str, Any] = {"search": words, "search_action": asked.href()}
    if words:
        query = found(asked.actor, Search(words)).where(Location.duplicate_of.is_(None))
        rows: Sequence[Location] = asked.db.scalars(query.order_by(Location.code).limit(FOUND)).all()
        searched["found"] = tuple(_choice(asked, row, None, False, 0) for row in rows)
        searched["nothing_found"] = (
            "" if rows else "No location of yours has these words in code, name, town or street."
        )
    return searched
