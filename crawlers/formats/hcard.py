"""h-cards (https://microformats.org/wiki/h-card), and the hCards before them, as nodes of a place."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag

from crawlers.formats.links import joined
from crawlers.formats.microdata import attribute, text_of
from crawlers.jsonld import Node

_ADDRESS = {
    "streetaddress": ("p-street-address", "street-address"), "addresslocality": ("p-locality", "locality"),
    "addressregion": ("p-region", "region"), "postalcode": ("p-postal-code", "postal-code"),
    "addresscountry": ("p-country-name", "country-name"),
}  # fmt: skip
_GEO = {"latitude": ("p-latitude", "latitude"), "longitude": ("p-longitude", "longitude")}


def cards_of(soup: BeautifulSoup, base: str) -> list[Node]:
    """The h-cards (https://microformats.org/wiki/h-card) of places, and hCards before them.

    A card without address, phone or place is a byline, and a card with a job is a person.
    """
    cards = soup.select(".h-card, .vcard")
    nodes = (_card(card, base) for card in cards if not card.find_parent(class_=["h-card", "vcard"]))
    return [node for node in nodes if node is not None]


def _card(card: Tag, base: str) -> Node | None:
    name = _first(card, ("p-name", "fn", "p-org", "org"))
    address = {key: value for key, classes in _ADDRESS.items() if (value := _first(card, classes))}
    geo = _geo(card)
    phone = _phone_of(card)
    if not (address or phone or geo) or _first(card, ("p-job-title", "title", "role", "p-role")):
        return None
    node: Node = {key: value for key, value in (("name", name), ("address", address), ("geo", geo)) if value}
    link = card.select_one("a.u-url[href], a.url[href]")
    if link is not None:
        node["url"] = joined(base, attribute(link, "href") or "")
    if phone:
        node["telephone"] = phone
    return node


def _first(card: Tag, classes: Iterable[str]) -> str | None:
    for name in classes:
        tag = card.find(class_=name)
        if isinstance(tag, Tag):
            return _value(tag)
    return None


def _value(tag: Tag) -> str | None:
    """The value of a property by the value class pattern, else an abbr's title, else the text."""
    hidden = tag.find(class_="value-title")
    if isinstance(hidden, Tag):
        return attribute(hidden, "title")
    parts = [text_of(part) for part in tag.select(".value")]
    title = attribute(tag, "title") if tag.name == "abbr" else attribute(tag, "value")
    return "".join(parts) or title or text_of(tag) or None


def _geo(card: Tag) -> dict[str, str]:
    point = {key: value for key, classes in _GEO.items() if (value := _first(card, classes))}
    tag = card.select_one(".geo, .p-geo, .u-geo, .h-geo")
    pair = re.fullmatch(r"\s*(?:geo:)?(-?[\d.]+)\s*[;,]\s*(-?[\d.]+)\s*", (_value(tag) or "") if tag else "")
    return {"latitude": pair[1], "longitude": pair[2]} if pair else point


def _phone_of(card: Tag) -> str | None:
    for tag in card.select(".p-tel, .tel, .u-tel"):
        kind = tag.find(class_="type")
        if kind is not None and "fax" in kind.get_text().lower():
            continue
        href = attribute(tag, "href") or ""
        return unquote(href[4:]) if href.lower().startswith("tel:") else _value(tag)
    return None
