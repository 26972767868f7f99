"""Normal forms of an older version made anew, piece by piece; until then the old ones answer.

Declared here, carried out by a worker. A piece is read and normalised without a lock; it is written where
the row still has the old forms, so an edit that came in between keeps its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.jobs import Job, Queue, enqueue
from listings.models.location import MATCHED, Location, next_revision, raw_locations
from listings.normalize.stored import NORMAL_VERSION, stored_forms


@dataclass(frozen=True, slots=True)
class Renormalise:
    """The version to come to; the slot keeps two clocks from asking twice."""

    version: int
    slot: str


RENORMALISE = Job("renormalise", Queue("renormalise", concurrency=1), Renormalise)


def ask(session: Session, slot: str) -> None:
    """Ask for the forms of older versions to be made anew, where there are any."""
    if session.scalar(sa.select(sa.exists().where(_older(NORMAL_VERSION)))):
        enqueue(session, RENORMALISE, f"{NORMAL_VERSION}:{slot}", Renormalise(NORMAL_VERSION, slot))


@dataclass(frozen=True, slots=True)
class Anew:
    """The new forms of one location."""

    organization_id: int
    location_id: int
    form: str


def older_forms(session: Session, version: int, *, limit: int) -> list[Anew]:
    """The new forms of some locations whose kept ones are older, by organization; none when all are new."""
    columns = (Location.id, Location.organization_id, *(getattr(Location, name) for name in MATCHED))
    query = sa.select(*columns).where(_older(version)).order_by(Location.normal_version, Location.id)
    rows = session.execute(query.limit(limit)).all()
    made = zip(rows, stored_forms(raw_locations(rows)), strict=True)
    return sorted(
        (Anew(row.organization_id, row.id, form) for row, form in made), key=lambda one: one.organization_id
    )


def keep_forms(session: Session, anew: Sequence[Anew], version: int) -> None:
    """Write new forms down, but where somebody has changed the location since."""
    older = (
        sa.update(Location)
        .where(Location.id == sa.bindparam("which"), _older(version))
        .values(normal=sa.bindparam("form"), normal_version=version, revision=sa.bindparam("now"))
    )
    for organization_id, forms in groupby(anew, key=lambda one: one.organization_id):
        revision = next_revision(session, organization_id)
        rows = [{"which": one.location_id, "form": one.form, "now": revision} for one in forms]
        session.connection().execute(older, rows)


def _older(version: int) -> sa.ColumnElement[bool]:
    return Location.normal_version < version
