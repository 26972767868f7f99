"""Where a page shows its business without schema.org: meta tags, h-card, and plain visible text."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urljoin

from bs4 import BeautifulSoup, Tag

from crawlers.formats.microdata import attribute, text_of
from crawlers.formats.one_line_address import address_of
from crawlers.jsonld import Node

_META = {
    "business:contact_data:street_address": "streetaddress", "business:contact_data:locality": "addresslocality",
    "business:contact_data:region": "addressregion", "business:contact_data:postal_code": "postalcode",
    "business:contact_data:country_name": "addresscountry", "business:contact_data:phone_number": "telephone",
    "business:contact_data:website": "url", "place:location:latitude": "latitude",
    "place:location:longitude": "longitude", "og:street-address": "streetaddress", "og:locality": "addresslocality",
    "og:region": "addressregion", "og:postal-code": "postalcode", "og:country-name": "addresscountry",
    "og:phone_number": "telephone", "og:latitude": "latitude", "og:longitude": "longitude",
}  # fmt: skip
_ADDRESS_KEYS = ("streetaddress", "addresslocality", "addressregion", "postalcode", "addresscountry")
_HCARD = {
    "streetaddress": ("p-street-address", "street-address"), "addresslocality": ("p-locality", "locality"),
    "addressregion": ("p-region", "region"), "postalcode": ("p-postal-code", "postal-code"),
    "addresscountry": ("p-country-name", "country-name"),
}  # fmt: skip
_GEO = {"latitude": ("p-latitude", "latitude"), "longitude": ("p-longitude", "longitude")}


def meta_node(soup: BeautifulSoup) -> Node | None:
    """What Open Graph's business and place tags and geo tags say; None when they say nothing of these."""
    said: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = (attribute(tag, "property") or attribute(tag, "name") or "").strip().lower()
        content = (attribute(tag, "content") or "").strip()
        if name in _META and content:
            said.setdefault(_META[name], content)
        elif name in {"geo.position", "icbm"} and re.fullmatch(r"-?[\d.]+\s*[;,]\s*-?[\d.]+", content):
            latitude, longitude = re.split(r"\s*[;,]\s*", content)
            said.setdefault("latitude", latitude)
            said.setdefault("longitude", longitude)
    if not said:
        return None
    address = {key: said.pop(key) for key in _ADDRESS_KEYS if key in said}
    node: Node = {**said, **({"address": address} if address else {})}
    return _named(node, soup)


def _named(node: Node, soup: BeautifulSoup) -> Node:
    name = site_name(soup)
    return {"name": name, **node} if name else node


def site_name(soup: BeautifulSoup) -> str | None:
    """og:site_name, the name a site gives itself."""
    tag = soup.find("meta", attrs={"property": "og:site_name"})
    return (attribute(tag, "content") or "").strip() or None if isinstance(tag, Tag) else None


def hcards(soup: BeautifulSoup, base: str) -> list[Node]:
    """The h-cards (https://microformats.org/wiki/h-card) of places, and hCards before them.

    A card without address, phone or place is a byline, and a card with a job is a person.
    """
    cards = soup.select(".h-card, .vcard")
    nodes = (_card(card, base) for card in cards if not card.find_parent(class_=["h-card", "vcard"]))
    return [node for node in nodes if node is not None]


def _card(card: Tag, base: str) -> Node | None:
    name = _first(card, ("p-name", "fn", "p-org", "org"))
    address = {key: value for key, classes in _HCARD.items() if (value := _first(card, classes))}
    geo = _geo(card)
    phone = _phone_of(card)
    if not (address or phone or geo) or _first(card, ("p-job-title", "title", "role", "p-role")):
        return None
    node: Node = {key: value for key, value in (("name", name), ("address", address), ("geo", geo)) if value}
    link = card.select_one("a.u-url[href], a.url[href]")
    if link is not None:
        node["url"] = urljoin(base, attribute(link, "href") or "")
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


def visible_node(soup: BeautifulSoup) -> Node | None:
    """The one phone number the page links to and the one address it marks; None without either."""
    phones, addresses = phones_shown(soup), _addresses(soup)
    node: Node = {}
    if len(phones) == 1:
        node["telephone"] = phones[0]
    if len(addresses) == 1:
        node["address"] = addresses[0]
    return _named(node, soup) if node else None


def phones_shown(soup: BeautifulSoup) -> list[str]:
    """The different numbers behind the tel: links of a page, as the page shows them."""
    found: dict[str, str] = {}
    for link in soup.select("a[href]"):
        href = attribute(link, "href") or ""
        if not href.strip().lower().startswith("tel:"):
            continue
        number = unquote(href.strip()[4:]).split(";")[0].strip()
        digits = re.sub(r"\D", "", number)
        shown = text_of(link)
        if len(digits) >= 7:
            found.setdefault(digits[-10:], shown if re.sub(r"\D", "", shown) == digits else number)
    return list(found.values())


def _addresses(soup: BeautifulSoup) -> list[dict[str, Any]]:
    """Addresses in <address> or behind a link to a map that can be taken apart without doubt."""
    marked = soup.select(
        "address, a[href*='google.com/maps'], a[href*='maps.google.'], a[href*='goo.gl/maps']"
    )
    found: dict[str, dict[str, Any]] = {}
    for tag in marked:
        lines = [line.strip(" ,") for line in text_of(tag).split("\n")]
        address = address_of(", ".join(line for line in lines if line))
        if address is not None and address["street"] and address["street"][:1].isdigit():
            node = {
                "streetaddress": address["street"], "addresslocality": address["city"],
                "addressregion": address["region"], "postalcode": address["postal_code"],
                "addresscountry": address["country"],
            }  # fmt: skip
            found.setdefault(re.sub(r"\W", "", str(node)).lower(), node)
    return list(found.values())
