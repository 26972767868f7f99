"""Pages of BBB's site: the state they carry, their structured data, the cards of their reviews."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.formats import shown
from crawlers.formats.bbb_urls import country_in, key_in, profile_of
from crawlers.formats.directory_page import Directory, ends, layers_of, read_document, structured
from crawlers.formats.html_page import looks_like_html
from crawlers.formats.visible import text_of
from crawlers.jsonld import Node, as_list
from listings.records import ListingRecord
from reputation.records import ReplyRecord, ReviewRecord

BBB = Directory(
    source="bbb", domain="bbb.org", own_name=re.compile(r"(?:better business bureau|bbb)\b", re.IGNORECASE)
)
_STATE = re.compile(r"window\.__PRELOADED_STATE__\s*=\s*")
_DIGITAL = re.compile(r"webDigitalData\s*=\s*")
_GRADE = re.compile(r"(?:[A-F][+-]?|NR|NA)")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ACCREDITED = re.compile(r"(not|non|no\b|false)|(?:a\s+)?(?:bbb\s+)?accredited|yes|true", re.IGNORECASE)
_STARS = re.compile(r"(?<![\w.,/-])([1-5])\s*stars?\b", re.IGNORECASE)
_AUTHOR = re.compile(r"^\s*review from:?\s*", re.IGNORECASE)
_RESPONSE = ".bpr-review-business-response-grid"
_AGGREGATE = re.compile(r"\baggregate\s+report\s+for\s+all\b", re.IGNORECASE)
"""How the profile of a headquarters says that it speaks for every location."""
_NEXT = re.compile(r"[?&]page=(\d+)")


def state_in(text: str) -> Mapping[str, Any] | None:
    """The state that a page's script sets, None when the page has none that is whole."""
    return _object(text, _STATE)


def listings(text: str, url: str) -> tuple[ListingRecord, ...]:
    """The listing that a page marks up, with the figures beside it."""
    if not looks_like_html(text):
        return tuple(_completed(record, node, {}) for record, node in read_document(text, url, BBB))
    said = _digital(text)
    if _AGGREGATE.search(text):
        said["system_wide"] = True
    found = structured(layers_of(text, url, BBB), BBB)
    return tuple(_completed(record, node, said) for record, node in found)


def reviews(text: str, url: str) -> tuple[tuple[ReviewRecord, ...], str | None]:
    """The review cards of a page that are whole, and the number of the next page."""
    end = text.rfind("</li>")
    if "bpr-review" not in text or end < 0:
        return (), None
    url = url or layers_of(text, url, BBB).url
    tree = LexborHTMLParser(text if ends(text) else text[: end + len("</li>")])
    found = tuple(_card(card, key_in(url)) for card in tree.css("li.bpr-review"))
    link = tree.css_first("nav.bds-pagination a[rel=next]")
    match = _NEXT.search((link.attributes.get("href") or "") if link is not None else "")
    return found, match[1] if match else None


def _object(text: str, before: re.Pattern[str]) -> Mapping[str, Any] | None:
    match = before.search(text)
    if match is None:
        return None
    try:
        value, _ = json.JSONDecoder(parse_constant=lambda _: None).raw_decode(text, match.end())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None


def _digital(text: str) -> dict[str, Any]:
    """Grade and accreditation of the page's analytics object."""
    info = (_object(text, _DIGITAL) or {}).get("business_info")
    if not isinstance(info, Mapping):
        return {}
    grade, status = info.get("business_rating"), info.get("accredited_status")
    found: dict[str, Any] = {"grade": grade} if isinstance(grade, str) and _GRADE.fullmatch(grade) else {}
    return found | ({"accredited": status == "AB"} if status in ("AB", "nonAB") else {})


def _completed(record: ListingRecord, node: Node, said: Mapping[str, Any]) -> ListingRecord:
    url = profile_of(record.url) if record.url else None
    country = record.country or country_in(url)
    extra = {key: value for key, value in record.extra.items() if key != "email"}
    return replace(
        record,
        url=url,
        source_id=key_in(url) or record.source_id,
        country=country,
        phone=shown.phone(record.phone, country),
        shown=record.shown | ({"country"} if country else set()),
        extra={**extra, **said, **_properties(node)},
    )


def _properties(node: Node) -> dict[str, Any]:
    """The figures that newer pages add to their markup."""
    found: dict[str, Any] = {}
    for one in as_list(node.get("additionalproperty")):
        name, value = (one.get("name"), one.get("value")) if isinstance(one, dict) else (None, None)
        label, words = str(name).lower(), str(value).strip()
        if "rating" in label and _GRADE.fullmatch(words):
            found["grade"] = words
        elif "accredit" in label and (said := _ACCREDITED.match(words)):
            found["accredited"] = said[1] is None
        elif "complaint" in label and words.isdecimal():
            found["complaints"] = int(words)
        elif "review" in label and words.isdecimal():
            found["reviews"] = int(words)
    return found


def _card(card: LexborNode, business: str | None) -> ReviewRecord:
    answers = [reply for answer in card.css(_RESPONSE) if (reply := _reply(answer))]
    parts = [text_of(part) for part in card.css("div") if part.parent == card and not _is_answer(part)]
    starred = next((place for place, words in enumerate(parts) if _STARS.search(words)), None)
    stars = _STARS.search(parts[starred]) if starred is not None else None
    words = parts[starred + 1] if starred is not None and starred + 1 < len(parts) else None
    headline = card.css_first("h3")
    author = _AUTHOR.sub("", " ".join(text_of(headline).split())) if headline is not None else None
    return ReviewRecord(
        source=BBB.source,
        source_review_id=shown.text(card.attributes.get("id")),
        rating=float(stars[1]) if stars else None,
        text=shown.text(words),
        author=shown.text(author),
        created_at=_date(text_of(card)),
        reply=answers[0] if answers else None,
        listing_source_id=business,
    )


def _is_answer(part: LexborNode) -> bool:
    """Whether a part of a card is what was said after the review."""
    return "-response" in (part.attributes.get("class") or "")


def _reply(answer: LexborNode) -> ReplyRecord | None:
    body = answer.css_first(".bpr-review-business-response-body")
    words = shown.text(text_of(body)) if body is not None else None
    date = answer.css_first(".bpr-review-business-response-date")
    return ReplyRecord(words, _date(text_of(date)) if date is not None else None) if words else None


def _date(text: str) -> dt.date | None:
    match = _DATE.search(text)
    try:
        return dt.date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None
