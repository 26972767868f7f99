"""Google's attributes of locations: read now and then, changed one at a time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from crawlers.plan import (
    PASSING,
    Access,
    AttributesDue,
    AttributesRead,
    AttributeWish,
    Delivered,
    Fetch,
    Plan,
    Sending,
    needed,
    refused,
)
from crawlers.plans.google_changes import CHANGED
from crawlers.plans.google_reviews import Reach
from crawlers.plans.google_session import split, token_of
from crawlers.source import Outcome, Reading
from crawlers.sources.google import Google
from listings.attribute_values import same

NOT_SAVED = "Google answered yes but shows another value: it may no longer offer this attribute."


def attributes_of(reached: Mapping[str, Reach]) -> Plan:
    """The attributes of the locations that are due, one request each.

    https://developers.google.com/my-business/reference/businessinformation/rest/v1/locations/getAttributes
    """
    due = (yield AttributesDue()).extra["due"]
    for location, reach in reached.items():
        if location not in due:
            continue
        adapter = reach.session.adapter
        reading = yield from reach.session.ask(partial(adapter.get_attributes, location), lookup=True)
        if reading.outcome in PASSING:
            # The rest is due next time; the crawl is none the less complete.
            return
        if reading.outcome is Outcome.OK and reading.listings:
            yield AttributesRead(location, _told(reading), adapter.get_attributes(location, "").url)


def change(adapter: Google, access: Access, wish: AttributeWish) -> Sending:
    """Read the attributes back, set one, and read them back again: Google may say yes and save nothing.

    What is so already is done; what a person hasn't seen is not overwritten.
    """
    token = yield from token_of(adapter, access)
    location = split(wish.api_name)[1]
    shown = yield Fetch(adapter.get_attributes(location, token))
    there = _told(needed(shown, "reading the attributes back")).get(wish.name)
    if same(there, wish.value):
        return Delivered(done=True, again=False, detail=None)
    if not same(there, wish.before):
        return Delivered(done=False, again=False, detail=CHANGED, conflict=True)
    sent = yield Fetch(adapter.patch_attributes(location, {wish.name: wish.value}, token))
    if sent.outcome is not Outcome.OK:
        return refused(sent)
    after = needed((yield Fetch(adapter.get_attributes(location, token))), "looking whether it was saved")
    saved = same(_told(after).get(wish.name), wish.value)
    return Delivered(done=saved, again=False, detail=None if saved else NOT_SAVED)


def _told(reading: Reading) -> Mapping[str, Any]:
    found: Mapping[str, Any] = reading.listings[0].extra.get("attributes", {}) if reading.listings else {}
    return found
