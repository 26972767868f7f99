"""The card of a source's permission to be shown in public."""

import datetime as dt
from collections.abc import Mapping

from flask import url_for
from sqlalchemy.orm import Session

from listings import permissions
from listings.access import Act as May
from listings.access import Actor
from listings.sources import SourceFacts
from web.screens.elements import Act, Fact, Field
from web.screens.sources import PermissionView
from web.wording import date

FIELDS = (
    ("given_by", "Who gave it", "text", "The office or person at the source"),
    ("given_on", "On what day", "date", ""),
    ("document", "In what document", "text", "Its title or number, and where you keep it"),
)
Given = tuple[Mapping[str, str], Mapping[str, str]]
"""What was typed, and what is wrong with it, by field."""


def permission_card(
    db: Session, actor: Actor, source: SourceFacts, now: dt.datetime, given: Given = ({}, {})
) -> PermissionView | None:
    """What is recorded, and for administrators the way to record or end it; None where none is needed."""
    if source.key not in permissions.NEED_PERMISSION:
        return None
    row = permissions.in_force(db, actor.organization_id, source.key)
    may = actor.may(May.ADMINISTER)
    if row is None:
        typed, errors = given
        fields = tuple(
            Field(name, label, typed.get(name, ""), kind, hint, errors.get(name, ""), required=True)
            for name, label, kind, hint in FIELDS
        )
        save = Act("Record the permission", url_for("source_permission.record", source=source.key))
        return PermissionView((), fields if may else (), save if may else None, None)
    facts = (
        Fact("Given by", row.given_by),
        Fact("On", date(row.given_on, now.date())),
        Fact("In", row.document),
        Fact("Recorded", date(row.recorded_at, now)),
    )
    end = Act("It holds no more", url_for("source_permission.end", source=source.key))
    return PermissionView(facts, (), None, end if may else None)
