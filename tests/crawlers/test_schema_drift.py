"""A source that changes its format over night, in twelve ways: no reader raises, and none invents a value."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from crawlers.source import Outcome, Reading
from tests.crawlers.reading import payload, read
from tests.crawlers.test_read_bad_bytes import ANSWERS, JSON, PAGES, values_in

EMBEDDED = re.compile(r'(ld\+json">)(.*?)(</script>)', re.DOTALL)
ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?\b")
RATED = re.compile(r"rating|stars", re.IGNORECASE)
SCALE_IN_PAGE = re.compile(r'(ratingValue"[^>]*>)\s*[\d.,]+')
RATED_IN_PAGE = re.compile(r'("(?!\w*count)\w*(?:rating|stars)\w*":\s*)[\d.]+', re.IGNORECASE)
Change = Callable[[Any], Any]


def each(value: Any, change: Change, key: Change = str) -> Any:
    """The document with each plain value and each key changed."""
    if isinstance(value, dict):
        return {key(name): each(inner, change, key) for name, inner in value.items()}
    if isinstance(value, list):
        return [each(inner, change, key) for inner in value]
    return change(value)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def redated(value: Any) -> Any:
    return ISO_DATE.sub(r"\3.\2.\1", value) if isinstance(value, str) else value


def rescaled(value: Any, name: str = "") -> Any:
    """Ratings of ten instead of five, nine of them at the least."""
    if isinstance(value, dict):
        return {key: rescaled(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [rescaled(inner, name) for inner in value]
    if not RATED.search(name) or "count" in name.lower():
        return value
    return "NINE" if isinstance(value, str) and value.isalpha() else 9.2


DOCUMENT: dict[str, Change] = {
    "keys renamed": lambda document: each(document, lambda value: value, lambda key: f"{key}V2"),
    "null fields": lambda document: each(document, lambda value: None),
    "date format": lambda document: each(document, redated),
    "rating scale 10": rescaled,
    "locale comma": lambda document: each(
        document, lambda value: str(value).replace(".", ",") if isinstance(value, float) else value
    ),
    "wrapped array": lambda document: each([document], lambda value: [value]),
    "string instead of number": lambda document: each(
        document, lambda value: str(value) if is_number(value) else value
    ),
    "extra nesting": lambda document: {"data": {"result": document}},
}
WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda body: body[: len(body) * 2 // 3],
    "HTML instead": lambda _: b"<!doctype html><title>Back soon</title><h1>We are working on it</h1>",
    "empty list": lambda _: b"[]",
}


def renamed_classes(page: str) -> str:
    return re.sub(r'\b(class|itemprop|property|id)="([^"]+)"', r'\1="\2-x7f"', page)


def changed_page(page: str, how: str) -> str:
    """A page in which the embedded documents are changed, and so is what its markup says of the same."""
    if how == "classes renamed":
        return renamed_classes(page)
    if how == "rating scale 10":
        page = RATED_IN_PAGE.sub(r"\g<1>9.2", page)
        page = SCALE_IN_PAGE.sub(r"\g<1>9.2", re.sub(r"\b\d\s+(?=stars?\b)", "9.5 ", page))
    change = DOCUMENT[how]
    return EMBEDDED.sub(
        lambda found: found[1] + json.dumps(change(json.loads(found[2])), ensure_ascii=False) + found[3], page
    )


def changed(source: str, file: str, how: str) -> bytes:
    body = payload(source, file)
    if how in WHOLE:
        return WHOLE[how](body)
    if (source, file) in JSON:
        return json.dumps(DOCUMENT[how](json.loads(body)), ensure_ascii=False).encode()
    return changed_page(body.decode(), how).encode()


def records(reading: Reading) -> list[dict[str, Any]]:
    return [
        *(record.as_json() for record in reading.listings),
        *(record.as_json() for record in reading.reviews),
    ]


CASES = [
    (source, file, how)
    for source, file in ANSWERS
    for how in (*DOCUMENT, *WHOLE, "classes renamed")
    if how != "classes renamed" or (source, file) in PAGES
]


@pytest.mark.parametrize(("source", "file", "how"), CASES)
def test_a_changed_format_is_no_source_of_values(source: str, file: str, how: str) -> None:
    body = changed(source, file, how)
    before, after = read(source, payload(source, file)), read(source, body)
    if after.outcome is not Outcome.OK:
        assert not records(after)
    known = set(values_in(records(before)))
    for value in values_in(records(after)):
        assert value in known or is_said(value, body.decode()), value


def is_said(value: Any, body: str) -> bool:
    """Whether a value stands in the answer; a telephone number in whatever form."""
    said = str(value) in body or str(value) in json.dumps(body, ensure_ascii=False)
    number = re.fullmatch(r"\+1(\d{10})", str(value))
    return said or (number is not None and number[1] in re.sub(r"[ ().-]", "", body))


@pytest.mark.parametrize(("source", "file", "how"), CASES)
def test_what_is_no_rating_of_five_becomes_none(source: str, file: str, how: str) -> None:
    found = [
        record["rating"] for record in records(read(source, changed(source, file, how))) if "rating" in record
    ]
    if how == "rating scale 10":
        assert not any(found)
    assert all(rating is None or 1 <= rating <= 5 for rating in found)


@pytest.mark.parametrize(("source", "file"), ANSWERS)
@pytest.mark.parametrize("how", ["HTML instead", "empty list"])
def test_an_answer_without_records_gives_none(source: str, file: str, how: str) -> None:
    reading = read(source, changed(source, file, how))
    assert not any(record.get("name") or record.get("rating") for record in records(reading))


@pytest.mark.parametrize(
    ("value", "best", "rating"),
    [("4.5", None, 4.5), ("4,5", 5, 4.5), ("4.5/5", None, 4.5), (9.2, None, None), (4, 10, None),
     ("8/10", None, None), (0, None, None), (92, 100, None)],
)  # fmt: skip
def test_a_sites_rating_counts_on_a_scale_of_five_only(value: Any, best: Any, rating: float | None) -> None:
    stars = {"@type": "AggregateRating", "ratingValue": value, "bestRating": best, "reviewCount": 3}
    node = {"@context": "https://schema.org", "@type": "Bakery", "name": "Tern", "aggregateRating": stars}
    page = f'<script type="application/ld+json">{json.dumps(node)}</script>'
    (record,) = records(read("website", page))
    assert record.get("rating") == rating
    assert ("rating" in record["shown"]) == (rating is not None)
