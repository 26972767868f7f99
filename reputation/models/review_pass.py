import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base
from listings.models.listing import Listing


class ReviewPass(Base):
    """How far a listing's reviews have been read; written when the run that read them has ended well."""

    __tablename__ = "review_pass"

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), primary_key=True)
    until: Mapped[dt.datetime | None]
    """The newest change at the source that is stored, in the source's time."""
    complete_at: Mapped[dt.datetime | None]
    """When all of them were last read in one go."""
    unseen: Mapped[int] = mapped_column(default=0)
    """How many more the source then counted than it showed."""
