import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base


class QuotaBucket(Base):
    """How many requests a source has had of those it allows; one row for all processes and machines.

    `holder` tells on whose account it counts (a keyed hash of the project or key), "" for a source
    that anybody may read. `free_at` is when the next request may leave, in seconds since 1970 in
    UTC, where the source wants them spaced out.
    """

    __tablename__ = "quota_bucket"

    source: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(primary_key=True)
    allowed: Mapped[int]
    window_seconds: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    resets_at: Mapped[dt.datetime]
    free_at: Mapped[float] = mapped_column(default=0.0)


class SourceGate(Base):
    """Whether a source may be asked at all just now: its wish to be left alone, and the breaker.

    `holder` is "" for everybody who asks that host, else the account that it turned away.
    `failures` counts those in a row. `probing_until` is the lease of the one worker that tries
    again once `held_until` has passed.
    """

    __tablename__ = "source_gate"

    source: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[dt.datetime | None]
    probing_until: Mapped[dt.datetime | None]
    too_many: Mapped[bool] = mapped_column(default=False)
    """Whether it was held for the number of requests, not for being down."""
    reason: Mapped[str | None]
