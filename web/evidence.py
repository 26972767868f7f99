"""Stored answers as proof: the lines round a value, the whole text, the bytes to take away.

An answer of another site is never shown as a page of ours: it leaves as plain text that no browser
may read as anything else.
"""

import datetime as dt

import sqlalchemy as sa
from flask import Blueprint, Response, abort, g, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from listings.access import Actor, get, visible_locations
from listings.agreement import kept_record
from listings.evidence import as_text, evidence_of
from listings.models.listing import Listing, Observation
from listings.models.snapshot import Snapshot
from listings.snapshots import body_of
from listings.sources import facts
from web.mismatch_query import Found
from web.request import one_or_404
from web.screens.elements import Link
from web.screens.mismatches import EvidenceLine, EvidenceView
from web.source_words import at_start, source_words
from web.wording import exact

blueprint = Blueprint("evidence", __name__)

NOTHING_RUNS = "default-src 'none'; sandbox"


@blueprint.get("/evidence/<int:snapshot_id>")
def whole(snapshot_id: int) -> ResponseReturnValue:
    """The answer as people read it, as plain text."""
    _, body = _stored(snapshot_id)
    return _plain(as_text(body).encode(), "text/plain; charset=utf-8")


@blueprint.get("/evidence/<int:snapshot_id>/bytes")
def download(snapshot_id: int) -> ResponseReturnValue:
    """The very bytes the source sent, as a file that is named by their hash."""
    snapshot, body = _stored(snapshot_id)
    answer = _plain(body, "application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{snapshot.source}-{snapshot.sha256}.bin"'
    return answer


def _stored(snapshot_id: int) -> tuple[Snapshot, bytes]:
    snapshot = one_or_404(Snapshot, snapshot_id)
    if not sees_all_of(g.db, g.actor, snapshot.id):
        abort(404)
    body = body_of(g.db, snapshot, g.now)
    if body is None:
        abort(410)
    return snapshot, body


def _plain(body: bytes, kind: str) -> Response:
    answer = Response(body, content_type=kind)
    answer.headers["Content-Security-Policy"] = NOTHING_RUNS
    return answer


def sees_all_of(db: Session, actor: Actor, snapshot_id: int) -> bool:
    """Whether every place that an answer speaks of is in the actor's sight.

    One answer of a source may hold all places of an organization; a manager sees the lines about
    their own in the pane, not the rest.
    """
    if not actor.bound:
        return True
    cited = sa.or_(
        Listing.snapshot_id == snapshot_id,
        Listing.id.in_(sa.select(Observation.listing_id).where(Observation.snapshot_id == snapshot_id)),
    )
    hidden = sa.or_(Listing.location_id.is_(None), Listing.location_id.not_in(visible_locations(actor)))
    return not db.scalar(sa.select(sa.exists().where(cited, hidden)))


def evidence(
    db: Session, actor: Actor, found: Found, live: str | None, now: dt.datetime
) -> EvidenceView | None:
    """What proves a mismatch; without a kept body what is known instead."""
    row = found.mismatch
    snapshot = get(db, actor, Snapshot, row.snapshot_id) if row.snapshot_id is not None else None
    if snapshot is None:
        return None
    name = at_start(source_words(row.source))
    answer = f"Answer of {exact(snapshot.fetched_at)} · reader {snapshot.reader_version}"
    body = body_of(db, snapshot, now)
    if body is None:
        if facts(row.source).policy.keep_values:
            note = "The bytes are gone: the source’s policy or their age has removed them. What was decided stays."
        else:
            note = (
                f"{name} allows its answers to be looked at, not kept. What we hold: {row.field.replace('_', ' ')}, "
                f"{row.verdict}, and a keyed hash of the value, {row.live_hash[:12]}… that tells whether it changes. "
                "Check again asks the source anew."
            )
        return EvidenceView(answer, snapshot.sha256 or "", note=note)
    lines = tuple(
        _line(line.number, line.text, line.mark)
        for line in evidence_of(body, found.listing.source_id, row.field, live).lines
    )
    return _view(db, actor, snapshot, answer, lines)


def listing_evidence(db: Session, actor: Actor, listing: Listing, now: dt.datetime) -> EvidenceView | None:
    """The stored answer that a listing was read from, round its name; None where nothing was stored.

    Whoever may decide on the listing may see the lines about it; the whole answer only who sees all
    the places it speaks of.
    """
    snapshot = db.get(Snapshot, listing.snapshot_id) if listing.snapshot_id is not None else None
    if snapshot is None or snapshot.organization_id != actor.organization_id:
        return None
    answer = f"Answer of {exact(snapshot.fetched_at)} · reader {snapshot.reader_version}"
    body = body_of(db, snapshot, now)
    if body is None:
        note = "The bytes are gone, or the source lets none be kept. What was read of them decided."
        return EvidenceView(answer, snapshot.sha256 or "", note=note)
    name = (kept_record(listing, now) or {}).get("name")
    lines = evidence_of(body, listing.source_id, "name", str(name) if name else None).lines
    return _view(
        db, actor, snapshot, answer, tuple(_line(line.number, line.text, line.mark) for line in lines)
    )


def _view(
    db: Session, actor: Actor, snapshot: Snapshot, answer: str, lines: tuple[EvidenceLine, ...]
) -> EvidenceView:
    open_to_all = sees_all_of(db, actor, snapshot.id)
    return EvidenceView(
        answer,
        snapshot.sha256 or "",
        lines,
        "" if lines else "The value isn’t written out in this answer; look at the whole of it.",
        Link("Whole answer", url_for("evidence.whole", snapshot_id=snapshot.id)) if open_to_all else None,
        Link("Download", url_for("evidence.download", snapshot_id=snapshot.id), download=True)
        if open_to_all
        else None,
    )


def _line(number: int, text: str, mark: tuple[int, int] | None) -> EvidenceLine:
    if mark is None:
        return EvidenceLine(number, text)
    start, end = mark
    return EvidenceLine(number, text[:start], text[start:end], text[end:])
