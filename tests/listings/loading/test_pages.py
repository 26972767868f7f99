"""Columns with the pages of locations' listings: applied, compared, cleared and undone like all others."""

from pathlib import Path

import pytest

from listings.db import Database
from listings.given_urls import give, given_urls
from listings.loading.apply import apply_chunk, start, undo_chunk
from listings.loading.plan import BadRows, Change, plan, read_file
from listings.models.imports import ImportRun
from listings.models.location import Location
from tests.domain import DAY, NOW, organization, place
from tests.listings.test_given_urls import actor_in

pytestmark = pytest.mark.db

PROFILE = "https://www.bbb.org/us/oh/columbus/profile/bakery/elm-0302-7"
YAHOO = "https://local.yahoo.com/info-1-elm"


def changes_of(database: Database, folder: Path, body: str) -> list[Change]:
    file = folder / "stores.csv"
    file.write_text(body, encoding="utf-8")
    with database.read() as session:
        return list(plan(session, 1, read_file(file)))


def applied(database: Database, changes: list[Change]) -> int:
    with database.write() as session:
        run = start(session, 1, file_name="stores.csv", file_sha256=str(changes), rows=1, now=NOW)
        apply_chunk(session, run, changes, NOW)
        return run.id


def undone(database: Database, run_id: int) -> tuple[int, int]:
    with database.write() as session:
        step = undo_chunk(session, session.get_one(ImportRun, run_id), NOW + DAY, below=None)
        assert step is not None
        return step.put_back, step.left


def pages(database: Database) -> dict[int, dict[str, str]]:
    with database.read() as session:
        return given_urls(
            session, session.scalars(Location.__table__.select().with_only_columns(Location.id))
        )


@pytest.fixture
def elm(database: Database) -> int:
    """The id of location A1 of organization 1."""
    with database.write() as session:
        return place(session, organization(session)).id


def test_pages_of_known_and_new_locations_are_brought_in_once(
    database: Database, tmp_path: Path, elm: int
) -> None:
    body = f"code,name,BBB profile,yahoo_url\nA1,Elm Books,{PROFILE}/complaints,\nB2,Oak,,{YAHOO}/\n"
    applied(database, changes_of(database, tmp_path, body))
    assert pages(database) == {elm: {"bbb": PROFILE}, elm + 1: {"yahoo": YAHOO}}
    assert changes_of(database, tmp_path, body) == []


def test_a_dash_takes_a_page_away_and_an_undo_brings_it_back(
    database: Database, tmp_path: Path, elm: int
) -> None:
    applied(database, changes_of(database, tmp_path, f"code,bbb_url\nA1,{PROFILE}\n"))
    run_id = applied(database, changes_of(database, tmp_path, "code,bbb_url\nA1,-\n"))
    assert pages(database) == {}
    assert undone(database, run_id) == (1, 0)
    assert pages(database) == {elm: {"bbb": PROFILE}}


def test_an_undo_leaves_a_page_that_was_changed_since(database: Database, tmp_path: Path, elm: int) -> None:
    run_id = applied(database, changes_of(database, tmp_path, f"code,yahoo_url\nA1,{YAHOO}\n"))
    with database.write() as session:
        location = session.get_one(Location, elm)
        give(session, location, "yahoo", f"{YAHOO}-2", NOW, actor=actor_in(session, 1))
    assert undone(database, run_id) == (0, 1)
    assert pages(database) == {elm: {"yahoo": f"{YAHOO}-2"}}


def test_an_undo_takes_a_new_location_away_with_its_pages(
    database: Database, tmp_path: Path, elm: int
) -> None:
    run_id = applied(database, changes_of(database, tmp_path, f"code,name,yahoo_url\nB2,Oak,{YAHOO}\n"))
    assert undone(database, run_id) == (1, 0)
    with database.read() as session:
        assert session.get(Location, elm + 1) is None


def test_a_bad_page_is_named_by_row_and_column(database: Database, tmp_path: Path, elm: int) -> None:
    del elm
    with pytest.raises(BadRows) as refused:
        changes_of(database, tmp_path, "code,bbb_url\nA1,https://elm.example/\n")
    (error,) = refused.value.errors
    assert (error.row, error.column) == (2, "bbb_url")
    assert "is no address at BBB" in error.message
