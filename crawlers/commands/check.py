"""`goodstanding check`: does the access to a source work, and if not, why exactly."""

import sys

import click

from crawlers.access import NoAccess, access_to
from crawlers.deliver import converse
from crawlers.door import make_door
from crawlers.readers import READERS
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.organizations import NoOrganization, the_organization
from listings.settings import BadSettings
from listings.sources import SOURCES


@click.command(cls=Guarded)
@click.argument("source", type=click.Choice([key for key, one in SOURCES.items() if one.credential]))
@click.option("--organization", help="Whose access, where there are several organizations.")
def check(source: str, organization: str | None) -> None:
    """Try the stored access to SOURCE and name the exact cause when it doesn't work.

    Exit code 1 when it doesn't.
    """
    settings = settings_from_env()
    database = ready_database(settings)
    facts = SOURCES[source]
    try:
        door = make_door(settings, database)
        with database.read() as session:
            organization_id = the_organization(session, organization).id
        access_to(door, organization_id, facts)
    except NoAccess as error:
        click.echo(f"{facts.label}: {error}", err=True)
        sys.exit(1)
    except (BadSettings, NoOrganization) as error:
        raise Refused(str(error)) from error
    attempt = READERS[source].plans.attempt
    assert attempt is not None  # noqa: S101 - a test holds that whoever needs an access can try it
    delivered = converse(door, facts, organization_id, attempt)
    click.echo(
        f"{facts.label}: {'works. ' if delivered.done else ''}{delivered.detail}", err=not delivered.done
    )
    door.close()
    database.dispose()
    sys.exit(0 if delivered.done else 1)
