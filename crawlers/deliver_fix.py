"""The job that sends a correction through a source's interface."""

from collections.abc import Mapping
from typing import Any

from crawlers.deliver import PASSING, Delivered, Sending, again, began, converse, ended
from crawlers.door import Door
from crawlers.plan import Access, Fetch, needed
from crawlers.plans.google import split, token_of
from crawlers.source import Outcome, Reading
from crawlers.sources.google import Google
from listings.canonical import location_record
from listings.compare import compare_listing
from listings.fix import DELIVER_FIX, DeliverFix, move
from listings.jobs import JobContext
from listings.models.fix import Fix, FixState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.records import ListingRecord
from listings.secrets import ValueHash
from listings.sources import facts

ADDRESS = ("street", "city", "region", "postal_code", "country")


def deliver_fix(door: Door, context: JobContext, payload: DeliverFix) -> None:
    """Send the record's value unless the fix was taken back; the source's change in between is a conflict."""
    del context
    with door.database.write() as session:
        fix = session.get(Fix, payload.fix_id)
        if fix is None or fix.state is not FixState.QUEUED:
            return
        row = session.get_one(Mismatch, fix.mismatch_id)
        listing = session.get_one(Listing, row.listing_id)
        ours = location_record(session.get_one(Location, row.location_id))
        field, replaces, name = fix.field, fix.replaces_hash, listing.api_name
        organization_id, source = fix.organization_id, facts(row.source)
        attempt_id, number, _ = began(session, organization_id, "fix", fix.id, door.clock())
    if name is None:
        delivered = Delivered(
            done=False, again=False, detail="The source's name for this listing isn't known."
        )
    else:
        delivered = converse(
            door,
            source,
            organization_id,
            lambda adapter, access: _send(
                adapter, access, name, ours=ours, field=field, replaces=replaces, hashes=door.hashes
            ),
        )
    with door.database.write() as session:
        ended(session, attempt_id, delivered, door.clock())
        fix = session.get_one(Fix, payload.fix_id)
        if fix.state is FixState.QUEUED:
            retried = delivered.again and again(session, DELIVER_FIX, str(fix.id), payload, number)
            row = session.get_one(Mismatch, fix.mismatch_id)
            fix.detail = delivered.detail
            if not retried:
                fix.state, state = _ending(delivered)
                fix.sent_at = door.clock() if delivered.done else None
                fix.finished_at = None if delivered.done else door.clock()
                if row.state is MismatchState.FIX_SENT:
                    move(
                        session,
                        row,
                        state,
                        person_id=None,
                        now=door.clock(),
                        detail={"detail": delivered.detail},
                    )


def _ending(delivered: Delivered) -> tuple[FixState, MismatchState]:
    if delivered.done:
        return FixState.SENT, MismatchState.WAITING
    return FixState.CONFLICT if delivered.conflict else FixState.REFUSED, MismatchState.OPEN


def patched_fields(ours: ListingRecord, field: str) -> dict[str, Any]:
    """What has to be sent to correct one field; an address goes whole."""
    if field in ADDRESS:
        return {name: getattr(ours, name) for name in ADDRESS}
    return {field: getattr(ours, field)}


def live_hash(ours: ListingRecord, shown: ListingRecord, field: str, hashes: ValueHash) -> str | None:
    """The hash of what the listing shows in a field now, as flag.py keeps it; None when it shows none."""
    for comparison in compare_listing(ours, shown):
        if comparison.field == field:
            return hashes.of(comparison.live)
    return None


def _send(
    adapter: Google,
    access: Access,
    name: str,
    *,
    ours: ListingRecord,
    field: str,
    replaces: str,
    hashes: ValueHash,
) -> Sending:
    token = yield from token_of(adapter, access)
    location = split(name)[1]
    shown = needed((yield Fetch(adapter.get_location(location, token))), "reading the location back")
    fields = patched_fields(ours, field)
    if shown.listings and _shows(shown.listings[0], fields):
        return Delivered(done=True, again=False, detail=None)
    if not shown.listings or live_hash(ours, shown.listings[0], field, hashes) != replaces:
        detail = "The listing has changed since you looked at it. Look again before you send."
        return Delivered(done=False, again=False, detail=detail, conflict=True)
    checked = yield Fetch(adapter.patch_location(location, fields, token, validate_only=True))
    if checked.outcome is not Outcome.OK:
        return _refused(checked)
    sent = yield Fetch(adapter.patch_location(location, fields, token))
    if sent.outcome is not Outcome.OK:
        return _refused(sent)
    return Delivered(done=True, again=False, detail=None)


def _shows(record: ListingRecord, fields: Mapping[str, Any]) -> bool:
    return all(getattr(record, name) == value for name, value in fields.items())


def _refused(reading: Reading) -> Delivered:
    return Delivered(done=False, again=reading.outcome in PASSING, detail=reading.detail)
