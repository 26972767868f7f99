"""What every command that works on the database needs first: settings and a database to rely on."""

import click
from sqlalchemy.exc import DBAPIError

from listings import logs, migrate
from listings.db import Database
from listings.settings import BadSettings, Settings


class Refused(click.ClickException):
    """One line that says what is unusable and what to do; exit code 2."""

    exit_code = 2


def settings_from_env() -> Settings:
    """The settings, and the log as they want it. Raises Refused naming the first bad one."""
    try:
        settings = Settings.from_env()
    except BadSettings as error:
        raise Refused(str(error)) from error
    logs.configure(settings.log_level)
    return settings


def ready_database(settings: Settings) -> Database:
    """The database, up to date. Raises Refused when it is missing, older, newer or silent."""
    database = Database(settings.database, pool_size=settings.web_threads)
    try:
        migrate.check(database)
    except migrate.NotReady as error:
        database.dispose()
        raise Refused(str(error)) from error
    except DBAPIError as error:
        database.dispose()
        raise Refused(
            f"the database at {database.engine.url.render_as_string()} can't be opened; "
            "look at GOODSTANDING_DATABASE_URL, at the folder's permissions, and whether the server runs"
        ) from error
    return database
