import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from listings import clock, people
from listings.commands.person import person
from listings.db import Database
from listings.models.location import Location
from listings.models.organization import AuditEntry, Organization
from listings.models.person import Person, PersonLocation


class Desk:
    """Somebody at the command line of an installation."""

    def __init__(self, home: Path, url: str) -> None:
        self.environment = {
            "GOODSTANDING_HOME": str(home),
            "GOODSTANDING_DATABASE_URL": url,
            "GOODSTANDING_PUBLIC_URL": "https://reviews.example.com",
        }

    def runs(self, *arguments: str) -> Result:
        return CliRunner().invoke(person, arguments, env=self.environment)


@pytest.fixture
def desk(tmp_path: Path, database: Database) -> Desk:
    return Desk(tmp_path, database.url)


@pytest.fixture
def chain(database: Database) -> int:
    now = clock.now()
    with database.write() as db:
        organization = Organization(name="Tallow Creek", created_at=now)
        db.add(organization)
        db.flush()
        db.add_all(
            Location(organization_id=organization.id, code=code, name=code, created_at=now, updated_at=now)
            for code in ("001", "002")
        )
        return organization.id


def test_the_first_person_brings_the_organization_along(desk: Desk, database: Database) -> None:
    done = desk.runs("add", "Maya@Example.com", "--name", "Maya", "--role", "admin", "--organization", "Acme")
    assert done.exit_code == 0, done.output
    link = done.output.strip()
    assert re.fullmatch(r"https://reviews\.example\.com/set-password/[\w-]{43}", link)
    token = link.rpartition("/")[2]
    with database.read() as db:
        someone = people.person_of_link(db, token, clock.now())
        assert someone
        assert (someone.email, someone.role, someone.password_hash) == ("maya@example.com", "admin", None)
        acts = set(db.scalars(sa.select(AuditEntry.act)))
    assert acts == {"person.added", "person.link_issued"}


def test_a_manager_is_bound_to_the_given_locations(desk: Desk, database: Database, chain: int) -> None:
    arguments = ("add", "ines@example.com", "--name", "Ines", "--location", "001", "--location", "002")
    assert desk.runs(*arguments).exit_code == 0
    with database.read() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(PersonLocation)) == 2
    assert "ines@example.com\tmanager\tTallow Creek\t001,002\tno password yet" in desk.runs("list").output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "nonsense", "--name", "N", "--role", "admin"), "not an e-mail address"),
        (("add", "a@b.example\r\nBcc: x@y.example", "--name", "N", "--role", "admin"), "not an e-mail address"),
        (("add", "a@b.example", "--name", " ", "--role", "admin"), "name is empty"),
        (("add", "a@b.example", "--name", "N"), "at least one location code"),
        (("add", "a@b.example", "--name", "N", "--location", "999"), "No location has the code 999"),
        (("add", "a@b.example", "--name", "N", "--role", "admin", "--location", "001"), "leave the codes out"),
        (("add", "a@b.example", "--name", "N", "--role", "admin", "--organization", "Tallow"), "there is Tallow Creek"),
        (("add", "a@b.example", "--name", "N", "--role", "king"), "king"),
        (("link", "nobody@b.example"), "person list"),
        (("disable", "nobody@b.example"), "person list"),
    ],
)  # fmt: skip
def test_what_can_not_be_done_is_said_in_one_line_and_leaves_nothing(
    desk: Desk, database: Database, chain: int, arguments: tuple[str, ...], says: str
) -> None:
    done = desk.runs(*arguments)
    assert done.exit_code == 2
    assert says in done.output
    with database.read() as db:
        assert db.scalar(sa.select(sa.func.count(Person.id))) == 0


def test_nobody_is_added_twice_in_any_spelling(desk: Desk, chain: int) -> None:
    assert desk.runs("add", "ines@example.com", "--name", "Ines", "--role", "viewer").exit_code == 0
    again = desk.runs("add", "INES@example.com ", "--name", "Ines", "--role", "admin")
    assert again.exit_code == 2
    assert "already a person here" in again.output


def test_a_disabled_person_gets_no_link(desk: Desk, chain: int) -> None:
    desk.runs("add", "ines@example.com", "--name", "Ines", "--role", "viewer")
    assert desk.runs("disable", "ines@example.com").exit_code == 0
    assert "disabled" in desk.runs("list").output
    assert desk.runs("link", "ines@example.com").exit_code == 2


def test_without_a_database_the_way_out_is_named(tmp_path: Path) -> None:
    done = Desk(tmp_path, f"sqlite:///{tmp_path / 'none.db'}").runs("list")
    assert done.exit_code == 2
    assert "goodstanding init" in done.output
