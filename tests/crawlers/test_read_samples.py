"""Real answers of the sources, read and held against what a person wrote down on looking at them.

An expectation holds only numbers, codes and digests (the first 12 hex digits of SHA-256) of what the
file shows. Hours are seven strings, Monday first; "" is a closed day.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crawlers.source import Answer
from crawlers.sources import ADAPTERS

CONTRACTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "contracts"
FOLDERS = {
    "google": "google", "google_places": "google", "website": "own-domain", "yelp": "yelp", "bbb": "bbb",
    "bing": "bing",
}  # fmt: skip
EXPECTED = {
    (source, file): expected
    for source in FOLDERS
    for file, expected in json.loads(
        (Path(__file__).parent / "expectations" / f"{source}.json").read_text(encoding="utf-8")
    ).items()
}
DIGESTED = ("name", "street")


def lines_of(source: str, path: Path) -> list[dict[str, Any]]:
    return list(ADAPTERS[source]().lines(Answer(url="", status=0, headers={}, body=path.read_bytes())))


def sample(source: str, file: str) -> Path:
    path = CONTRACTS / FOLDERS[source] / "samples" / file
    if not path.exists():
        pytest.skip("../shared is absent: the recorded answers live beside the repository, not in it")
    return path


def every_sample() -> Iterator[tuple[str, Path]]:
    for source, folder in FOLDERS.items():
        for path in sorted((CONTRACTS / folder / "samples").rglob("*")):
            if path.is_file():
                yield source, path


@pytest.mark.parametrize(("source", "file"), EXPECTED, ids=lambda value: value)
def test_a_recorded_answer_reads_as_a_person_read_it(source: str, file: str) -> None:
    expected = EXPECTED[source, file]
    lines = lines_of(source, sample(source, file))
    assert Counter(line["kind"] for line in lines) == expected["kinds"]
    for kind in ("listing", "review"):
        if kind in expected:
            line = next(line for line in lines if line["kind"] == kind)
            assert {name: shown(line, name) for name in expected[kind]} == expected[kind]
            assert not set(expected.get("absent", ())) & set(line) or kind == "review"
    if "reason" in expected:
        assert lines[0]["reason"] == expected["reason"]
        assert expected.get("detail_holds", "") in lines[0]["detail"]


def shown(line: Mapping[str, Any], name: str) -> Any:
    if name == "text_length":
        return len(line["text"]) if line["text"] else None
    value = line[name]
    if name in DIGESTED:
        return None if value is None else hashlib.sha256(value.encode()).hexdigest()[:12]
    if name == "hours":
        return value and [" ".join("-".join(period) for period in day) for day in value.values()]
    return value


def test_every_recorded_answer_is_records_empty_or_a_typed_refusal() -> None:
    if not CONTRACTS.exists():
        pytest.skip("../shared is absent: the recorded answers live beside the repository, not in it")
    for source, path in every_sample():
        lines = lines_of(source, path)
        assert lines, path
        assert {line["kind"] for line in lines} <= {"listing", "review", "empty", "unreadable"}, path
        json.dumps(lines)


@pytest.mark.parametrize("example", ["00", "01", "03", "05", "08"])
def test_one_example_in_three_encodings_gives_one_listing(example: str) -> None:
    readings = []
    for encoding in ("json", "microdata", "rdfa"):
        line = lines_of("website", sample("website", f"snippets/schemaorg_{example}_{encoding}.html"))[0]
        readings.append({key: value for key, value in line.items() if key != "extra"})
    assert readings[0] == readings[1] == readings[2]
