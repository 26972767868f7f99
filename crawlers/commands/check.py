"""`goodstanding check`: does the access to a source work, and if not, why exactly."""

import sys
from collections.abc import Callable
from typing import Any

import click

from crawlers.access import NoAccess, access_to
from crawlers.deliver import Delivered, Sending, converse
from crawlers.door import make_door
from crawlers.plan import Access, Fetch
from crawlers.plans.google import token_of
from crawlers.source import Outcome
from crawlers.sources.google import Google
from crawlers.sources.google_places import GooglePlaces
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.organizations import NoOrganization, the_organization
from listings.settings import BadSettings
from listings.sources import GOOGLE, GOOGLE_PLACES, SOURCES


@click.command()
@click.argument("source", type=click.Choice([GOOGLE, GOOGLE_PLACES]))
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
    delivered = converse(door, facts, organization_id, TRIALS[source])
    click.echo(
        f"{facts.label}: {'works. ' if delivered.done else ''}{delivered.detail}", err=not delivered.done
    )
    sys.exit(0 if delivered.done else 1)


def _try_google(adapter: Google, access: Access) -> Sending:
    token = yield from token_of(adapter, access)
    accounts = yield Fetch(adapter.list_accounts(token), secret=True)
    if accounts.outcome is not Outcome.OK:
        return Delivered(done=False, again=False, detail=accounts.detail)
    names = [account["name"] for account in accounts.extra.get("accounts", ())]
    reached = 0
    for name in names:
        locations = yield Fetch(adapter.list_locations(name, token))
        if locations.outcome is not Outcome.OK:
            return Delivered(done=False, again=False, detail=locations.detail)
        reached += len(locations.listings)
    return Delivered(done=True, again=False, detail=f"{len(names)} accounts, {reached} or more locations.")


def _try_places(adapter: GooglePlaces, access: Access) -> Sending:
    found = yield Fetch(adapter.search_text("Googleplex", access["api_key"]))
    if found.outcome is not Outcome.OK:
        return Delivered(done=False, again=False, detail=found.detail)
    return Delivered(done=True, again=False, detail="The key may search for places.")


TRIALS: dict[str, Callable[[Any, Access], Sending]] = {GOOGLE: _try_google, GOOGLE_PLACES: _try_places}
