"""Two organizations, two places of the first, and somebody in every role."""

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from zlib import compress

from sqlalchemy.orm import Session

from listings import passwords
from listings.models.duplicate import Duplicate, DuplicateKind, DuplicateState
from listings.models.listing import Decision, Listing, Match, Observation
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.organization import Organization
from listings.models.person import Person, PersonLocation, Role
from listings.models.snapshot import Body, Snapshot
from listings.severity import Severity
from reputation.models.review import Review
from reputation.models.widget import Widget

PASSWORD = "four blue herons dancing"
PEOPLE = {
    "viewer": (Role.VIEWER, ""),
    "viewer_of_b": (Role.VIEWER, "b"),
    "manager_of_a": (Role.MANAGER, "a"),
    "manager_of_b": (Role.MANAGER, "b"),
    "marketer": (Role.MARKETER, ""),
    "admin": (Role.ADMIN, ""),
}


@cache
def password_hash() -> str:
    """Made once: the hash of PASSWORD."""
    return passwords.hash_password(PASSWORD)


@dataclass
class World:
    """Ids by name. `places` maps "a", "b" and "other" to {URL parameter: id}."""

    places: dict[str, dict[str, int | str]] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    organizations: dict[str, int] = field(default_factory=dict)


def build(db: Session, now: dt.datetime) -> World:
    """Everything in one flush; names of people and places hold "canary" and whose they are."""
    world = World()
    for key in ("own", "other"):
        organization = Organization(name=f"Canary {key} inc", public_id=f"site-{key}", created_at=now)
        db.add(organization)
        db.flush()
        world.organizations[key] = organization.id
    for place, owner in (("a", "own"), ("b", "own"), ("other", "other")):
        world.places[place] = _place(db, world.organizations[owner], place, now)
    for name, (role, place) in PEOPLE.items():
        _person(db, world, "own", name=name, role=role, now=now, place=place)
    _person(db, world, "other", name="foreign_admin", role=Role.ADMIN, now=now)
    for place, person in (("a", "manager_of_a"), ("b", "manager_of_b"), ("other", "foreign_admin")):
        world.places[place]["person_id"] = world.people[person]
    return world


def _person(
    db: Session, world: World, owner: str, *, name: str, role: Role, now: dt.datetime, place: str = ""
) -> None:
    person = Person(
        organization_id=world.organizations[owner],
        email=f"{name}@{owner}.example",
        name=f"Canary {name}",
        role=role,
        password_hash=password_hash(),
        created_at=now,
    )
    db.add(person)
    db.flush()
    world.people[name] = person.id
    if place:
        location_id = int(world.places[place]["location_id"])
        db.add(PersonLocation(person_id=person.id, location_id=location_id))
        db.flush()


def _place(db: Session, organization_id: int, key: str, now: dt.datetime) -> dict[str, int | str]:
    body = Body(organization_id=organization_id, sha256=f"{key}" * 64, size=2, compressed=compress(b"{}"))
    snapshot = _snapshot(body, key, now)
    location = Location(
        organization_id=organization_id,
        code=f"code-{key}",
        name=f"Canary place {key}",
        city="Springfield",
        country="US",
        phone="+12015550123",
        created_at=now,
        updated_at=now,
    )
    db.add_all((body, snapshot, location))
    db.flush()
    listing = Listing(
        organization_id=organization_id,
        source="google",
        source_id=f"id-{key}",
        location_id=location.id,
        record=_record(key),
        record_hash="0" * 64,
        rating=4.5,
        review_count=1,
        snapshot_id=snapshot.id,
        first_seen_at=now,
        last_seen_at=now,
    )
    db.add(listing)
    db.flush()
    twin = _second_listing(db, listing, location, key, now)
    rows = _findings(location, listing, snapshot, key, now) | {"duplicate": twin}
    db.add_all(rows.values())
    db.flush()
    ids: dict[str, int | str] = {f"{name}_id": row.id for name, row in rows.items() if hasattr(row, "id")}
    return ids | {
        "location_id": location.id,
        "code": location.code,
        "listing_id": listing.id,
        "snapshot_id": snapshot.id,
        "public_id": f"public-{key}",
        "organization_id": organization_id,
        "site": "site-other" if key == "other" else "site-own",
    }


def _second_listing(
    db: Session, listing: Listing, location: Location, key: str, now: dt.datetime
) -> Duplicate:
    """The same place once more at its source, reported there."""
    second = Listing(
        organization_id=listing.organization_id,
        source="google",
        source_id=f"second-{key}",
        record=_record(key),
        record_hash="1" * 64,
        first_seen_at=now,
        last_seen_at=now,
    )
    db.add(second)
    db.flush()
    db.add(
        Match(
            listing_id=second.id,
            organization_id=listing.organization_id,
            location_id=location.id,
            decision=Decision.REVIEW,
            probability=0.97,
            reasons=[],
            duplicate_of=listing.id,
            decided_at=now,
        )
    )
    return Duplicate(
        organization_id=listing.organization_id,
        kind=DuplicateKind.LISTING,
        pair=f"listing:{listing.id}:{second.id}",
        source="google",
        location_id=location.id,
        listing_id=listing.id,
        other_listing_id=second.id,
        state=DuplicateState.REPORTED,
        state_since=now,
        probability=0.97,
        reasons=[],
        first_seen_at=now,
        last_seen_at=now,
    )


def _snapshot(body: Body, key: str, now: dt.datetime) -> Snapshot:
    return Snapshot(
        organization_id=body.organization_id,
        source="google",
        url=f"https://source.example/{key}",
        status=200,
        outcome="ok",
        fetched_at=now,
        reader_version="1",
        sha256=body.sha256[:64],
    )


def _record(key: str) -> dict[str, object]:
    return {
        "source": "google",
        "source_id": f"id-{key}",
        "name": f"Canary place {key}",
        "phone": "+12015550199",
        "shown": ["name", "phone"],
    }


def _mismatch(
    location: Location, listing: Listing, snapshot: Snapshot, key: str, now: dt.datetime
) -> Mismatch:
    return Mismatch(
        organization_id=location.organization_id,
        location_id=location.id,
        listing_id=listing.id,
        source="google",
        field="phone",
        state=MismatchState.OPEN,
        severity=Severity.CRITICAL,
        severity_rank=0,
        verdict="different",
        reason="number",
        cause=f"phone:{key}",
        record_value="+12015550123",
        live_value="+12015550199",
        live_hash="0" * 64,
        snapshot_id=snapshot.id,
        first_seen_at=now,
        last_seen_at=now,
        state_since=now,
    )


def _findings(
    location: Location, listing: Listing, snapshot: Snapshot, key: str, now: dt.datetime
) -> dict[str, Observation | Match | Mismatch | Review | Widget | Duplicate]:
    organization_id = location.organization_id
    return {
        "observation": Observation(
            organization_id=organization_id,
            listing_id=listing.id,
            snapshot_id=snapshot.id,
            observed_at=now,
            reader_version="1",
            record_hash="0" * 64,
            record=_record(key),
        ),
        "match": Match(
            listing_id=listing.id,
            organization_id=organization_id,
            location_id=location.id,
            decision=Decision.MATCH,
            probability=0.99,
            reasons=[],
            decided_at=now,
        ),
        "mismatch": _mismatch(location, listing, snapshot, key, now),
        "review": Review(
            organization_id=organization_id,
            listing_id=listing.id,
            location_id=location.id,
            source="google",
            source_review_id=f"review-{key}",
            rating=2,
            text=f"Canary words {key}",
            author=f"Canary author {key}",
            written_at=now,
            content_hash="0" * 64,
            identity_hash=f"{key}" * 64,
            first_seen_at=now,
        ),
        "widget": Widget(
            organization_id=organization_id,
            public_id=f"public-{key}",
            name=f"Canary widget {key}",
            location_ids=[location.id],
            options={},
            created_at=now,
            updated_at=now,
        ),
    }
