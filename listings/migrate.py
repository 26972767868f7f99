"""The schema of our own tables: bringing a database up to date, and telling when it isn't.

Alembic's env.py is handed a connection and the metadata from here, so that neither a URL nor an
ini file has to be kept in two places. One upgrade is one transaction on both databases: a crash in
its middle leaves the old schema, and a second caller waits for the first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from listings.db import Base, Database
from listings.job_rows import SCHEMA

LOCATION = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 0x676F6F64  # a number of our own for PostgreSQL's advisory lock
INIT = "run `goodstanding init`"


class NotReady(Exception):
    """The database can't be used as it is; the message says why and what to do."""


def upgrade(database: Database) -> str:
    """Bring our tables to the newest revision and give back its name.

    Raises NotReady when the database was written by a newer version.
    """
    with migrating(database) as connection:
        _refuse_newer(MigrationContext.configure(connection).get_current_heads())
        command.upgrade(config(connection), "head")
    return head()


def check(database: Database) -> None:
    """Raise NotReady unless our tables are exactly those of this version, and the jobs' are there."""
    file = database.engine.url.database
    if database.sqlite and file and not Path(file).exists():
        raise NotReady(f"there is no database at {file}; {INIT}")
    with database.read() as session:
        revisions = MigrationContext.configure(session.connection()).get_current_heads()
        has_jobs = sa.inspect(session.connection()).has_table(
            "workflow_status", schema=None if database.sqlite else SCHEMA
        )
    if not revisions:
        raise NotReady(f"the database is empty; {INIT}")
    _refuse_newer(revisions)
    if revisions != (head(),):
        raise NotReady(f"the database is of an older version ({revisions[0]} of {head()}); {INIT}")
    if not has_jobs:
        raise NotReady(f"the database has no tables for jobs; {INIT}")


def head() -> str:
    """The newest revision this version knows."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    assert revision is not None  # noqa: S101 - we ship revisions
    return revision


def config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration for our revisions, working on `connection`."""
    settings = Config()
    settings.set_main_option("script_location", str(LOCATION))
    settings.set_main_option("path_separator", "os")
    settings.attributes.update(connection=connection, metadata=Base.metadata)
    return settings


@contextmanager
def migrating(database: Database) -> Iterator[sa.Connection]:
    """A connection in a transaction of its own in which tables may be rebuilt; one at a time."""
    with database.engine.connect() as connection:
        if not database.sqlite:
            with connection.begin():
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADE_LOCK)))
                yield connection
            return
        # SQLite alters by copying a table and dropping the old one, which foreign keys forbid;
        # the pragma only works outside a transaction, hence below SQLAlchemy.
        driver = connection.connection.cursor()
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                _refuse_orphans(connection)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _refuse_newer(revisions: tuple[str, ...]) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    for revision in set(revisions) - known:
        raise NotReady(
            f"the database is of a newer version (revision {revision}, this one knows up to {head()}); "
            "install the newer version again, or restore a backup"
        )


def _refuse_orphans(connection: sa.Connection) -> None:
    orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if orphan is not None:
        raise NotReady(f"a row of table {orphan[0]} refers to a row that isn't there; restore a backup")
