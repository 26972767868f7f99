import datetime as dt
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base


class PushKey(Base):
    """A public key with which a source signs what it pushes, as a JSON Web Key; fetched by a worker."""

    __tablename__ = "push_key"

    source: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[dict[str, Any]]
    fetched_at: Mapped[dt.datetime]


class PushMessage(Base):
    """A pushed message that was taken in: it comes at least once, and counts once."""

    __tablename__ = "push_message"

    source: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[dt.datetime]

    __table_args__ = (Index(None, "received_at"),)
