import datetime as dt

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.organization import Organization


class MatchLimits(Base):
    """From which probability on an organization's listings are linked, and from which it is asked.

    The newest row of an organization holds; `former_` are the limits that held before it. Without
    a row the shipped ones hold.
    """

    __tablename__ = "match_limits"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    match: Mapped[float]
    review: Mapped[float]
    former_match: Mapped[float]
    former_review: Mapped[float]
    # No foreign key, as in the trail of acts: it outlives the person.
    person_id: Mapped[int | None]
    set_at: Mapped[dt.datetime]
    applied_at: Mapped[dt.datetime | None]

    __table_args__ = (Index(None, "organization_id", "id"),)
