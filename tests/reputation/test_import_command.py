"""`goodstanding import`, from the file to the rows of the database."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from listings import clock
from listings.db import Database
from listings.loading import apply
from listings.models.imports import ImportChange, ImportRun, ImportState
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from reputation.commands.load import load
from reputation.models.review import Review
from tests.listings.loading.workbooks import row, workbook

ROOT = Path(__file__).resolve().parents[2]
STORES = "code,name,city,phone\n0101,Elm Street,Portland,503-555-0142\n0102,Oak Avenue,Salem,503-555-0177\n"


@dataclass
class Desk:
    """Somebody at the command line of an installation."""

    folder: Path
    database: Database

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GOODSTANDING_HOME": str(self.folder),
            "GOODSTANDING_DATABASE_URL": self.database.url,
            "GOODSTANDING_SECRET_KEY": "k" * 40,
        }

    def write(self, body: str, name: str = "stores.csv") -> Path:
        file = self.folder / name
        file.write_text(body, encoding="utf-8")
        return file

    def imports(self, body: str | Path, *options: str) -> Result:
        file = body if isinstance(body, Path) else self.write(body)
        return CliRunner().invoke(load, [str(file), *options], env=self.environment)

    def done(self, body: str | Path, *options: str) -> dict[str, int]:
        """The summary of an import that has to succeed."""
        result = self.imports(body, "--json", *options)
        assert result.exit_code == 0, result.output
        summary: dict[str, int] = json.loads(result.stdout)
        return summary

    def refused(self, body: str | Path, *options: str) -> list[str]:
        """The lines of an import that has to be refused."""
        result = self.imports(body, *options)
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        assert "Traceback" not in result.stderr
        return result.stderr.splitlines()

    def locations(self, *fields: str) -> list[tuple[Any, ...]]:
        columns = [getattr(Location, field) for field in fields]
        with self.database.read() as session:
            return [
                tuple(found)
                for found in session.execute(sa.select(*columns).order_by(Location.code, Location.id))
            ]

    def count(self, model: type) -> int:
        with self.database.read() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    with database.write() as session:
        session.add(Organization(name="Tallow Creek", created_at=clock.now()))
    return Desk(tmp_path, database)


@pytest.mark.db
def test_locations_are_brought_in(desk: Desk) -> None:
    assert desk.done(STORES) == {"new": 2, "changed": 0, "unchanged": 0}
    assert desk.locations("code", "name", "city") == [
        ("0101", "Elm Street", "Portland"),
        ("0102", "Oak Avenue", "Salem"),
    ]


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    desk.done(STORES)
    assert desk.done(STORES) == {"new": 0, "changed": 0, "unchanged": 2}
    assert desk.count(ImportChange) == 2


def test_an_empty_cell_changes_nothing_a_dash_clears_and_a_missing_row_deletes_nothing(desk: Desk) -> None:
    desk.done(STORES)
    assert desk.done("code,name,city,phone\n0101,,-,503-555-0199\n") == {
        "new": 0,
        "changed": 1,
        "unchanged": 0,
    }
    assert desk.locations("code", "name", "city", "phone") == [
        ("0101", "Elm Street", None, "503-555-0199"),
        ("0102", "Oak Avenue", "Salem", "503-555-0177"),
    ]


def test_columns_without_a_word_of_ours_are_kept(desk: Desk) -> None:
    desk.done("code,name,Floor colour\n0101,Elm Street,green\n")
    desk.done("code,Manager\n0101,Luis\n")
    assert desk.locations("extra") == [({"Floor colour": "green", "Manager": "Luis"},)]


def test_a_dry_run_shows_the_difference_row_by_row_and_changes_nothing(desk: Desk) -> None:
    desk.done(STORES)
    result = desk.imports("code,name,city\n0101,,Bend\n0102,,\n0103,Pier Road,-\n", "--dry-run")
    assert result.output.splitlines() == [
        "row 2  0101  city: Portland → Bend",
        "row 4  0103  new: Pier Road",
        "Would import: 1 new, 1 changed, 1 unchanged.",
    ]
    assert desk.locations("code", "city") == [("0101", "Portland"), ("0102", "Salem")]
    assert desk.count(ImportRun) == 1


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (
            "code,name\n7,Elm\n8,Oak\n7,Pier\n",
            ["row 4, code: “7” stands in row 2 already.", "1 cell can't be used; nothing was imported."],
        ),
        (
            "code,name,latitude\n7,Elm,north\n,Oak,\n9,=1+1,\n",
            [
                "row 2, latitude: “north” is no number between -90 and 90.",
                "row 3, code: is empty. Every location needs a code of its own.",
                "row 4, name: begins with “=”: a spreadsheet formula is no value. Type the text itself.",
                "3 cells can't be used; nothing was imported.",
            ],
        ),
        (
            "code,city\n7,Bend\n",
            [
                "row 2, name: is empty, and the location is new.",
                "1 cell can't be used; nothing was imported.",
            ],
        ),
    ],
)
def test_bad_rows_are_named_and_nothing_is_imported(desk: Desk, body: str, lines: list[str]) -> None:
    told = desk.refused(body)
    assert len(told) == len(lines)
    assert all(line.endswith(end) for line, end in zip(told, lines, strict=True)), told
    assert all(str(desk.folder / "stores.csv") in line for line in told[:-1])
    assert desk.count(Location) == desk.count(ImportRun) == 0


def test_of_very_many_bad_rows_the_first_are_shown_and_all_are_counted(desk: Desk) -> None:
    told = desk.refused("code,name,country\n" + "".join(f"{n},Elm,Utopia\n" for n in range(500)))
    assert len(told) == 21
    assert told[-1] == "Error: … and 480 more. 500 cells can't be used; nothing was imported."


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("name,city\nElm,Bend\n", "no column for the location's code"),
        ("code,name\n", "there is a header but no row below it"),
        ("", "the file is empty"),
        ("code,name\n1,Elm,Bend\n", "row 2: 3 cells under 2 columns"),
    ],
)
def test_a_file_that_can_not_be_used_is_one_line_with_its_name(desk: Desk, body: str, says: str) -> None:
    (told,) = desk.refused(body)
    assert str(desk.folder / "stores.csv") in told
    assert says in told


def test_a_missing_file_is_one_line(desk: Desk) -> None:
    for options in ((), ("--undo",)):
        (told,) = desk.refused(desk.folder / "none.csv", *options)
        assert told.endswith("none.csv: No such file or directory")


def test_a_workbook_with_store_codes_as_numbers_is_brought_in(desk: Desk) -> None:
    number = '<row r="2"><c r="A2"><v>101</v></c><c r="B2" t="str"><v>Elm Street</v></c></row>'
    desk.done(workbook(desk.folder / "stores.xlsx", row(1, "Store code", "Business name") + number))
    assert desk.locations("code", "name") == [("101", "Elm Street")]


def test_the_sheet_of_a_google_business_profile_is_brought_in(desk: Desk) -> None:
    desk.done(
        "Store code,Business name,Address line 1,Address line 2,Locality,Country / Region,Primary phone,"
        "Sunday hours,Monday hours,Special hours\n"
        "0101,Elm Street,12 Elm St,Suite 4,Portland,US,503-555-0142,x,09:00-17:00,2026-12-25: x\n"
    )
    assert desk.locations("code", "street", "country", "hours", "special_hours") == [
        ("0101", "12 Elm St, Suite 4", "US", "Mo 09:00-17:00; Su off", "2026 Dec 25 off")
    ]


def test_an_organization_reaches_only_its_own_locations(desk: Desk) -> None:
    desk.done(STORES)
    with desk.database.write() as session:
        session.add(Organization(name="Other Brand", created_at=clock.now()))
    assert "--organization" in desk.refused(STORES)[0]
    desk.done(STORES.replace("Portland", "Eugene"), "--organization", "Other Brand")
    assert desk.locations("organization_id", "city") == [
        (1, "Portland"),
        (2, "Eugene"),
        (1, "Salem"),
        (2, "Salem"),
    ]
    assert desk.done(STORES, "--organization", "Tallow Creek")["unchanged"] == 2
    (told,) = desk.refused(desk.folder / "stores.csv", "--organization", "Nobody")
    assert "no organization is named “Nobody”" in told


def test_undo_puts_back_what_was_there(desk: Desk) -> None:
    desk.done(STORES)
    second = desk.write("code,name,city,status\n0101,,-,closed\n0103,Pier Road,,\n", "second.csv")
    desk.done(second)
    # Once more, which changes nothing and has nothing to undo.
    desk.done(second)
    assert desk.done(second, "--undo") == {"put_back": 3, "left": 0}
    assert desk.locations("code", "city", "status") == [
        ("0101", "Portland", "open"),
        ("0102", "Salem", "open"),
    ]
    assert "undone already" in desk.refused(second, "--undo")[0]


def test_undo_leaves_what_was_changed_since_and_what_is_in_use(desk: Desk) -> None:
    desk.done(STORES)
    second = desk.write("code,name,city\n0101,,Bend\n0103,Pier Road,\n", "second.csv")
    desk.done(second)
    desk.done("code,city\n0101,Eugene\n")
    desk.done(
        desk.write("source,code,url\nwebsite,0103,https://pier.example/\n", "l.csv"), "--kind", "listings"
    )
    assert desk.done(second, "--undo") == {"put_back": 0, "left": 2}
    assert desk.locations("code", "city") == [("0101", "Eugene"), ("0102", "Salem"), ("0103", None)]


def test_undo_goes_in_chunks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "CHUNK", 10)
    file = desk.write(many(35))
    desk.done(file)
    assert desk.done(file, "--undo") == {"put_back": 35, "left": 0}
    assert desk.count(Location) == 0


def many(count: int) -> str:
    return "code,name,city\n" + "".join(f"{n:05},Shop {n},Portland\n" for n in range(count))


def test_thousands_of_rows_are_committed_in_chunks(desk: Desk) -> None:
    assert desk.done(many(5_000)) == {"new": 5_000, "changed": 0, "unchanged": 0}
    assert desk.done(many(5_000).replace("Portland", "Bend"))["changed"] == 5_000
    with desk.database.read() as session:
        runs = session.scalars(sa.select(ImportRun)).all()
    assert [(run.state, run.rows_done) for run in runs] == [(ImportState.APPLIED, 5_000)] * 2


KILLED_BETWEEN_CHUNKS = """
import os, signal
from goodstanding import main
from reputation.commands import load
apply_chunk, done = load.apply_chunk, []
def dying(*arguments):
    if len(done) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(1)
    return apply_chunk(*arguments)
load.apply_chunk = dying
main(["import", {file!r}])
"""


def test_an_import_killed_in_the_middle_is_completed_by_the_same_file(desk: Desk) -> None:
    file = desk.write(many(3_500))
    code = KILLED_BETWEEN_CHUNKS.format(file=str(file))
    died = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=desk.environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert desk.count(Location) == 2 * apply.CHUNK
    desk.done(file)
    assert desk.count(Location) == desk.count(ImportChange) == 3_500
    with desk.database.read() as session:
        run = session.scalars(sa.select(ImportRun)).one()
    assert (run.state, run.rows_done) == (ImportState.APPLIED, 3_500)
    assert desk.done(file, "--undo") == {"put_back": 3_500, "left": 0}


REVIEWS = (
    "source,code,review_id,rating,text,author,created_at\n"
    'google,0101,r1,5,"Warm bread, kind people",Ana,2026-03-14\n'
    "google,0101,,2,Waited long,Ben,2026-03-15T10:00:00-07:00\n"
)


def test_reviews_come_in_once_and_name_the_file_they_came_from(desk: Desk) -> None:
    desk.done(STORES)
    file = desk.write(REVIEWS, "export.csv")
    assert desk.done(file, "--kind", "reviews") == {"new": 2, "unchanged": 0}
    assert desk.done(file, "--kind", "reviews") == {"new": 0, "unchanged": 2}
    with desk.database.read() as session:
        reviews = session.scalars(sa.select(Review).order_by(Review.id)).all()
        listing = session.scalars(sa.select(Listing)).one()
    assert [(review.rating, review.author, review.supplied_by) for review in reviews] == [
        (5, "Ana", "export.csv"),
        (2, "Ben", "export.csv"),
    ]
    assert (listing.supplied_by, listing.source, listing.url) == ("export.csv", "google", None)


def test_listings_come_in_once_and_name_the_file_they_came_from(desk: Desk) -> None:
    desk.done(STORES)
    file = desk.write("Source,Store code,URL\nwebsite,0101,https://tallow.example/elm\n", "urls.csv")
    assert desk.done(file, "--kind", "listings") == {"new": 1, "unchanged": 0}
    assert desk.done(file, "--kind", "listings") == {"new": 0, "unchanged": 1}
    with desk.database.read() as session:
        listing = session.scalars(sa.select(Listing)).one()
    assert (listing.url, listing.supplied_by) == ("https://tallow.example/elm", "urls.csv")


def test_a_dry_run_of_reviews_shows_the_new_ones_and_changes_nothing(desk: Desk) -> None:
    desk.done(STORES)
    result = desk.imports(desk.write(REVIEWS, "export.csv"), "--kind", "reviews", "--dry-run")
    first, *_, last = result.output.splitlines()
    assert first.startswith("row 2  0101  new at google: review_id: r1; rating: 5; text: Warm bread")
    assert last == "Would import: 2 new, 0 unchanged."
    assert desk.count(Review) == desk.count(Listing) == 0


def test_bad_rows_of_reviews_are_named_and_none_is_imported(desk: Desk) -> None:
    desk.done(STORES)
    told = desk.refused(
        "source,code,review_id,rating,created_at,url\n"
        "google,0101,r1,5,2026-03-14,\n"
        "google,0101,r1,4,2026-03-14,\n"
        "friendster,0109,r2,6,yesterday,javascript:alert(1)\n"
        "google_places,0101,r3,5,,\n",
        "--kind",
        "reviews",
    )
    places = [line.partition(", ")[2].partition(":")[0] for line in told[:-1]]
    assert places == [
        "row 3, review_id", "row 4, source", "row 4, code", "row 4, rating", "row 4, created_at", "row 4, url",
        "row 5, source",
    ]  # fmt: skip
    assert desk.count(Review) == 0


@pytest.mark.parametrize("options", [("--kind", "reviews"), ("--dry-run",)])
def test_undo_is_for_locations(desk: Desk, options: Sequence[str]) -> None:
    assert "--undo takes back an import of locations" in desk.refused(STORES, "--undo", *options)[-1]


def test_values_that_look_like_formulas_survive_the_way_through_a_spreadsheet(desk: Desk) -> None:
    desk.done("code,name,phone\n0101,'@home Café,'+1 503 555 0142\n")
    assert desk.locations("name", "phone") == [("@home Café", "+1 503 555 0142")]
