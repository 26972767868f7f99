"""Items as parsers write them in JSON: microdata (HTML standard, "JSON") and microformats2.

https://html.spec.whatwg.org/multipage/microdata.html#json and
https://microformats.org/wiki/microformats2-parsing
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawlers.formats.microdata import add
from crawlers.jsonld import Node, as_list, type_names

_DEPTH = 20
_PARTS = {
    "street-address": "streetaddress", "locality": "addresslocality", "region": "addressregion",
    "postal-code": "postalcode", "country-name": "addresscountry",
}  # fmt: skip
_CARD = {"tel": "telephone", "adr": "address", "org": "legalname", **_PARTS}
_PLACE = frozenset({"adr", "tel", "geo", "latitude", *_PARTS})
_PERSON = frozenset({"job-title", "role"})


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a saved parse: schema.org's, and cards, which have no type of business."""

    nodes: list[Node] = field(default_factory=list)
    cards: list[Node] = field(default_factory=list)


def items_in(values: list[Any]) -> Items | None:
    """The items of a saved parse; None when the values are something else (JSON-LD, for one).

    A card without address, phone or place is a byline, and one with a job is a person: both are
    left out.
    """
    raw: list[Any] = []
    for value in values:
        inner = value.get("items") if isinstance(value, Mapping) else value
        raw.extend(as_list(inner))
    if not raw or not all(_is_item(one) for one in raw):
        return None
    found = Items()
    for one in raw:
        if "h-card" not in type_names(one["type"]):
            found.nodes.append(_node(one, _DEPTH))
        elif not _PLACE.isdisjoint(one["properties"]) and _PERSON.isdisjoint(one["properties"]):
            found.cards.append(_card(one))
    return found


def _is_item(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("properties"), Mapping) and "type" in value


def _node(item: Mapping[str, Any], depth: int) -> Node:
    node: Node = {"@type": type_names(item["type"])}
    if isinstance(item.get("id"), str):
        node["@id"] = item["id"]
    for name, values in item["properties"].items():
        for value in as_list(values):
            add(node, name, _node(value, depth - 1) if _is_item(value) and depth else value)
    return node


def _card(item: Mapping[str, Any]) -> Node:
    node: Node = {}
    address: Node = {}
    for name, values in item["properties"].items():
        for value in as_list(values):
            if name in _PARTS:
                add(address, _PARTS[name], value)
            elif _is_item(value):
                add(node, _CARD.get(name, name), _parts(value["properties"].items()))
            else:
                add(node, _CARD.get(name, name), value)
    if address:
        node["address"] = address
    return node


def _parts(properties: Iterable[tuple[str, Any]]) -> Node:
    return {_CARD.get(name, name): value for name, value in properties}
