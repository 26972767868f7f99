import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column

from listings.db import Base, Id
from listings.models.organization import Organization
from listings.normalize.stored import NORMAL_VERSION, stored_forms
from listings.records import OpenStatus

MATCHED = (
    "name", "street", "city", "region", "postal_code", "country", "phone", "website", "category", "latitude",
    "longitude",
)  # fmt: skip
"""The columns that matching reads; listings.normalize.columns.RAW_COLUMNS without the id."""


class Location(Base):
    """The canonical record of one place, keyed by the user's own `code`.

    `hours` and `special_hours` are OpenStreetMap opening_hours text, as imported; `extra` keeps
    the columns of the import that we have no word for; `tracking_phones` are numbers the user
    declares as leading here.
    """

    __tablename__ = "location"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    code: Mapped[str]
    name: Mapped[str]
    street: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    category: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    hours: Mapped[str | None]
    special_hours: Mapped[str | None]
    status: Mapped[OpenStatus] = mapped_column(default=OpenStatus.OPEN)
    time_zone: Mapped[str | None]
    locale: Mapped[str | None]
    tracking_phones: Mapped[list[Any] | None]
    extra: Mapped[dict[str, Any] | None]
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("location.id"), index=True)
    """The record of the same place that stays: this one is neither read nor published."""
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    normal: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    """MATCHED in normal form (listings.normalize.stored), set by every flush that changes one of them."""
    normal_version: Mapped[int] = mapped_column(default=0, index=True)
    """The NORMAL_VERSION that made it; 0 is none."""
    revision: Mapped[int] = mapped_column(default=0)
    """The organization's locations_revision that last changed what matching sees of it."""

    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        Index(None, "organization_id", "revision"),
    )


SEEN = (*MATCHED, "code", "duplicate_of")
CHANGED = "locations_changed"
"""In Session.info: this transaction has changed what matching sees of locations."""


def raw_locations(rows: Iterable[Any]) -> pl.DataFrame:
    """Rows with an id and MATCHED, as the raw frame that is normalised."""
    data = [{"id": str(row.id), **{name: _text(getattr(row, name)) for name in MATCHED}} for row in rows]
    return pl.DataFrame(data, schema={"id": pl.String, **dict.fromkeys(MATCHED, pl.String)})


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def next_revision(session: Session, organization_id: int) -> int:
    """Raise the organization's revision of its locations, in this transaction.

    Whoever else wants to raise it waits until the transaction ends, so revisions come in the order
    in which they are committed.
    """
    session.info[CHANGED] = True
    raised = (
        sa.update(Organization)
        .where(Organization.id == organization_id)
        .values(locations_revision=Organization.locations_revision + 1)
        .returning(Organization.locations_revision)
    )
    return session.connection().scalar(raised) or 0


@event.listens_for(Session, "before_flush")
def _keep_forms(session: Session, _: UOWTransaction, __: Sequence[object] | None) -> None:
    """Whoever saves a location, its normal forms and its revision are saved with it."""
    saved = [row for row in (*session.new, *session.dirty) if isinstance(row, Location)]
    seen = [row for row in saved if _changes(row, SEEN)]
    anew = [row for row in seen if _changes(row, MATCHED)]
    gone = [row for row in session.deleted if isinstance(row, Location)]
    if anew:
        with session.no_autoflush:
            forms = stored_forms(raw_locations(anew))
        for row, form in zip(anew, forms, strict=True):
            row.normal, row.normal_version = form, NORMAL_VERSION
    revisions: Mapping[int, int] = {
        id_: next_revision(session, id_) for id_ in {row.organization_id for row in (*seen, *gone)}
    }
    for row in seen:
        row.revision = revisions[row.organization_id]


def _changes(row: Location, columns: Sequence[str]) -> bool:
    attributes = sa.inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in columns)
