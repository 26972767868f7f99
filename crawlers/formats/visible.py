"""Where a page shows its business without marking it up: meta tags and plain visible text."""

import re
from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
_POINT = re.compile(r"(-?[\d.]{1,20})\s?[;,]\s?(-?[\d.]{1,20})")
_HIDDEN = frozenset({"script", "style", "template", "noscript"})
_MAP_LINKS = "address, a[href*='google.com/maps'], a[href*='maps.google.'], a[href*='goo.gl/maps']"


def meta_node(tree: LexborHTMLParser) -> Node | None:
    """What Open Graph's business and place tags and geo tags say; None when they say nothing of these."""
    said: dict[str, str] = {}
    for tag in tree.css("meta[content]"):
        name = (tag.attributes.get("property") or tag.attributes.get("name") or "").strip().lower()
        content = (tag.attributes.get("content") or "").strip()
        point = _POINT.fullmatch(content) if name in {"geo.position", "icbm"} else None
        if name in _META and content:
            said.setdefault(_META[name], content)
        elif point:
            said.setdefault("latitude", point[1])
            said.setdefault("longitude", point[2])
    if not said:
        return None
    address = {key: said.pop(key) for key in _ADDRESS_KEYS if key in said}
    return _named({**said, **({"address": address} if address else {})}, tree)


def visible_node(tree: LexborHTMLParser) -> Node | None:
    """The one phone number the page links to and the one address it marks; None without either."""
    phones, addresses = phones_shown(tree), _addresses(tree)
    node: Node = {}
    if len(phones) == 1:
        node["telephone"] = phones[0]
    if len(addresses) == 1:
        node["address"] = addresses[0]
    return _named(node, tree) if node else None


def phones_shown(tree: LexborHTMLParser) -> list[str]:
    """The different numbers behind the tel: links of a page, as the page shows them."""
    found: dict[str, str] = {}
    for link in tree.css("a[href]"):
        href = (link.attributes.get("href") or "").strip()
        if not href.lower().startswith("tel:"):
            continue
        number = unquote(href[4:]).split(";")[0].strip()
        digits, shown = re.sub(r"\D", "", number), text_of(link).replace("\n", " ")
        if len(digits) >= 7:
            found.setdefault(digits[-10:], shown if re.sub(r"\D", "", shown) == digits else number)
    return list(found.values())


def canonical(tree: LexborHTMLParser) -> str:
    """The address a page gives itself; "" when it gives none."""
    for selector, name in (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content")):
        tag = tree.css_first(selector)
        url = (tag.attributes.get(name) or "").strip() if tag is not None else ""
        if url.startswith(("http://", "https://")):
            return url
    return ""


def title(tree: LexborHTMLParser) -> str:
    """The page's title on one line, cut to what matters."""
    tag = tree.css_first("title")
    return " ".join(tag.text(deep=True).split())[:200] if tag is not None else ""


def words_shown(tree: LexborHTMLParser) -> int:
    """How many characters of text a reader sees."""
    return len(text_of(tree.body)) if tree.body is not None else 0


def text_of(node: LexborNode) -> str:
    """The text of an element as a reader sees it: single spaces, a line break where a <br> stands."""
    pieces = []
    for piece in node.traverse(include_text=True):
        if piece.tag == "br":
            pieces.append("\n")
        elif piece.tag == "-text" and (piece.parent is None or piece.parent.tag not in _HIDDEN):
            pieces.append(re.sub(r"\s", " ", piece.text(deep=False)))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _named(node: Node, tree: LexborHTMLParser) -> Node:
    """The node with og:site_name, the name a site gives itself."""
    tag = tree.css_first("meta[property='og:site_name']")
    name = (tag.attributes.get("content") or "").strip() if tag is not None else ""
    return {"name": name, **node} if name else node


def _addresses(tree: LexborHTMLParser) -> list[dict[str, Any]]:
    """Addresses in <address> or behind a link to a map that can be taken apart without doubt."""
    found: dict[str, dict[str, Any]] = {}
    for tag in tree.css(_MAP_LINKS):
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
