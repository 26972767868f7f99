"""Results of the Bing Maps REST service LocalSearch.

https://learn.microsoft.com/bingmaps/rest-services/locations/local-search. Its names mix capitals:
`Address`, `PhoneNumber` and `Website` beside `name` and `point`.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats import shown
from crawlers.formats.countries import country_code
from crawlers.source import Outcome, Reading
from listings.records import ListingRecord

KEYS = frozenset({"resourceSets", "authenticationResultCode", "errorDetails", "statusCode"})
"""The keys of which every answer of the service has one."""

_SHOWN = frozenset(
    {
        "name", "street", "city", "region", "postal_code", "country", "phone", "website", "categories", "latitude",
        "longitude",
    }
)  # fmt: skip


class _Address(msgspec.Struct, rename="camel"):
    address_line: str | None = None
    locality: str | None = None
    neighborhood: str | None = None
    admin_district: str | None = None
    postal_code: str | None = None
    country_region: str | None = None
    formatted_address: str | None = None


class _Point(msgspec.Struct):
    coordinates: list[float] | None = None


class _Result(msgspec.Struct):
    name: str | None = None
    point: _Point | None = None
    Address: _Address | None = None
    PhoneNumber: str | None = None
    Website: str | None = None
    entityType: str | None = None  # noqa: N815 - the service's name


class _Set(msgspec.Struct):
    resources: list[dict[str, Any]] | None = None


class _Answer(msgspec.Struct):
    resourceSets: list[_Set]  # noqa: N815


def search(document: Mapping[str, Any]) -> Reading | None:
    """The places of one answer; None when a result is of another service, as a geocoded address is.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    answer = msgspec.convert(document, _Answer, strict=False)
    results = [one for part in answer.resourceSets for one in part.resources or ()]
    if not all(is_result(one) for one in results):
        return None
    return Reading(Outcome.OK, tuple(listing(one) for one in results))


def is_result(document: Any) -> bool:
    """Whether a document is one place of LocalSearch."""
    if not isinstance(document, Mapping) or "name" not in document:
        return False
    kind = document.get("__type")
    return "Address" in document or (isinstance(kind, str) and kind.startswith("SearchResult:"))


def listing(document: Mapping[str, Any]) -> ListingRecord:
    """One place. Raises msgspec.ValidationError when the schema is another."""
    said = msgspec.convert(document, _Result, strict=False)
    address = said.Address or _Address()
    country = country_code(shown.text(address.country_region))
    latitude, longitude = _coordinates(said.point)
    kind = shown.text(said.entityType)
    extra = (("neighborhood", address.neighborhood), ("formatted_address", address.formatted_address))
    return ListingRecord(
        source="bing",
        source_id=None,
        url=None,
        shown=_SHOWN,
        name=shown.text(said.name),
        street=shown.lines(address.address_line),
        city=shown.text(address.locality),
        region=shown.text(address.admin_district),
        postal_code=shown.text(address.postal_code),
        country=country,
        phone=shown.phone(said.PhoneNumber, country),
        website=shown.text(said.Website),
        categories=(kind,) if kind else None,
        latitude=latitude,
        longitude=longitude,
        extra={key: value for key, value in extra if value},
    )


def _coordinates(point: _Point | None) -> tuple[float | None, float | None]:
    pair = point.coordinates if point and point.coordinates else []
    if len(pair) != 2:
        return None, None
    return shown.between(pair[0], -90, 90), shown.between(pair[1], -180, 180)
