"""The way from one key to the next: nothing is unreadable on it, nothing stays behind."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from pydantic import SecretStr
from sqlalchemy.orm import undefer

from goodstanding import main
from listings.db import Base, Database
from listings.models.crawl import Credential
from listings.reseal import SEALED
from listings.secrets import Vault, new_key
from listings.settings import Settings, environment
from tests.domain import NOW, organization

OLD, NEW = new_key(), new_key()
NO_SECRETS = {"body.compressed"}
"""Columns of bytes that are stored answers."""


def settings(database: Database, tmp_path: Path, *keys: str) -> Settings:
    return Settings(
        home=tmp_path,
        database_url=database.url,
        secret_key=SecretStr("k" * 40),
        encryption_keys=SecretStr(",".join(keys)),
    )


def run(command: str, given: Settings) -> Result:
    return CliRunner().invoke(main, ["keys", command], env=environment(given))


def store(database: Database, vault: Vault, count: int) -> None:
    with database.write() as session:
        ours = organization(session)
        session.add_all(
            Credential(
                organization_id=ours,
                source="google",
                name=str(number),
                secret=vault.seal({"n": number}),
                created_at=NOW,
            )
            for number in range(count)
        )


def opened(database: Database, vault: Vault) -> list[int]:
    with database.read() as session:
        rows = session.scalars(
            sa.select(Credential).options(undefer(Credential.secret)).order_by(Credential.id)
        )
        return [vault.open(row.secret)["n"] for row in rows]


@pytest.mark.db
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", [250, pytest.param(10_000, marks=pytest.mark.soak)])
def test_every_secret_moves_to_the_new_key_while_somebody_reads_them(
    database: Database, tmp_path: Path, count: int
) -> None:
    both = settings(database, tmp_path, NEW, OLD)
    store(database, Vault(settings(database, tmp_path, OLD)), count)
    assert run("check", both).exit_code == 1
    done, wrong = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            if opened(database, Vault(both)) != list(range(count)):
                wrong.append(1)

    reader = threading.Thread(target=read)
    reader.start()
    result = run("rotate", both)
    done.set()
    reader.join()
    assert (result.exit_code, wrong) == (0, [])
    assert f"{count} stored secrets were sealed" in result.output
    assert opened(database, Vault(settings(database, tmp_path, NEW))) == list(range(count))
    assert run("check", settings(database, tmp_path, NEW)).exit_code == 0
    assert "0 stored secrets were" in run("rotate", both).output


def test_an_installation_moves_on_from_the_derived_key(database: Database, tmp_path: Path) -> None:
    store(database, Vault(settings(database, tmp_path)), 3)
    own = settings(database, tmp_path, NEW)
    assert opened(database, Vault(own)) == [0, 1, 2]
    assert run("rotate", own).exit_code == 0
    assert run("check", own).output.startswith("0 ")


def test_what_no_key_opens_is_named_and_left_alone(database: Database, tmp_path: Path) -> None:
    store(database, Vault(settings(database, tmp_path, OLD)), 1)
    result = run("rotate", settings(database, tmp_path, NEW))
    assert result.exit_code == 1
    assert "credential 1: no key opens it" in result.output
    assert opened(database, Vault(settings(database, tmp_path, OLD))) == [0]


def test_every_column_of_bytes_is_sealed_anew_or_holds_no_secret() -> None:
    known = {f"{column.class_.__tablename__}.{column.key}" for column in SEALED}
    there = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }
    assert there == known | NO_SECRETS


def test_a_new_key_is_one_that_can_be_used(database: Database, tmp_path: Path) -> None:
    key = run("new", settings(database, tmp_path)).output.strip()
    Vault(settings(database, tmp_path, key))
