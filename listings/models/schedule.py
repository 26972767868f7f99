import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base


class ScheduleSlot(Base):
    """The newest slot of a scheduled task that some worker has taken; nobody takes it twice."""

    __tablename__ = "schedule_slot"

    name: Mapped[str] = mapped_column(primary_key=True)
    slot_at: Mapped[dt.datetime]
    """Start of the slot, in UTC."""
    taken_at: Mapped[dt.datetime]
