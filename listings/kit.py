"""The fix kit: the right value in the form a source wants it, and where a person enters it."""

import json
from dataclasses import dataclass
from urllib.parse import quote

import phonenumbers

from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.mismatch import Mismatch
from listings.sources import SourceFacts
from listings.structured import local_business


@dataclass(frozen=True, slots=True)
class Kit:
    """What somebody needs to correct a listing by hand."""

    how: str
    value: str
    edit_url: str | None
    markup: str | None = None
    """Ready JSON-LD for the own website."""


def kit(source: SourceFacts, location: Location, listing: Listing, row: Mismatch) -> Kit:
    """The kit for one mismatch."""
    edit_url = source.edit_url
    if edit_url is not None:
        edit_url = edit_url.format(source_id=quote(listing.source_id, safe=""), url=listing.url or "")
        # The address comes from the source's answer; only one that a browser opens as a page is offered.
        edit_url = edit_url if edit_url.startswith(("https://", "http://")) else None
    markup = None
    if source.takes_markup:
        markup = json.dumps(local_business(location, url=location.website), indent=2, ensure_ascii=False)
    return Kit(source.how_to_fix, shown_value(row.field, row.record_value or "", location), edit_url, markup)


def shown_value(field: str, value: str, location: Location) -> str:
    """A value as a person would type it: phones in the international form of their country."""
    if field != "phone":
        return value
    try:
        number = phonenumbers.parse(value, location.country or "US")
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
