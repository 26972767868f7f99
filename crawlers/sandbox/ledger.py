"""The truth about a running sandbox: which listings, mismatches and reviews exist at this moment."""

from collections.abc import Iterable, Iterator
from typing import Any

from crawlers.sandbox import bbb
from crawlers.sandbox.facts import FIELDS, field_text
from crawlers.sandbox.google_reviews import reply_json, rfc3339
from crawlers.sandbox.ids import location_id
from crawlers.sandbox.planting import Listing, Role, field_of, listings_of, planted, plants_of
from crawlers.sandbox.reviews import lives, reviews_at
from crawlers.sandbox.state import FIELD_PARTS, Sandbox
from crawlers.sandbox.twins import TWINS


def ledger(sandbox: Sandbox, indexes: Iterable[int] | None = None) -> dict[str, Any]:
    """The truth over the locations at `indexes` (default: all, siblings included), ready for JSON.

    `listings`, `missing`, `mismatches` (now), `coming` (faults of later days), Google's `reviews` (alive
    now) and `removed_reviews` (ids), BBB's `figures` and `customer_reviews` as rows, and the moment.
    """
    world = sandbox.world
    chosen = list(range(world.locations + world.siblings) if indexes is None else indexes)
    entries = [entry for index in chosen for source in TWINS for entry in listings_of(world, source, index)]
    return {
        "now": rfc3339(sandbox.now),
        "day": sandbox.day,
        "seed": world.seed,
        "locations": world.locations,
        "listings": [_listing_row(sandbox, entry) for entry in entries],
        "missing": _missing(sandbox, chosen),
        "mismatches": [row for entry in entries for row in mismatches(sandbox, entry)],
        "coming": [row for entry in entries for row in _coming(sandbox, entry)],
        "reviews": [row for entry in entries if entry.source == "google" for row in _reviews(sandbox, entry)],
        "removed_reviews": [
            life.id
            for entry in entries
            if entry.source == "google"
            for life in lives(world, entry)
            if life.removed and life.removed <= sandbox.now and life.created < life.removed
        ],
        "figures": [bbb.figure_row(sandbox, entry) for entry in entries if entry.source == bbb.SOURCE],
        "customer_reviews": [
            row for entry in entries if entry.source == bbb.SOURCE for row in bbb.review_rows(sandbox, entry)
        ],
    }


def source_id(sandbox: Sandbox, entry: Listing) -> str:
    """The entry's id as its source writes it: location id, place id, or page URL."""
    return TWINS[entry.source].source_id(sandbox.world, entry)


def mismatches(sandbox: Sandbox, entry: Listing) -> Iterator[dict[str, Any]]:
    """Each field of a location's own entry that was planted or otherwise differs from the truth.

    `state` is "open", "waiting" (a fix was sent and doesn't show yet), "fixed" or "came_back".
    """
    if entry.role is not Role.OWN:
        return
    world = sandbox.world
    truth, shown = world.facts(entry.index), sandbox.shown(entry)
    plants = {field_of(plant): plant for plant in plants_of(world, entry) if plant.from_day <= sandbox.day}
    wrong = planted(world, entry, sandbox.day)
    for field in FIELDS:
        plant, value = plants.get(field), field_text(shown, field)
        differs = value != field_text(truth, field)
        if plant is None and not differs:
            continue
        yield {
            "code": world.code(entry.index),
            "source": entry.source,
            "source_id": source_id(sandbox, entry),
            "field": field,
            "kind": plant.kind if plant else "sent",
            "true": field_text(truth, field),
            "planted": field_text(wrong, field),
            "shown": value,
            "state": _state(sandbox, entry, field, differs=differs),
            "since_day": plant.from_day if plant else None,
        }


def _state(sandbox: Sandbox, entry: Listing, field: str, *, differs: bool) -> str:
    if not differs:
        return "fixed"
    parts, now = FIELD_PARTS.get(field, (field,)), sandbox.now
    fixes = [fix for fix in sandbox.fixes_of(entry) if any(part in fix.values for part in parts)]
    if any(fix.visible > now for fix in fixes):
        return "waiting"
    return "came_back" if any(fix.reverts and fix.reverts <= now for fix in fixes) else "open"


def _coming(sandbox: Sandbox, entry: Listing) -> Iterator[dict[str, Any]]:
    for plant in plants_of(sandbox.world, entry):
        if plant.from_day > sandbox.day:
            yield {
                "code": sandbox.world.code(entry.index),
                "source": entry.source,
                "field": field_of(plant),
                "from_day": plant.from_day,
            }


def _listing_row(sandbox: Sandbox, entry: Listing) -> dict[str, Any]:
    world = sandbox.world
    ours = entry.role in (Role.OWN, Role.DUPLICATE)
    return {
        "source": entry.source,
        "source_id": source_id(sandbox, entry),
        "role": entry.role.value,
        "code": world.code(entry.index) if ours else None,
        "at": world.code(entry.index),
    }


def _missing(sandbox: Sandbox, indexes: Iterable[int]) -> list[dict[str, str]]:
    world = sandbox.world
    return [
        {"code": world.code(index), "source": source}
        for index in indexes
        if index < world.locations
        for source in TWINS
        if not any(entry.role is Role.OWN for entry in listings_of(world, source, index))
    ]


def _reviews(sandbox: Sandbox, entry: Listing) -> Iterator[dict[str, Any]]:
    for review in reviews_at(sandbox.world, entry, sandbox.now):
        yield {
            "source": "google",
            "source_review_id": review.id,
            "listing": location_id(entry.number),
            "role": entry.role.value,
            "code": sandbox.world.code(entry.index) if entry.role is not Role.SIBLING else None,
            "rating": review.rating,
            "comment": review.comment,
            "text": review.shown,
            "original_text": review.text and (review.text.original if review.translated else None),
            "language": review.text and review.text.language,
            "author": review.author,
            "anonymous": review.anonymous,
            "created_at": rfc3339(review.created),
            "updated_at": rfc3339(review.updated),
            "reply": reply_json(sandbox, entry, review),
        }
