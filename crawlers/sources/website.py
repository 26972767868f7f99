"""The business's own pages: schema.org in three encodings, meta tags, h-cards, visible text."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crawlers.formats import visible
from crawlers.formats.html_page import breaks_off, looks_like_html, text_of
from crawlers.formats.http_answer import refused, wall
from crawlers.formats.item_json import items_in
from crawlers.formats.page_layers import EVERY, PageLayers, script_type, too_deep
from crawlers.formats.page_links import PageLinks
from crawlers.formats.schema_business import businesses
from crawlers.formats.schema_listing import ADDRESS, listing
from crawlers.formats.sitemap import NotASitemap, Sitemap, looks_like_sitemap, sitemap, sitemaps_of
from crawlers.jsonld import BrokenMarkup, Node, documents, nodes_of
from crawlers.source import Adapter, Answer, Outcome, Reading, Request
from listings.records import ListingRecord

_LATE_MARKUP = re.compile(r"application/ld\+json|schema\.org", re.IGNORECASE)
_NOT_FOUND = re.compile(r"^\W*(?:404\b.*|(?:error\W+)?404|page not found\b.*|not found)\W*$", re.IGNORECASE)
_FEW_WORDS = 200
"""Characters of visible text below which a page with scripts is an empty shell."""


class Website(Adapter):
    """One page of the business's own site; any page may be read, only places of business are taken."""

    source = "website"
    reader_version = "website-1"

    def page(self, url: str) -> Request:
        """One page."""
        return Request(
            self.at(url), headers={"Accept": "text/html,application/xhtml+xml,application/ld+json"}
        )

    def robots(self, site: str) -> Request:
        """The robots.txt of a site, an address without path: it may name sitemaps."""
        return Request(self.at(f"{site}/robots.txt"), headers={"Accept": "text/plain"})

    def sitemap(self, url: str) -> Request:
        """One sitemap."""
        return Request(
            self.at(url), headers={"Accept": "application/xml,text/xml,text/plain,application/gzip"}
        )

    def read(self, answer: Answer) -> Reading:
        """The businesses a page is about, from the first layer that shows any.

        The order is JSON-LD, microdata, RDFa, meta tags, h-card, tel: links with <address>. What a
        single listing lacks is filled from lower layers; `extra["from"]` then names the field's layer.

        The reading of an HTML page has its links in `extra["links"]`, a PageLinks. A sitemap shows no
        business: `extra["sitemap"]` is what it lists; a robots.txt names sitemaps only.
        """
        refusal = refused(answer)
        if refusal is not None or looks_like_sitemap(answer.body):
            return refusal or _read_sitemap(answer.body)
        text = text_of(answer.body, answer.headers.get("content-type"))
        if not text.strip("\ufeff \t\r\n\0"):
            return _unreadable("the answer is empty")
        if not looks_like_html(text):
            return _read_text(text, answer)
        if too_deep(text):
            return _unreadable("the page nests too deep to be one")
        page = _Page(PageLayers(text, answer.url))
        reading = page.read()
        if reading.outcome is not Outcome.OK:
            return reading
        return replace(reading, extra={**reading.extra, "links": PageLinks(page.layers.tree, answer.url)})


class _Page:
    """One HTML page on its way through the layers."""

    def __init__(self, layers: PageLayers) -> None:
        self.layers = layers
        self._tree, self._url = layers.tree, layers.url

    def read(self) -> Reading:
        """The reading of the page."""
        _, broken = self.layers.linked
        found = self._first(EVERY[:1])
        cut = breaks_off(self.layers.text)
        if not found and cut:
            return _unreadable("the page breaks off in the middle")
        found = found or self._first(EVERY[1:])
        if found:
            if len(found) == 1 and not cut:
                found = [self._filled(found[0])]
            return Reading(Outcome.OK, tuple(found), extra={"broken": broken} if broken else {})
        return self._nothing(broken)

    def _first(self, names: tuple[str, ...]) -> list[ListingRecord]:
        """From the first of these layers that shows a business."""
        layer, nodes = next(self.layers.layers(names), ("", []))
        return self._listings(nodes, layer)

    def _listings(self, nodes: list[Node], layer: str) -> list[ListingRecord]:
        records = [listing(node, self._url, layer, Website.source) for node in nodes]
        if layer in {"meta", "h-card", "visible"}:
            # These layers say what they say; what they don't mention, they can't show.
            return [replace(record, shown=_said(record)) for record in records]
        if len(records) > 1:
            return [replace(record, url=record.website or record.url) for record in records]
        return records

    def _filled(self, record: ListingRecord) -> ListingRecord:
        """The one listing of a page, with what only lower layers show, and with where they disagree."""
        lower: dict[str, ListingRecord] = {}
        for layer, said in (
            ("meta", visible.meta_node(self._tree)),
            ("visible", visible.visible_node(self._tree)),
        ):
            if said is not None and layer != record.extra.get("layer"):
                country = {"addresscountry": record.country} if record.country else {}
                node = {**said, "address": {**country, **said.get("address", {})}}
                lower[layer] = listing(node, self._url, layer, Website.source)
        values, origin = _missing(record, lower)
        extra: dict[str, Any] = {**record.extra, **({"from": origin} if origin else {})}
        others = self._other_phones(record)
        if others:
            extra["visible_phones"] = others
        return replace(record, **values, shown=record.shown | values.keys(), extra=extra)

    def _other_phones(self, record: ListingRecord) -> list[str]:
        """The numbers a page links to when its markup names none of them."""
        if record.phone is None:
            return []
        marked = re.sub(r"\D", "", record.phone)
        shown = visible.phones_shown(self._tree)
        same = any(_same_number(marked, re.sub(r"\D", "", number)) for number in shown)
        return [] if same else shown

    def _nothing(self, broken: list[str]) -> Reading:
        """Why a page shows no business: broken, a wall, an error page, filled by script, or just so."""
        barrier = wall(self.layers.text)
        if barrier is not None:
            return barrier
        if _NOT_FOUND.match(visible.title(self._tree)):
            return Reading(Outcome.NOT_FOUND, detail="the page says that it was not found")
        if broken:
            return _unreadable(broken[0])
        scripts = [node for node in self._tree.css("script") if "json" not in script_type(node).lower()]
        if any(_LATE_MARKUP.search(script.text(deep=True)) for script in scripts):
            return _unreadable("the page's markup is written by a script after loading")
        if scripts and not self.layers.blocks and visible.words_shown(self._tree) < _FEW_WORDS:
            return _unreadable("the page is filled by a script after loading")
        return Reading(Outcome.OK)


def _read_text(text: str, answer: Answer) -> Reading:
    """What is no HTML: a robots.txt, a sitemap as a list of addresses, or JSON-LD."""
    if _is_robots(answer):
        return Reading(Outcome.OK, extra={"sitemap": Sitemap(sitemaps=sitemaps_of(text))})
    if text.lstrip("\ufeff \t\r\n").startswith(("http://", "https://")):
        return _read_sitemap(answer.body)
    return _read_json(text, answer.url)


def _is_robots(answer: Answer) -> bool:
    return answer.url.endswith("/robots.txt") or (answer.asked or _NOTHING).url.endswith("/robots.txt")


_NOTHING = Request("")


def _read_sitemap(body: bytes) -> Reading:
    try:
        return Reading(Outcome.OK, extra={"sitemap": sitemap(body)})
    except NotASitemap as error:
        return _unreadable(str(error))


def _read_json(text: str, url: str) -> Reading:
    """A saved JSON-LD document, or the items that a parser of microdata or microformats wrote."""
    if text.lstrip("\ufeff \t\r\n")[:1] not in {"{", "["}:
        return _unreadable("this is neither HTML nor JSON-LD")
    try:
        values = documents(text)
    except BrokenMarkup as error:
        return _unreadable(str(error))
    items = items_in(values)
    nodes = nodes_of([text])[0] if items is None else items.nodes
    layer = "json-ld" if items is None else "items"
    found = [listing(node, url, layer, Website.source) for node in businesses(nodes, url)]
    cards = [listing(node, url, "h-card", Website.source) for node in (items.cards if items else ())]
    return Reading(Outcome.OK, (*found, *(replace(card, shown=_said(card)) for card in cards)))


def _missing(
    record: ListingRecord, lower: Mapping[str, ListingRecord]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a record lacks and lower layers show: its phone, its pin, its whole address."""
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for fields in (("phone",), ("latitude", "longitude"), ADDRESS):
        if any(getattr(record, field) is not None for field in fields):
            continue
        for layer, other in lower.items():
            said = {field: getattr(other, field) for field in fields if getattr(other, field) is not None}
            if said and fields[0] in said:
                values |= said
                origin |= dict.fromkeys(said, layer)
                break
    return values, origin


def _same_number(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    return shorter >= 7 and one[-min(shorter, 9) :] == other[-min(shorter, 9) :]


def _said(record: ListingRecord) -> frozenset[str]:
    return frozenset(field for field in record.shown if getattr(record, field) is not None)


def _unreadable(detail: str) -> Reading:
    return Reading(Outcome.UNREADABLE, detail=detail)
