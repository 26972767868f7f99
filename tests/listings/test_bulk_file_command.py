from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from listings.commands.bulk_file import bulk_file
from listings.db import Database
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.person import Person, Role
from tests.domain import WRONG, crawled, organization, place, shows, somebody

pytestmark = pytest.mark.db


class Desk:
    """Somebody at the command line of an installation with one wrong phone number at Bing."""

    def __init__(self, home: Path, database: Database) -> None:
        self.home, self.database = home, database
        self.environment = {"GOODSTANDING_HOME": str(home), "GOODSTANDING_DATABASE_URL": database.url}
        with database.write() as session:
            ours = organization(session)
            session.get_one(Person, somebody(session, ours)).role = Role.ADMIN
            (row,) = crawled(session, place(session, ours), shows(phone=WRONG)).opened
            row.source = "bing"

    def runs(self, *arguments: str) -> Result:
        return CliRunner().invoke(bulk_file, arguments, env=self.environment)

    def state(self) -> MismatchState:
        with self.database.read() as session:
            return session.scalars(sa.select(Mismatch.state)).one()


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database)


def test_a_file_is_written_its_corrections_wait_and_open_again(desk: Desk) -> None:
    file = desk.home / "bing.csv"
    done = desk.runs("bing", str(file))
    assert done.exit_code == 0, done.output
    assert "1 correction of 1 location," in done.output
    assert "StoreId" in file.read_text()
    assert desk.state() is MismatchState.WAITING
    assert "Nothing is open" in desk.runs("bing", str(desk.home / "again.csv")).output
    assert not (desk.home / "again.csv").exists()
    assert "1 correction open again" in desk.runs("bing", "--take-back").output
    assert desk.state() is MismatchState.OPEN


def test_what_cannot_be_done_is_said_and_marks_nothing(desk: Desk) -> None:
    there = desk.home / "there.csv"
    there.write_text("mine")
    for arguments, words in (
        (("bing",), "either a FILE"),
        (("bing", str(there), "--take-back"), "either a FILE"),
        (("bing", str(there)), "is there already"),
        (("bing", str(desk.home / "no" / "folder.csv")), "No such file"),
        (("bing", str(desk.home / "x.csv"), "--person", "who@else.example"), "nobody of"),
        (("google", str(desk.home / "x.csv")), "is not"),
    ):
        done = desk.runs(*arguments)
        assert done.exit_code == 2, done.output
        assert words in done.output
    assert desk.state() is MismatchState.OPEN
    assert there.read_text() == "mine"
