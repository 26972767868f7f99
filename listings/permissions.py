"""Permissions that a source has given a business beyond its general policy, recorded by an administrator.

BBB's profiles "may not be reproduced for sales or promotional purposes": only where a business holds
BBB's own word to the contrary may anything of one stand on a public page.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.permission import DisplayPermission
from listings.source_terms import Display
from listings.sources import SOURCES, SourceFacts

LONGEST = 300
NEED_PERMISSION = tuple(key for key, facts in SOURCES.items() if facts.policy.display is Display.LINK)
"""Sources that show nothing of themselves in public without one."""


class Refused(Exception):
    """The permission can't be recorded; `field` is the form's field that is wrong, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def in_force(session: Session, organization_id: int, source: str) -> DisplayPermission | None:
    """The permission that holds now."""
    return session.scalar(
        sa.select(DisplayPermission)
        .where(
            DisplayPermission.organization_id == organization_id,
            DisplayPermission.source == source,
            DisplayPermission.ended_at.is_(None),
        )
        .order_by(DisplayPermission.id.desc())
        .limit(1)
    )


def record(  # noqa: PLR0917 - whose permission, from whom, in what
    session: Session,
    organization_id: int,
    source: SourceFacts,
    given_by: str,
    given_on: str,
    document: str,
    *,
    person_id: int,
    now: dt.datetime,
) -> DisplayPermission:
    """Write a permission down in the place of a former one. Raises Refused unless it is complete."""
    if source.key not in NEED_PERMISSION:
        raise Refused("", f"{source.label} needs no permission here, and gives none.")
    given_by, document = given_by.strip(), document.strip()
    for field, text in (("given_by", given_by), ("document", document)):
        if not text or len(text) > LONGEST:
            raise Refused(field, f"Fill this in, in at most {LONGEST} characters.")
    end(session, organization_id, source.key, now)
    row = DisplayPermission(
        organization_id=organization_id,
        source=source.key,
        given_by=given_by,
        given_on=_day(given_on, now),
        document=document,
        recorded_by=person_id,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _day(text: str, now: dt.datetime) -> dt.date:
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused("given_on", "Give the day as in 2026-11-22.") from error
    # Somewhere it is tomorrow already.
    if day > now.date() + dt.timedelta(days=1):
        raise Refused("given_on", "This day hasn’t come yet.")
    return day


def end(session: Session, organization_id: int, source: str, now: dt.datetime) -> DisplayPermission | None:
    """The permission holds no more, from now on; None when none did."""
    row = in_force(session, organization_id, source)
    if row is not None:
        row.ended_at = now
        session.flush()
    return row
