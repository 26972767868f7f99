"""Who may do what, and on which rows: every query of a door goes through an actor."""

import enum
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.db import Base
from listings.models.listing import Listing, Observation
from listings.models.location import Location
from listings.models.mismatch import Mismatch
from listings.models.organization import Organization
from listings.models.person import Person, PersonLocation, Role
from listings.models.snapshot import Snapshot

Row = TypeVar("Row", bound=Base)


class Act(enum.StrEnum):
    """Something a person may be allowed to do."""

    LOOK = "look"
    DECIDE = "decide"
    """Settle mismatches and matches: accept, fix, not ours, undo."""
    REPLY = "reply"
    """Answer reviews, write notes, change a review's status."""
    EDIT_LOCATIONS = "edit_locations"
    """Change, import and export canonical records."""
    PUBLISH = "publish"
    """Change location pages and widgets."""
    RUN_SOURCES = "run_sources"
    """Crawl now, repair readers, replay."""
    ADMINISTER = "administer"
    """People, credentials, and the settings of the organization."""


_LOOKING = frozenset({Act.LOOK})
_OWN_LOCATIONS = _LOOKING | {Act.DECIDE, Act.REPLY}
_ALL_LOCATIONS = _OWN_LOCATIONS | {Act.EDIT_LOCATIONS, Act.PUBLISH, Act.RUN_SOURCES}

ACTS: dict[Role, frozenset[Act]] = {
    Role.VIEWER: _LOOKING,
    Role.MANAGER: _OWN_LOCATIONS,
    Role.MARKETER: _ALL_LOCATIONS,
    Role.ADMIN: _ALL_LOCATIONS | {Act.ADMINISTER},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at a door: ids, role, and whether they see only the locations bound to them."""

    person_id: int
    organization_id: int
    role: Role
    bound: bool
    single_keys: bool = True
    name: str = field(default="", repr=False)

    def may(self, act: Act) -> bool:
        """Whether the role allows the act; on which rows is decided by `scoped`."""
        return act in ACTS[self.role]


def actor_of(session: Session, person: Person) -> Actor:
    """The actor a person is. A manager is always bound, a viewer only once locations are given."""
    bound = person.role is Role.MANAGER
    if person.role is Role.VIEWER:
        any_location = sa.select(PersonLocation).where(PersonLocation.person_id == person.id).exists()
        bound = bool(session.scalar(sa.select(any_location)))
    return Actor(
        person_id=person.id,
        organization_id=person.organization_id,
        role=person.role,
        bound=bound,
        single_keys=person.single_keys,
        name=person.name,
    )


def visible_locations(actor: Actor) -> sa.Select[int]:
    """Select the ids of the locations the actor sees; use it as `column.in_(visible_locations(actor))`."""
    query = sa.select(Location.id).where(Location.organization_id == actor.organization_id)
    if actor.bound:
        query = query.join(PersonLocation, PersonLocation.location_id == Location.id)
        query = query.where(PersonLocation.person_id == actor.person_id)
    return query


def scoped(actor: Actor, model: type[Row]) -> sa.Select[Row]:
    """Select the rows of a model that the actor sees; the start of every query of a door.

    By the model's own `organization_id` and `location_id`; a model without both is scoped through
    its foreign keys to models that have them. A row without a location is seen only by people who
    see the whole organization. Raises TypeError for a model that leads to no organization.
    """
    return sa.select(model).where(*_conditions(actor, sa.inspect(model).local_table))


def get(session: Session, actor: Actor, model: type[Row], row_id: int) -> Row | None:
    """The row of that id if the actor sees it; None is answered as 404, never as 403."""
    return session.scalar(scoped(actor, model).where(sa.inspect(model).primary_key[0] == row_id))


def _conditions(actor: Actor, table: Any) -> list[sa.ColumnElement[bool]]:
    columns = table.c
    if table is Organization.__table__:
        return [columns.id == actor.organization_id]
    owned = "organization_id" in columns
    found = [columns.organization_id == actor.organization_id] if owned else []
    if table is Location.__table__:
        if actor.bound:
            found.append(columns.id.in_(visible_locations(actor)))
    elif table is Snapshot.__table__:
        if actor.bound:
            found.append(_is_cited(actor, columns.id))
    elif "location_id" in columns:
        if actor.bound or not owned:
            found.append(columns.location_id.in_(visible_locations(actor)))
    elif actor.bound or not owned:
        found += _through_parents(actor, table)
    if not found:
        raise TypeError(f"{table.name} leads to no organization, so it can't be scoped")
    return found


def _is_cited(actor: Actor, snapshot_id: Any) -> sa.ColumnElement[bool]:
    # A stored answer may hold several places; it is shown with what it says of one of the actor's.
    here = Listing.location_id.in_(visible_locations(actor))
    observed = sa.select(Observation.snapshot_id).join(Listing, Listing.id == Observation.listing_id)
    flagged = sa.select(Mismatch.snapshot_id).where(Mismatch.location_id.in_(visible_locations(actor)))
    newest = sa.select(Listing.snapshot_id).where(here)
    return sa.or_(*(snapshot_id.in_(cited) for cited in (newest, observed.where(here), flagged)))


def _through_parents(actor: Actor, table: Any) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    for key in table.foreign_keys:
        parent = key.column.table
        tied_to_a_place = "location_id" in parent.c or parent is Location.__table__
        if tied_to_a_place or ("organization_id" not in table.c and parent is not Organization.__table__):
            visible = sa.select(key.column).where(*_conditions(actor, parent))
            found.append(key.parent.in_(visible))
    return found
