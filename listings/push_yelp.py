"""What Yelp pushes to its partners about reviews: a message names one business, which is looked at again.

https://docs.developer.yelp.com/docs/reviews-webhooks-v2. Nothing in a message is signed or believed but
which business to look at; the ratings in it are never stored. It carries no id of its own, so what it
says is its id.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from listings.push import REMEMBER, Pushed, Unverified

MOST_BYTES = 64 * 1024
EVENTS = frozenset({"NEW_REVIEW_EVENT", "REVIEW_EDITED_EVENT", "REVIEW_REMOVED_EVENT"})
AHEAD = dt.timedelta(days=1)
"""How far a message's time may be ahead: it tells no zone."""
GATHER = dt.timedelta(seconds=30)
"""Each look costs two calls of the day's, so what comes within it about one business makes one look."""
OLDEST = REMEMBER - AHEAD
"""Older messages are refused, so that none can come back after it was forgotten."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_verification(text: str) -> bool:
    """Whether this is a string with which Yelp checks an address; letters and digits, it says."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text) is not None


def read_push(body: bytes, now: dt.datetime) -> Pushed:
    """The message in a webhook's body; one without news of reviews names no business.

    Raises Unverified when it is no message, too old, or from the future.
    """
    try:
        document = json.loads(body)
        time, data = dt.datetime.fromisoformat(document["time"]), document["data"]
        business, updates = data["id"], data["updates"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unverified from error
    if document.get("object") != "business" or not isinstance(updates, list):
        raise Unverified
    if not isinstance(business, str) or not _ID.fullmatch(business) or not _is_now(time, now):
        raise Unverified
    events = sorted(_event(one) for one in updates if isinstance(one, Mapping))
    said = json.dumps([document["time"], business, events])
    news = any(kind in EVENTS for kind, _ in events)
    return Pushed(hashlib.sha256(said.encode()).hexdigest(), (business,) if news else ())


def _is_now(time: dt.datetime, now: dt.datetime) -> bool:
    at = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    return now - OLDEST <= at <= now + AHEAD


def _event(update: Mapping[str, Any]) -> tuple[str, str]:
    return str(update.get("event_type")), str(update.get("review_id"))
