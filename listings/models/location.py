import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.organization import Organization
from listings.records import OpenStatus


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

    __table_args__ = (UniqueConstraint("organization_id", "code"),)
