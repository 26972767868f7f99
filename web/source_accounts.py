"""The accounts that people have connected to a source, and the sign-ins that are under way."""

import datetime as dt

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings.access import Act as May
from listings.access import Actor
from listings.models.consent import Consent, ConsentState
from listings.models.crawl import Credential, CredentialState
from listings.sources import SourceFacts
from web.given_back import given_back
from web.screens.elements import Act
from web.screens.sources import Account, AccountsView
from web.wording import count, date

SHOWN_FOR = dt.timedelta(hours=1)
"""How long a sign-in that came to nothing is told."""
TYPES = {
    "PERSONAL": "personal",
    "LOCATION_GROUP": "business group",
    "USER_GROUP": "user group",
    "ORGANIZATION": "organization",
}


def accounts(db: Session, actor: Actor, source: SourceFacts, now: dt.datetime, *, asks: bool) -> AccountsView:
    """What is connected; `asks` tells whether a person can connect an account here."""
    mine = Credential.organization_id == actor.organization_id
    rows = db.scalars(
        sa.select(Credential).where(mine, Credential.source == source.key).order_by(Credential.id)
    )
    newest = _newest(db, actor, source)
    may = actor.may(May.ADMINISTER)
    begin = Act(
        f"Connect {source.label}" if newest is None else "Connect another account",
        url_for("source_consent.begin"),
        style="filled",
    )
    return AccountsView(
        waiting=newest is not None and newest.state is ConsentState.ANSWERED,
        failed=_failed(newest, now),
        accounts=tuple(_account(db, one, now, may=may) for one in rows),
        begin=begin if may and asks else None,
        here=url_for("sources.show", source=source.key),
        given_back=given_back(db, actor, source, now),
    )


def _newest(db: Session, actor: Actor, source: SourceFacts) -> Consent | None:
    return db.scalar(
        sa.select(Consent)
        .where(
            Consent.organization_id == actor.organization_id,
            Consent.source == source.key,
            Consent.state != ConsentState.ASKED,
        )
        .order_by(Consent.id.desc())
        .limit(1)
    )


def _failed(newest: Consent | None, now: dt.datetime) -> str:
    if newest is None or newest.state is not ConsentState.REFUSED or newest.asked_at < now - SHOWN_FOR:
        return ""
    return newest.cause or ""


def _account(db: Session, credential: Credential, now: dt.datetime, *, may: bool) -> Account:
    consent = db.scalar(
        sa.select(Consent).where(Consent.credential_id == credential.id).order_by(Consent.id.desc()).limit(1)
    )
    found = (consent.found if consent is not None else None) or []
    broken = credential.state is CredentialState.NEEDS_RECONNECT
    forget = Act(
        "Disconnect",
        url_for("source_consent.disconnect"),
        style="text",
        values=(("credential", str(credential.id)),),
    )
    return Account(
        title=_title(credential, found),
        state="Has to be connected again" if broken else "Works",
        broken=broken,
        cause=(credential.cause or "") if broken else (consent.cause or "" if consent else ""),
        since=f"connected {date(credential.created_at, now)}",
        reaches=tuple(_reach(one) for one in found),
        act=forget if may else None,
    )


def _title(credential: Credential, found: list[dict[str, object]]) -> str:
    for one in found:
        if one.get("name") == credential.name:
            return str(one.get("label"))
    return "Token stored by hand"


def _reach(one: dict[str, object]) -> str:
    kind = TYPES.get(str(one.get("type")), "")
    locations, more = one.get("locations"), " or more" if one.get("more") else ""
    known = (
        f"{count(locations, 'location')}{more}" if isinstance(locations, int) else "locations not readable"
    )
    return ", ".join(part for part in (str(one.get("label")), kind, known) if part)
