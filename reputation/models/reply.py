import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.organization import Organization
from reputation.models.review import Review


class ReplyState(StrEnum):
    """A reply is published only when the source shows it; `marked` was answered elsewhere."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    QUEUED = "queued"
    SENT = "sent"
    PUBLISHED = "published"
    REJECTED = "rejected"
    MARKED = "marked"


class Reply(Base):
    """Our answer to a review; one per review, `ours` False when the source showed it first."""

    __tablename__ = "reply"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), unique=True)
    text: Mapped[str]
    state: Mapped[ReplyState]
    ours: Mapped[bool] = mapped_column(default=True)
    person_id: Mapped[int | None]
    created_at: Mapped[dt.datetime]
    send_after: Mapped[dt.datetime | None]
    """End of the outbox time: until then it can be taken back."""
    sent_at: Mapped[dt.datetime | None]
    published_at: Mapped[dt.datetime | None]
    source_updated_at: Mapped[dt.datetime | None]
    source_state: Mapped[str | None]
    detail: Mapped[str | None]

    __table_args__ = (Index(None, "organization_id", "state"),)
