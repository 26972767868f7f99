import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from goodstanding import main
from tests.crawlers.reading import PAYLOADS


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["read", *map(str, arguments)])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_records_are_printed_one_object_a_line_with_their_file() -> None:
    file = PAYLOADS / "google_places" / "details.json"
    result = run("google_places", file)
    assert result.exit_code == 0
    assert [line["kind"] for line in lines(result)] == ["listing", "review", "review"]
    assert {line["file"] for line in lines(result)} == {str(file)}


def test_a_listing_has_a_key_for_what_is_shown_and_none_for_the_rest() -> None:
    shop, deliveries = lines(run("google", PAYLOADS / "google" / "locations.json"))
    assert shop["special_hours"][0] == {"date": "2026-12-24", "periods": [["07:00", "13:00"]]}
    assert deliveries["website"] is None
    assert "street" not in deliveries
    assert set(deliveries["shown"]) <= set(deliveries)


def test_an_answer_that_holds_nothing_is_told_and_is_no_failure(tmp_path: Path) -> None:
    empty = tmp_path / "none.json"
    empty.write_text("{}")
    result = run("google", empty)
    assert result.exit_code == 0
    assert lines(result) == [{"kind": "empty", "file": str(empty), "source": "google"}]


def test_one_unreadable_file_is_told_among_the_others_and_ends_with_one(tmp_path: Path) -> None:
    broken = tmp_path / "cut.json"
    broken.write_text('{"reviews": [')
    result = run("google", broken, PAYLOADS / "google" / "locations.json")
    assert result.exit_code == 1
    first, *rest = lines(result)
    assert (first["kind"], first["reason"]) == ("unreadable", "unreadable")
    assert [line["kind"] for line in rest] == ["listing", "listing"]


def test_the_address_of_a_page_chooses_among_its_listings() -> None:
    page = PAYLOADS / "website" / "neighbours.html"
    assert [
        line["name"] for line in lines(run("website", page, "--url", "https://ternpebble.example/saco"))
    ] == ["Saco"]


def test_a_lone_surrogate_is_printed_as_it_came(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<script type="application/ld+json">{"@type": "Store", "name": "T\\ud800"}</script>')
    assert lines(run("website", page))[0]["name"] == "T\ud800"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["google", "/no/such/file"], "/no/such/file"),
        (["google", "/"], "directory"),
        (["atlantis", "x"], "google, google_places, website"),
    ],
)
def test_arguments_that_can_not_be_used_end_with_two_and_one_line(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_reading_loads_no_database_and_no_web() -> None:
    code = (
        "import sys, crawlers.commands.read\n"
        "print([name for name in ('sqlalchemy', 'flask', 'dbos', 'httpx', 'apscheduler') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
