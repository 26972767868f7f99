import datetime as dt
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations

from listings import jobs
from listings.db import Base, Database
from listings.job_rows import ENGINE_TABLES
from listings.migrate import NotReady, check, config, head, migrating, upgrade
from listings.models.location import Location
from listings.models.organization import Organization

NOW = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """A SQLite database without any table."""
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield database
    database.dispose()


@pytest.mark.db
def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    with migrating(database) as connection:
        command.check(config(connection))


@pytest.mark.db
def test_a_database_that_is_up_to_date_passes_the_check(database: Database) -> None:
    check(database)
    jobs.check_tables(database)


@pytest.mark.db
def test_upgrading_again_changes_nothing(database: Database) -> None:
    with database.write() as session:
        session.add(Organization(name="Lindgren Optik", created_at=NOW))
    assert upgrade(database) == head()
    jobs.create_tables(database)
    with database.read() as session:
        assert session.scalars(sa.select(Organization.name)).all() == ["Lindgren Optik"]


@pytest.mark.db
def test_a_table_is_rebuilt_below_the_rows_that_refer_to_it(database: Database) -> None:
    with database.write() as session:
        owner = Organization(name="Lindgren Optik", created_at=NOW)
        session.add(owner)
        session.flush()
        session.add(Location(organization_id=owner.id, code="1", name="Norr", created_at=NOW, updated_at=NOW))
    with migrating(database) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("organization") as batch:
            batch.alter_column("name", type_=sa.String(200), existing_type=sa.String())
    with database.read() as session:
        assert session.scalars(sa.select(Location.code)).all() == ["1"]
    with database.write() as session:
        session.add(Location(organization_id=99, code="2", name="Söder", created_at=NOW, updated_at=NOW))
        with pytest.raises(sa.exc.IntegrityError):
            session.flush()
        session.rollback()


@pytest.mark.db
def test_a_migration_that_fails_leaves_the_old_schema(database: Database) -> None:
    def fail_halfway() -> None:
        with migrating(database) as connection:
            connection.execute(sa.text("CREATE TABLE half (id INTEGER)"))
            connection.execute(sa.text("DROP TABLE worker_heartbeat"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    with database.read() as session:
        tables = set(sa.inspect(session.connection()).get_table_names())
    assert "worker_heartbeat" in tables
    assert "half" not in tables


@pytest.mark.db
def test_a_newer_database_is_refused(database: Database) -> None:
    with database.write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (check, upgrade):
        with pytest.raises(NotReady, match=re.escape("newer version (revision 9999")):
            act(database)


def test_a_database_that_is_not_there_is_refused_and_not_created(empty: Database) -> None:
    with pytest.raises(NotReady, match="run `goodstanding init`"):
        check(empty)
    assert not Path(empty.engine.url.database or "").exists()


def test_a_database_without_tables_is_refused(empty: Database) -> None:
    sqlite3.connect(empty.engine.url.database or "").execute("CREATE TABLE t (i)").connection.close()
    with pytest.raises(NotReady, match="run `goodstanding init`"):
        check(empty)


def test_a_database_without_job_tables_is_refused(empty: Database) -> None:
    upgrade(empty)
    with pytest.raises(NotReady, match="no tables for jobs; run `goodstanding init`"):
        check(empty)
    with pytest.raises(jobs.BadJobs, match="run `goodstanding init`"):
        jobs.check_tables(empty)


def test_orphans_are_found_before_a_migration_is_kept(database: Database) -> None:
    def orphan() -> None:
        with migrating(database) as connection:
            connection.execute(
                sa.insert(Location).values(
                    organization_id=9, code="1", name="A", created_at=NOW, updated_at=NOW
                )
            )

    with pytest.raises(NotReady, match="table location"):
        orphan()


def test_no_table_of_ours_is_named_like_one_of_the_job_engine(empty: Database) -> None:
    jobs.create_tables(empty)
    with empty.read() as session:
        assert set(sa.inspect(session.connection()).get_table_names()) == ENGINE_TABLES
    assert not ENGINE_TABLES & set(Base.metadata.tables)
