"""Sitemaps as sites publish them, and the lines of robots.txt that name them.

https://www.sitemaps.org/protocol.html: XML or plain text, gzip or not, an index of others or pages.
What a file may hold is bounded here, whatever it claims.
"""

import io
import re
import zlib
from dataclasses import dataclass

from lxml import etree

LARGEST = 10_000_000
"""Bytes of a sitemap after decompression; what comes behind them is left out."""
MOST = 50_000
"""Addresses in one file, as the protocol allows."""
LONGEST_ADDRESS = 2_048
_GZIP = b"\x1f\x8b"
_ROOT = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)[\s>/]")
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class NotASitemap(ValueError):
    """The bytes are no sitemap; the message says why."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The addresses of one file: of pages, or of further sitemaps."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()


def looks_like_sitemap(body: bytes) -> bool:
    """Whether bytes are a sitemap by their first element, or gzip, which no page is."""
    return body.startswith(_GZIP) or _ROOT.search(body[:2000]) is not None


def sitemap(body: bytes) -> Sitemap:
    """The addresses of a sitemap, as far as they fit the bounds. Raises NotASitemap.

    Document types are refused: no sitemap has one, and entities can blow up.
    """
    plain = _plain(body)
    if not _ROOT.search(plain[:2000]):
        return _text(plain)
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise NotASitemap("the sitemap has a document type, as none may")
    found: dict[str, list[str]] = {"url": [], "sitemap": []}
    # Broken files are read as far as they go; nothing is ever fetched or expanded for them.
    events = etree.iterparse(
        io.BytesIO(plain),
        tag="{*}loc",
        recover=True,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        for _, element in events:
            kind = _kind(element)
            address = (element.text or "").strip()
            if kind in found and address and len(address) <= LONGEST_ADDRESS:
                found[kind].append(address)
            if len(found["url"]) + len(found["sitemap"]) >= MOST:
                break
            element.clear()
    except etree.XMLSyntaxError as error:
        raise NotASitemap(f"the sitemap is no XML: {error}") from error
    return Sitemap(tuple(dict.fromkeys(found["url"])), tuple(dict.fromkeys(found["sitemap"])))


def sitemaps_of(robots: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names (RFC 9309, 2.2.4)."""
    return tuple(
        dict.fromkeys(line for line in _SITEMAP_LINE.findall(robots) if len(line) <= LONGEST_ADDRESS)
    )


def _plain(body: bytes) -> bytes:
    if not body.startswith(_GZIP):
        return body[:LARGEST]
    try:
        # Bounded, so that a bomb costs no more than the largest file; gzip files may lack their end.
        return zlib.decompressobj(wbits=31).decompress(body, LARGEST)
    except zlib.error as error:
        raise NotASitemap(f"the sitemap is no whole gzip file: {error}") from error


def _kind(element: etree._Element) -> str:
    parent = element.getparent()
    # Images and videos have addresses of their own inside a page's entry.
    return "" if parent is None else etree.QName(parent).localname


def _text(plain: bytes) -> Sitemap:
    lines = plain.decode("utf-8-sig", "replace").split()
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines[:MOST]):
        raise NotASitemap("this is no sitemap")
    return Sitemap(tuple(dict.fromkeys(line for line in lines[:MOST] if len(line) <= LONGEST_ADDRESS)))
