import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base


class WorkerHeartbeat(Base):
    """A worker says that it lives; survivors take up the jobs of one that has gone quiet."""

    __tablename__ = "worker_heartbeat"

    executor_id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[dt.datetime]
    beat_at: Mapped[dt.datetime]
    last_job_at: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]
