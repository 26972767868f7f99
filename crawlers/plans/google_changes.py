"""Google for owners: trying an access, correcting a listing, answering a review."""

from typing import Any

from crawlers.plan import Access, Correction, Delivered, Fetch, ReplyText, Sending, needed, refused
from crawlers.plans.google_session import split, token_of
from crawlers.source import OVERRULED, Outcome, Reading
from crawlers.sources.google import Google
from listings.records import ListingRecord

ADDRESS = ("street", "city", "region", "postal_code", "country")
CHANGED = "The listing has changed since you looked at it. Look again before you send."


def attempt(adapter: Google, access: Access) -> Sending:
    """Sign in, list the accounts and their first locations; tells how far that reaches."""
    token = yield from token_of(adapter, access)
    accounts = yield Fetch(adapter.list_accounts(token), secret=True)
    if accounts.outcome is not Outcome.OK:
        return refused(accounts)
    names = [account["name"] for account in accounts.extra.get("accounts", ())]
    reached = 0
    for name in names:
        locations = yield Fetch(adapter.list_locations(name, token))
        if locations.outcome is not Outcome.OK:
            return refused(locations)
        reached += len(locations.listings)
    return Delivered(done=True, again=False, detail=f"{len(names)} accounts, {reached} or more locations.")


def correct(adapter: Google, access: Access, correction: Correction) -> Sending:
    """Read the location back, then patch the field, tried without effect first.

    What shows the record's value already is done; what a person hasn't seen is not overwritten.
    """
    token = yield from token_of(adapter, access)
    location = split(correction.api_name)[1]
    entered = needed((yield Fetch(adapter.get_location(location, token))), "reading the location back")
    seen = entered
    if entered.extra.get(OVERRULED):
        seen = needed((yield Fetch(adapter.get_google_updated(location, token))), "reading what people see")
    fields = patched_fields(correction.record, correction.field)
    on_its_way = _is_on_its_way(seen, correction.field)
    is_seen = _is_right(seen, correction)
    if (on_its_way and correction.may_be_there) or (
        _is_right(entered, correction) and (on_its_way or is_seen)
    ):
        return Delivered(done=True, again=False, detail=None)
    unseen = not seen.listings or not correction.is_what_was_seen(seen.listings[0])
    if unseen and not is_seen:
        return Delivered(done=False, again=False, detail=CHANGED, conflict=True)
    checked = yield Fetch(adapter.patch_location(location, fields, token, validate_only=True))
    if checked.outcome is not Outcome.OK:
        return refused(checked)
    sent = yield Fetch(adapter.patch_location(location, fields, token))
    if sent.outcome is not Outcome.OK:
        return refused(sent)
    return Delivered(done=True, again=False, detail=None)


def patched_fields(record: ListingRecord, field: str) -> dict[str, Any]:
    """What has to be sent to correct one field; an address goes whole."""
    return {name: getattr(record, name) for name in (ADDRESS if field in ADDRESS else (field,))}


def _is_right(reading: Reading, correction: Correction) -> bool:
    return bool(reading.listings) and correction.is_right(reading.listings[0])


def _is_on_its_way(seen: Reading, field: str) -> bool:
    return field in (seen.listings[0].extra.get("google_pending", ()) if seen.listings else ())


def answer(adapter: Google, access: Access, reply: ReplyText) -> Sending:
    """Put the reply below its review; after an attempt that ended in silence the review is read first."""
    token = yield from token_of(adapter, access)
    if reply.may_be_there:
        shown = yield Fetch(adapter.get_review(reply.api_name, token))
        if shown.outcome is not Outcome.OK:
            return refused(shown)
        there = shown.reviews[0].reply if shown.reviews else None
        if there is not None and there.text == reply.text:
            return Delivered(done=True, again=False, detail=None, shown={"state": there.state})
    sent = yield Fetch(adapter.reply(reply.api_name, reply.text, token))
    if sent.outcome is not Outcome.OK:
        return refused(sent)
    taken: Any = sent.extra.get("reply")
    return Delivered(done=True, again=False, detail=None, shown={"state": getattr(taken, "state", None)})
