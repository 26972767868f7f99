"""What sources push about locations: a hint to look again; Google's is believed as far as it is signed.

Pub/Sub signs each push with an OIDC token (https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions).
The keys are fetched by a worker and kept as rows; nothing is fetched here. A message names the
location somewhere in its data, in a form that Google doesn't document, so every name in it is taken.
"""

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from listings.crawl_plan import ask
from listings.jobs import Job, enqueue
from listings.models.crawl import SourceState
from listings.models.listing import Listing
from listings.models.push import PushKey, PushMessage
from listings.queues import CONNECT
from listings.sources import GOOGLE, facts

ISSUERS = ("https://accounts.google.com", "accounts.google.com")
KEYS_HOLD = dt.timedelta(days=2)
"""Keys that were not seen again for so long are forgotten; Google changes them about weekly."""
REMEMBER = dt.timedelta(days=8)
"""Longer than Pub/Sub keeps an unacknowledged message (7 days)."""
LEEWAY = dt.timedelta(seconds=30)
MOST_LOCATIONS = 20
_NAME = re.compile(r"locations/(\d{1,30})")


@dataclass(frozen=True, slots=True)
class FetchPushKeys:
    """One look at the keys; the slot keeps two clocks from asking twice."""

    slot: str


FETCH_PUSH_KEYS = Job("fetch_push_keys", CONNECT, FetchPushKeys)


class Unverified(Exception):
    """The message isn't taken; who sends a forged one learns no more."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """A message: its id, and the listings in it by the source's names for them ("locations/1")."""

    message_id: str
    source_ids: tuple[str, ...]


def ask_for_keys(session: Session, slot: str) -> None:
    """Ask for the look of this slot."""
    enqueue(session, FETCH_PUSH_KEYS, slot, FetchPushKeys(slot))


def keep_keys(session: Session, keys: list[Any], now: dt.datetime) -> int:
    """Keep the keys of a JSON Web Key Set (RFC 7517) that sign with RS256; returns how many."""
    kept = 0
    for key in keys:
        if not isinstance(key, dict) or key.get("kty") != "RSA" or key.get("alg", "RS256") != "RS256":
            continue
        session.merge(PushKey(source=GOOGLE, key_id=str(key.get("kid", "")), key=key, fetched_at=now))
        kept += 1
    if kept:
        session.execute(sa.delete(PushKey).where(PushKey.fetched_at <= now - KEYS_HOLD))
    session.flush()
    return kept


def verify(session: Session, token: str, *, audience: str, sender: str, now: dt.datetime) -> None:
    """Raise Unverified unless `token` is Google's, for us, from the service account `sender`, and holds now."""
    try:
        header = jwt.get_unverified_header(token)
        known = session.get(PushKey, (GOOGLE, str(header.get("kid", ""))))
        if known is None or known.fetched_at <= now - KEYS_HOLD or not audience or not sender:
            raise Unverified
        claims: Mapping[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(known.key, algorithm="RS256"),
            algorithms=["RS256"],
            audience=audience,
            # The moment is an argument here, so times are held against it below.
            options={
                "require": ["exp", "iat", "aud", "iss"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError as error:
        raise Unverified from error
    moment = now.timestamp()
    holds = _number(claims["iat"]) - LEEWAY.seconds <= moment < _number(claims["exp"]) + LEEWAY.seconds
    ours = claims["iss"] in ISSUERS and claims.get("email") == sender and claims.get("email_verified") is True
    if not holds or not ours:
        raise Unverified


def _number(claim: Any) -> float:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        raise Unverified
    return float(claim)


def read_push(body: bytes) -> Pushed:
    """The message in a push's body. Raises Unverified when it is none.

    https://cloud.google.com/pubsub/docs/push#receive_push
    """
    try:
        message = json.loads(body)["message"]
        message_id = message.get("messageId") or message.get("message_id")
        data = base64.b64decode(message.get("data") or "", validate=True).decode("utf-8", "replace")
        text = f"{data} {json.dumps(message.get('attributes') or {})}"
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise Unverified from error
    if not isinstance(message_id, str) or not 0 < len(message_id) <= 64:
        raise Unverified
    names = dict.fromkeys(f"locations/{number}" for number in _NAME.findall(text))
    return Pushed(message_id, tuple(names)[:MOST_LOCATIONS])


def take(
    session: Session, source: str, pushed: Pushed, now: dt.datetime, *, gather: dt.timedelta | None = None
) -> int:
    """Look again at the listings a message names; the same message twice does so once. Returns how many.

    With `gather` all messages about one listing within such a stretch of time make one look, at its end.
    """
    if session.get(PushMessage, (source, pushed.message_id)) is not None:
        return 0
    try:
        with session.begin_nested():
            session.execute(
                sa.insert(PushMessage).values(source=source, message_id=pushed.message_id, received_at=now)
            )
    except IntegrityError:
        return 0
    rows = session.execute(
        sa.select(Listing.organization_id, Listing.location_id)
        .outerjoin(
            SourceState,
            sa.and_(SourceState.organization_id == Listing.organization_id, SourceState.source == source),
        )
        .where(
            Listing.source == source,
            Listing.source_id.in_(pushed.source_ids),
            Listing.location_id.is_not(None),
            SourceState.paused_at.is_(None),
        )
        .distinct()
    ).all()
    found = [(organization_id, location_id) for organization_id, location_id in rows if location_id]
    for organization_id, location_id in found:
        slot, delay = f"push:{pushed.message_id}:{location_id}", None
        if gather is not None:
            end = _end_of_stretch(now, gather)
            slot, delay = f"push:{end:%Y-%m-%dT%H:%M:%S}:{location_id}", end - now
        ask(session, organization_id, facts(source), slot, [location_id], delay=delay)
    return len(found)


def _end_of_stretch(now: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """The end of the stretch that `now` lies in; stretches are counted from midnight UTC."""
    midnight = now.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + length * ((now - midnight) // length + 1)


def expire_messages(session: Session, now: dt.datetime, *, limit: int = 1000) -> int:
    """Forget messages that can't come again; call again while it returns `limit`."""
    due = session.scalars(
        sa.select(PushMessage).where(PushMessage.received_at <= now - REMEMBER).limit(limit)
    ).all()
    for message in due:
        session.delete(message)
    session.flush()
    return len(due)
