import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.location import Location
from listings.models.organization import Organization


class GivenUrl(Base):
    """The page of a location's listing at a source, as its owner named it, in its canonical form.

    `url` is None once it was taken away; `before` is what stood there before the last change.
    """

    __tablename__ = "given_url"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    location_id: Mapped[int] = mapped_column(ForeignKey(Location.id))
    source: Mapped[str]
    url: Mapped[str | None]
    before: Mapped[str | None]
    given_at: Mapped[dt.datetime]
    # No foreign key, as in the trail of acts: it outlives the person. None is the import.
    person_id: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("location_id", "source"),
        Index(None, "organization_id", "source", "url"),
    )
