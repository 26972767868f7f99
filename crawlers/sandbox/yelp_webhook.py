"""Yelp's webhook: what it sends a partner when reviews of a business come, change or go.

https://docs.developer.yelp.com/docs/reviews-webhooks-v2
"""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from crawlers.sandbox.ids import business_id
from crawlers.sandbox.planting import Listing, Role, listings_of
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.yelp_json import excerpts

NEW = "NEW_REVIEW_EVENT"
EVENTS = (NEW, "REVIEW_EDITED_EVENT", "REVIEW_REMOVED_EVENT")
LOOPBACK = ("127.0.0.1", "localhost")
PATIENCE = 10.0
"""Seconds for an answer."""


def message(sandbox: Sandbox, entry: Listing, event: str = NEW) -> dict[str, Any]:
    """What is sent about the newest review of a business; its time has no zone."""
    return {
        "time": f"{sandbox.now.replace(tzinfo=None).isoformat(timespec='microseconds')}",
        "object": "business",
        "data": {
            "id": business_id(entry.number),
            "updates": [_update(one, event) for one in excerpts(sandbox, entry)[:1]],
        },
    }


def _update(review: dict[str, Any], event: str) -> dict[str, Any]:
    told = {"event_type": event, "review_id": review["id"], "user_id": review["user"]["id"]}
    return told | {"rating": float(review["rating"]), "language": "en"} if event == NEW else told


def announce(sandbox: Sandbox, code: str, url: str, event: str = NEW) -> int:
    """Send the message about a location's own business to a webhook on this machine; its answer's status.

    Raises ValueError for what can't be sent, and when nobody answers.
    """
    target = urlsplit(url)
    if target.scheme != "http" or target.hostname not in LOOPBACK:
        raise ValueError(f"url is an http address on this machine, not {url}")
    if event not in EVENTS:
        raise ValueError(f"event is one of {', '.join(EVENTS)}, not {event}")
    body = json.dumps(message(sandbox, _own(sandbox, code), event)).encode()
    line = http.client.HTTPConnection(target.hostname, target.port, timeout=PATIENCE)
    try:
        line.request("POST", target.path, body, {"content-type": "application/json"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise ValueError(f"nobody takes it at {target.netloc}: {error}") from error
    finally:
        line.close()


def _own(sandbox: Sandbox, code: str) -> Listing:
    try:
        index = sandbox.world.index_of(code)
    except KeyError as missing:
        raise ValueError(f"no location {code}") from missing
    for entry in listings_of(sandbox.world, "yelp", index):
        if entry.role is Role.OWN:
            return entry
    raise ValueError(f"Yelp lists no {code}")
