"""The job that fetches the keys with which Google signs what it pushes."""

import json
from typing import Any

import structlog

from crawlers.door import Door
from crawlers.outcomes import Failure
from crawlers.source import Request
from listings.jobs import JobContext
from listings.push import FetchPushKeys, keep_keys

log = structlog.get_logger()

KEYS = "https://www.googleapis.com/oauth2/v3/certs"
"""jwks_uri of https://accounts.google.com/.well-known/openid-configuration."""


def fetch_push_keys(door: Door, context: JobContext, payload: FetchPushKeys) -> None:
    """Fetch the key set; what can't be read leaves the known keys as they are, and the next slot tries again."""
    del context, payload
    result = door.client.fetch(Request(KEYS, headers={"Accept": "application/json"}))
    if isinstance(result, Failure):
        log.warning("push_keys_not_fetched", outcome=str(result.outcome))
        return
    keys = _keys(result.body)
    with door.database.write() as session:
        kept = keep_keys(session, keys, door.clock())
    if not kept:
        log.warning("push_keys_not_readable")


def _keys(body: bytes) -> list[Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return []
    keys = document.get("keys") if isinstance(document, dict) else None
    return keys if isinstance(keys, list) else []
