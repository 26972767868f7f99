"""The stored answers of the sources: bytes compressed and addressed by content, as policy allows."""

import datetime as dt
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.attributes import ListingAttributes
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.snapshot import Body, Snapshot
from listings.sources import SourceFacts

COMPRESSION = 3
"""Measured on pages of 150 KB: half the time of zlib's default for a tenth more bytes."""
KEEP_UNCITED = dt.timedelta(days=90)
FINISHED = (MismatchState.FIXED, MismatchState.NOT_OURS, MismatchState.DISMISSED)


# Made once, and asked as plain rows: they are for every answer.
_KEEP = sa.insert(Body)
_STORE = sa.insert(Snapshot).returning(Snapshot.id)
_HELD = sa.select(Body.size).where(
    Body.organization_id == sa.bindparam("organization_id"), Body.sha256 == sa.bindparam("sha256")
)


@dataclass(frozen=True, slots=True)
class Packed:
    """The bytes of an answer as they are stored: their SHA-256 in hex, how many they were, compressed."""

    sha256: str
    size: int
    compressed: bytes


def pack(body: bytes) -> Packed | None:
    """An answer's bytes made ready, outside of any transaction, for it takes a while; None of no bytes."""
    if not body:
        return None
    return Packed(hashlib.sha256(body).hexdigest(), len(body), zlib.compress(body, COMPRESSION))


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer on its way into the store; `fetched_at` is aware UTC."""

    url: str
    status: int
    outcome: str
    body: Packed | None
    fetched_at: dt.datetime
    reader_version: str
    detail: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    run_id: int | None = None


def store(session: Session, organization_id: int, facts: SourceFacts, fetched: Fetched) -> Snapshot:
    """Write down an answer; its body only where the source's policy lets bodies be kept.

    The same bytes of the same organization are stored once. What is returned tells what was stored;
    it is no object of the session.
    """
    policy = facts.policy
    digest = _keep(session, organization_id, fetched.body) if policy.keep_values and fetched.body else None
    values = {
        "organization_id": organization_id,
        "source": facts.key,
        "url": fetched.url,
        "status": fetched.status,
        "outcome": fetched.outcome,
        "detail": fetched.detail,
        "fetched_at": fetched.fetched_at,
        "reader_version": fetched.reader_version,
        "final_url": fetched.final_url,
        "run_id": fetched.run_id,
        "sha256": digest,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
        "body_expires_at": fetched.fetched_at + policy.keep_for if digest and policy.keep_for else None,
    }
    return Snapshot(id=session.connection().execute(_STORE, values).scalar_one(), **values)


def _keep(session: Session, organization_id: int, body: Packed) -> str:
    """Store the bytes unless they are stored already; returns their name."""
    named = {"organization_id": organization_id, "sha256": body.sha256}
    rows = session.connection()
    if rows.scalar(_HELD, named) is None:
        rows.execute(_KEEP, {**named, "size": body.size, "compressed": body.compressed})
    return body.sha256


def body_of(session: Session, snapshot: Snapshot, now: dt.datetime) -> bytes | None:
    """The plain bytes of a snapshot; None where policy kept none or has taken them away."""
    if snapshot.sha256 is None or (snapshot.body_expires_at is not None and snapshot.body_expires_at <= now):
        return None
    compressed = session.scalar(
        sa.select(Body.compressed).where(
            Body.organization_id == snapshot.organization_id, Body.sha256 == snapshot.sha256
        )
    )
    return zlib.decompress(compressed) if compressed is not None else None


def expire_bodies(session: Session, now: dt.datetime, *, limit: int = 1000) -> int:
    """Take away bodies that policy or age no longer allows; call again while it returns `limit`.

    Kept are the newest answer of each listing and every answer that unfinished work cites; an
    expiry that the source's policy sets outranks both.
    """
    cited = sa.union(
        sa.select(Listing.snapshot_id).where(Listing.snapshot_id.is_not(None)),
        sa.select(ListingAttributes.snapshot_id).where(ListingAttributes.snapshot_id.is_not(None)),
        sa.select(Mismatch.snapshot_id).where(
            Mismatch.snapshot_id.is_not(None), Mismatch.state.not_in(FINISHED)
        ),
    )
    due = session.scalars(
        sa.select(Snapshot)
        .where(
            Snapshot.sha256.is_not(None),
            sa.or_(
                Snapshot.body_expires_at <= now,
                sa.and_(
                    Snapshot.body_expires_at.is_(None),
                    Snapshot.fetched_at <= now - KEEP_UNCITED,
                    Snapshot.id.not_in(cited),
                ),
            ),
        )
        .limit(limit)
    ).all()
    _release(session, due)
    return len(due)


def release_bodies(session: Session, run_id: int) -> None:
    """A run has ended: answers that were stored under a name, only for it to go on after a crash, lose their bodies.

    An answer's own address is an http(s) one.
    """
    _release(
        session,
        session.scalars(
            sa.select(Snapshot).where(
                Snapshot.run_id == run_id, Snapshot.sha256.is_not(None), Snapshot.url.not_like("http%")
            )
        ).all(),
    )


def _release(session: Session, due: Sequence[Snapshot]) -> None:
    released = {(snapshot.organization_id, snapshot.sha256) for snapshot in due}
    for snapshot in due:
        snapshot.sha256 = None
    session.flush()
    for organization_id, digest in released:
        still_used = sa.exists().where(Snapshot.organization_id == organization_id, Snapshot.sha256 == digest)
        session.execute(
            sa.delete(Body).where(Body.organization_id == organization_id, Body.sha256 == digest, ~still_used)
        )
