"""Attributes of a Business Profile location: what it offers, and its further links.

https://developers.google.com/my-business/reference/businessinformation/rest/v1/Attributes
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats.google_profile import location_id
from listings.records import ListingRecord

LINKS = "attributes/url_"


class _Uri(msgspec.Struct):
    uri: str | None = None


class _Repeated(msgspec.Struct, rename="camel"):
    set_values: list[str] | None = None
    unset_values: list[str] | None = None


class _Attribute(msgspec.Struct, rename="camel"):
    name: str | None = None
    values: list[Any] | None = None
    uri_values: list[_Uri] | None = None
    repeated_enum_value: _Repeated | None = None

    def plain(self) -> Any:
        """Its value in the form that `patch` takes."""
        if self.uri_values is not None:
            return [one.uri for one in self.uri_values if one.uri]
        if self.repeated_enum_value is not None:
            value = self.repeated_enum_value
            return {"set": value.set_values or [], "unset": value.unset_values or []}
        return self.values[0] if self.values else None


class _Attributes(msgspec.Struct):
    name: str | None = None
    attributes: list[_Attribute] | None = None


def listing(document: Mapping[str, Any], source: str) -> ListingRecord:
    """A location's attributes by name, in extra["attributes"] of a record that shows nothing else.

    Raises msgspec.ValidationError, naming the place, when the schema is another.
    """
    said = msgspec.convert(document, _Attributes)
    found = {one.name: one.plain() for one in said.attributes or () if one.name}
    name = location_id(said.name)
    return ListingRecord(source, name, None, frozenset(), extra={"attributes": found})


def patch(location: str, attributes: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The body and its mask; an attribute that the mask names and the body leaves out is taken away."""
    written = [_written(name, value) for name, value in attributes.items() if value not in (None, [])]
    return {"name": f"{location}/attributes", "attributes": written}, list(attributes)


def _written(name: str, value: Any) -> dict[str, Any]:
    if name.startswith(LINKS):
        return {"name": name, "uriValues": [{"uri": uri} for uri in value]}
    if isinstance(value, Mapping):
        words = {"setValues": list(value.get("set", ())), "unsetValues": list(value.get("unset", ()))}
        return {"name": name, "repeatedEnumValue": {key: part for key, part in words.items() if part}}
    return {"name": name, "values": [value]}
