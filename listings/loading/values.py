"""A location's importable values, wherever they stand: in its own columns, and its given pages."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from listings.given_urls import put
from listings.loading.columns import FIELDS, GIVEN_URLS
from listings.models.location import Location

OWN_COLUMNS = tuple(field for field in FIELDS if field != "code" and field not in GIVEN_URLS)
"""The fields that are columns of the location itself."""


def value_of(location: Any, pages: Mapping[str, str], field: str) -> Any:
    """What stands in a field now; `location` has OWN_COLUMNS and extra, `pages` is source to address."""
    return pages.get(GIVEN_URLS[field]) if field in GIVEN_URLS else getattr(location, field)


def set_own(location: Location, values: Mapping[str, Any]) -> None:
    """Set those of the values that are columns of the location itself."""
    for field, value in values.items():
        if field not in GIVEN_URLS:
            setattr(location, field, value)


def set_pages(session: Session, location: Location, values: Mapping[str, Any], now: dt.datetime) -> None:
    """Set those of the values that are pages, of a flushed location."""
    urls = {GIVEN_URLS[field]: value for field, value in values.items() if field in GIVEN_URLS}
    if urls:
        put(session, location, urls, now, person_id=None)
