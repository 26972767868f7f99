import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.organization import Organization


class Widget(Base):
    """An embeddable list of reviews; `public_id` is unguessable and the only name the world knows.

    `options` holds typed tokens only (accent, minimum rating, number of reviews, order), checked
    when saved. `location_ids` empty means every location.
    """

    __tablename__ = "widget"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), index=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    location_ids: Mapped[list[Any]]
    options: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
