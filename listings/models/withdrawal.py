import datetime as dt
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from listings.db import Base, Id
from listings.models.organization import Organization


class WithdrawalState(StrEnum):
    """`asked` until a worker has told the source; `kept` where the same account is connected still."""

    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"
    FAILED = "failed"


class Withdrawal(Base):
    """An access that was deleted here, on its way to be withdrawn at the source as well.

    `secret` is what the deleted access held, sealed, and only for as long as it is needed to say so
    there. `account` is the name of the access, `label` what people called it.
    """

    __tablename__ = "withdrawal"

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id))
    source: Mapped[str]
    account: Mapped[str]
    label: Mapped[str]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[WithdrawalState]
    asked_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    detail: Mapped[str | None]
    """The source's own words, where it refused or didn't answer."""

    __table_args__ = (Index(None, "organization_id", "source", "asked_at"),)
