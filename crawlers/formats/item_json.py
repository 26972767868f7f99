"""Items as parsers write them in JSON: microdata (HTML standard, "JSON") and microformats2.

https://html.spec.whatwg.org/multipage/microdata.html#json and
https://microformats.org/wiki/microformats2-parsing
"""

from collections.abc import Mapping
from typing import Any

from crawlers.formats.microdata import add
from crawlers.jsonld import Node, as_list, type_names

_DEPTH = 20
_HCARD = {
    "street-address": "streetaddress", "locality": "addresslocality", "region": "addressregion",
    "postal-code": "postalcode", "country-name": "addresscountry", "tel": "telephone",
    "adr": "address", "org": "legalname",
}  # fmt: skip
_HTYPES = {"h-card": "LocalBusiness", "h-adr": "PostalAddress", "h-geo": "GeoCoordinates", "h-item": "Thing"}


def items_in(values: list[Any]) -> list[Node] | None:
    """The items of a saved parse; None when the values are something else (JSON-LD, for one)."""
    raw: list[Any] = []
    for value in values:
        inner = value.get("items") if isinstance(value, Mapping) else value
        raw.extend(as_list(inner) if isinstance(value, Mapping | list) else [])
    if not raw or not all(_is_item(one) for one in raw):
        return None
    nodes = [_node(one, _DEPTH) for one in raw]
    return [node for node in nodes if not _is_byline(node)]


def _is_item(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("properties"), Mapping) and "type" in value


def _node(item: Mapping[str, Any], depth: int) -> Node:
    types = type_names(item.get("type"))
    microformat = any(name.startswith("h-") for name in types)
    node: Node = {"@type": tuple(_HTYPES.get(name, name) for name in types)}
    if isinstance(item.get("id"), str):
        node["@id"] = item["id"]
    address: Node = {}
    for name, values in item["properties"].items():
        known = _HCARD.get(name, name) if microformat else name
        target = address if microformat and known in _ADDRESS and "h-adr" not in types else node
        for value in as_list(values):
            inner = _node(value, depth - 1) if _is_item(value) and depth else value
            add(target, known, inner)
    if address:
        node.setdefault("address", address)
    return node


_ADDRESS = frozenset({"streetaddress", "addresslocality", "addressregion", "postalcode", "addresscountry"})


def _is_byline(node: Node) -> bool:
    """A card of a name alone, or of somebody with a job, is a person's."""
    return bool(node.get("job-title")) or (
        not any(node.get(key) for key in ("address", "telephone", "geo", "latitude"))
        and any(name in {"h-entry", "h-event"} for name in node.get("@type", ()))
    )
