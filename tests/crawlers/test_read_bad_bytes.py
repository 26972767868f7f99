"""Answers cut, renamed, nulled and retyped: no reader raises, and none shows what no answer said."""

import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from crawlers.source import Outcome
from crawlers.sources import ADAPTERS
from tests.crawlers.reading import PAYLOADS, document, payload, read

ANSWERS = [
    (folder.name, file.name) for folder in sorted(PAYLOADS.iterdir()) for file in sorted(folder.iterdir())
]
JSON = [answer for answer in ANSWERS if answer[1].endswith(".json")]
PAGES = [answer for answer in ANSWERS if answer[1].endswith(".html")]


def values_in(value: Any) -> Iterator[Any]:
    """Every plain value of a record printed as JSON, but not what a reader derives itself."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"kind", "source", "shown", "layer", "hours", "special_hours", "from", "broken"}:
                yield from values_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from values_in(inner)
    elif value is not None:
        yield value


def said(source: str, body: Any) -> list[Any]:
    reading = read(source, body)
    return [
        *(record.as_json() for record in reading.listings),
        *(record.as_json() for record in reading.reviews),
    ]


@pytest.mark.parametrize(("source", "file"), JSON)
def test_no_part_of_a_json_answer_is_taken_for_the_whole(source: str, file: str) -> None:
    body = payload(source, file).rstrip()
    for end in range(0, len(body), 7):
        assert read(source, body[:end]).outcome is Outcome.UNREADABLE


@pytest.mark.parametrize(("source", "file"), PAGES)
def test_a_page_that_breaks_off_shows_nothing_the_whole_page_does_not(source: str, file: str) -> None:
    body = payload(source, file)
    known = set(values_in(said(source, body)))
    for end in range(0, len(body), 5):
        assert set(values_in(said(source, body[:end]))) <= known, body[:end][-80:]


def mutants(original: Any, how: Any) -> Iterator[Any]:
    """The document with each of its keys changed once."""
    for path in paths(original):
        changed = deepcopy(original)
        owner = changed
        for step in path[:-1]:
            owner = owner[step]
        how(owner, path[-1])
        yield changed


def paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*above, key)
            yield from paths(inner, (*above, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from paths(inner, (*above, number))


def rename(owner: Any, key: str) -> None:
    owner[f"{key}V2"] = owner.pop(key)


def remove(owner: Any, key: str) -> None:
    owner[key] = None


def retype(owner: Any, key: str) -> None:
    owner[key] = {"value": owner[key]} if isinstance(owner[key], str | int | float) else "changed"


@pytest.mark.parametrize("how", [rename, remove, retype])
@pytest.mark.parametrize(("source", "file"), JSON)
def test_a_changed_schema_is_unreadable_or_shows_less(source: str, file: str, how: Any) -> None:
    original = document(source, file)
    known = set(values_in(said(source, original)))
    words = " ".join([json.dumps(original, ensure_ascii=False), *map(str, values_in(original))])
    for mutant in mutants(original, how):
        for value in values_in(said(source, mutant)):
            assert value in known or str(value) in words or value == "changed", (value, mutant)


ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**30, "", "x", "99:99", "2026-13-45", "\ud800", [], {}, [None], [[]], ["Mo"],
    {"a": None}, {"@id": "#x"}, {"@type": 5}, {"@graph": 5}, {"year": 99999, "month": 1, "day": 1},
)  # fmt: skip
EMBEDDED = re.compile(rb'ld\+json">(.*?)</script>', re.DOTALL)


def documents_of(source: str) -> list[Any]:
    """The invented documents of a source, the JSON-LD of its pages included."""
    texts = [payload(name, file) for name, file in JSON if name == source]
    for name, file in PAGES:
        texts.extend(EMBEDDED.findall(payload(name, file)) if name == source else ())
    return [json.loads(text) for text in texts]


@pytest.mark.parametrize("source", ADAPTERS)
def test_no_value_anywhere_makes_a_reader_raise(source: str) -> None:
    chance = random.Random(11)
    originals = documents_of(source)
    for _ in range(1500):
        changed = deepcopy(chance.choice(originals))
        for _ in range(chance.randrange(1, 4)):
            path = chance.choice([(), *paths(changed)])
            owner = changed
            for step in path[:-1]:
                owner = owner[step]
            if path:
                owner[path[-1]] = deepcopy(chance.choice(ODD))
        json.dumps(said(source, changed), allow_nan=False)


@pytest.mark.parametrize("url", ["", "http://[bad", "//[", "https://shop.example/x"])
def test_broken_addresses_stay_as_they_are(url: str) -> None:
    page = (
        '<base href="http://[x"><div itemscope itemid="http://[::" itemtype="http://schema.org/Store">'
        '<b itemprop="name">T</b><a itemprop="url" href="http://[bad">x</a></div>'
    )
    (record,) = read("website", page, url=url).listings
    assert (record.name, record.source_id) == ("T", "http://[::")
    assert read("google", {"title": "T"}, url=url).listings[0].name == "T"


@pytest.mark.parametrize(
    "mark", ["<![CDATx[", "<![if IE]>", "<![CDATA[", "<!", "<?", "</", "<!-", "&#xFFFFFFF;"]
)
def test_odd_marks_in_a_page_are_passed_over(mark: str) -> None:
    page = f'<p>{mark} text ></p><a href="tel:+12075550142">Call</a>'
    assert read("website", page).listings[0].phone == "+12075550142"


@pytest.mark.parametrize("source", ADAPTERS)
def test_no_bytes_make_a_reader_raise(source: str) -> None:
    chance = random.Random(7)
    originals = [payload(source, file) for name, file in ANSWERS if name == source]
    for _ in range(150):
        body = bytearray(chance.choice(originals))
        for _ in range(chance.randrange(1, 12)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        reading = read(source, bytes(body))
        assert reading.outcome in Outcome
        json.dumps([record.as_json() for record in reading.listings])


@pytest.mark.parametrize("source", ADAPTERS)
@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"a":' * 200_000, b"<div itemscope>" * 100_000], ids=["lists", "keys", "tags"]
)
def test_depth_is_bounded(source: str, body: bytes) -> None:
    assert read(source, body).listings == ()
