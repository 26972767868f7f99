"""`goodstanding init`: the data folder, the signing key, and a database that is up to date."""

import os
import secrets
import tempfile
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from listings import jobs, migrate
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, settings_from_env
from listings.db import Database
from listings.settings import KEY_FILE, Settings


@click.command(cls=Guarded)
def init() -> None:
    """Create the data folder, the key and the database, or bring them up to date.

    Safe to run again at any time; run it after every update, before `serve` and `worker`.
    """
    settings = settings_from_env()
    prepare_home(settings)
    database = Database(settings.database)
    shown = database.engine.url.render_as_string()
    try:
        revision = migrate.upgrade(database)
        jobs.create_tables(database)
    except (migrate.NotReady, jobs.BadJobs) as error:
        raise Refused(str(error)) from error
    except DBAPIError as error:
        raise Refused(f"the database {shown} can't be used: {_first_line(error)}") from error
    finally:
        database.dispose()
    click.echo(f"Ready: {shown} is at revision {revision}.")
    click.echo("Next: `goodstanding person add`, then `goodstanding serve` and `goodstanding worker`.")


def prepare_home(settings: Settings) -> None:
    """The data folder for this user alone, with a key in it. Raises Refused when it can't be written."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Personal data and the key stand below: nobody else on this machine looks in.
        settings.home.chmod(0o700)
        if not settings.secret_key.get_secret_value():
            _write_key(settings.home / KEY_FILE)
    except OSError as error:
        raise Refused(
            f"GOODSTANDING_HOME: can't write to {settings.home.absolute()} ({error.strerror}); "
            "choose another folder or change its permissions"
        ) from error


def _write_key(file: Path) -> None:
    if file.exists():
        file.chmod(0o600)
        return
    # Written aside and linked into place, so that a crash leaves no half key and of two
    # simultaneous calls one wins.
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "w") as half:
        half.write(secrets.token_urlsafe(48) + "\n")
    try:
        file.hardlink_to(name)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()


def _first_line(error: DBAPIError) -> str:
    """The database's own words; they name host and port, never a password."""
    return str(error.orig).strip().splitlines()[0]
