import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.organization import Organization


class DisplayPermission(Base):
    """A source's permission to show in public what its policy keeps back, as somebody has recorded it.

    Who gave it, when, and in what document: without all three there is none. Rows are never deleted:
    one that ended says when.
    """

    __tablename__ = "display_permission"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    source: Mapped[str]
    given_by: Mapped[str]
    given_on: Mapped[dt.date]
    document: Mapped[str]
    # No foreign key, as in the trail of acts: it outlives the person.
    recorded_by: Mapped[int]
    recorded_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    __table_args__ = (Index(None, "organization_id", "source"),)
