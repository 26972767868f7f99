"""`goodstanding replay`: read the stored answers again, see what would change, then change it."""

import json

import click

from crawlers.door import make_door
from crawlers.replay import Replayed, apply
from crawlers.replay import replay as read_again
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.organizations import NoOrganization, the_organization
from listings.settings import BadSettings
from listings.sources import SOURCES, SourceFacts

SHOWN = 50


@click.command(cls=Guarded)
@click.option("--source", type=click.Choice(list(SOURCES)), help="Only this source; default: all.")
@click.option("--apply", "applying", is_flag=True, help="Write down what would change.")
@click.option("--organization", help="Which organization, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source.")
def replay(*, source: str | None, applying: bool, organization: str | None, as_json: bool) -> None:
    """Read stored answers with today's readers and print what would change, without fetching anything."""
    settings = settings_from_env()
    database = ready_database(settings)
    try:
        door = make_door(settings, database)
        with database.read() as session:
            organization_id = the_organization(session, organization).id
    except (BadSettings, NoOrganization) as error:
        raise Refused(str(error)) from error
    for facts in [SOURCES[source]] if source else SOURCES.values():
        found = read_again(door, organization_id, facts)
        _print(facts, found, as_json=as_json)
        if applying and found.differences:
            changed = apply(door, organization_id, facts)
            click.echo(f"{facts.label}: {changed} listings changed.", err=as_json)
    door.close()
    database.dispose()


def _print(facts: SourceFacts, found: Replayed, *, as_json: bool) -> None:
    if as_json:
        differences = [
            {"listing": one.source_id, "fields": {name: list(pair) for name, pair in one.fields.items()}}
            for one in found.differences
        ]
        line = {
            "source": facts.key, "read": found.read, "unreadable": found.unreadable,
            "removed_by_policy": found.removed, "differences": differences,
        }  # fmt: skip
        click.echo(json.dumps(line, ensure_ascii=False))
        return
    click.echo(
        f"{facts.label}: {found.read} stored answers read, {found.unreadable} unreadable, "
        f"{found.removed} taken away by its policy; {len(found.differences)} listings would change"
    )
    for one in found.differences[:SHOWN]:
        for name, (before, after) in one.fields.items():
            click.echo(f"  {one.source_id}  {name}: {before!s} → {after!s}")
    if len(found.differences) > SHOWN:
        click.echo(f"  … and {len(found.differences) - SHOWN} more")
