"""`goodstanding crawl`: crawl now, in this process, and tell what came of it."""

import json
import sys

import click
import sqlalchemy as sa

from crawlers.access import NoAccess
from crawlers.door import Door, make_door
from crawlers.run import Summary
from crawlers.run import crawl as run_crawl
from listings.clock import now
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.crawl_plan import CrawlSource, connected, crawls_of
from listings.models.location import Location
from listings.organizations import NoOrganization, the_organization
from listings.settings import BadSettings
from listings.sources import SOURCES, SourceFacts


@click.command(cls=Guarded)
@click.option(
    "--source", type=click.Choice(list(SOURCES)), help="Only this source; default: every connected one."
)
@click.option("--location", "code", help="Only the location with this code.")
@click.option("--organization", help="Which organization, where there are several.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a source.")
def crawl(source: str | None, code: str | None, organization: str | None, as_json: bool) -> None:
    """Crawl now and wait; prints a summary of outcomes per source.

    Exit code 1 when a source could not be read to its end.
    """
    settings = settings_from_env()
    database = ready_database(settings)
    try:
        door = make_door(settings, database)
        with database.read() as session:
            organization_id = the_organization(session, organization).id
            sources = [SOURCES[source]] if source else connected(session, organization_id)
    except (BadSettings, NoOrganization) as error:
        raise Refused(str(error)) from error
    complete = True
    for facts in sources:
        complete &= _one_source(door, organization_id, facts, code, as_json=as_json)
    door.close()
    database.dispose()
    sys.exit(0 if complete else 1)


def _one_source(
    door: Door, organization_id: int, facts: SourceFacts, code: str | None, *, as_json: bool
) -> bool:
    complete = True
    for asked in _crawls(door, organization_id, facts, code):
        try:
            summary = run_crawl(door, asked, None if as_json else _progress)
        except NoAccess as error:
            click.echo(f"{facts.label}: {error}", err=True)
            return False
        _print(facts, summary, as_json=as_json)
        complete &= summary.complete
    return complete


def _crawls(door: Door, organization_id: int, facts: SourceFacts, code: str | None) -> list[CrawlSource]:
    with door.database.read() as session:
        ids = None
        if code is not None:
            query = sa.select(Location.id).where(Location.organization_id == organization_id)
            ids = session.scalars(query.where(Location.code == code)).all()
            if not ids:
                raise Refused(f"no location has the code “{code}”.")
        return crawls_of(session, organization_id, facts, f"now:{now().isoformat()}", ids)


def _progress(summary: Summary) -> None:
    if sys.stderr.isatty():
        done = sum(summary.outcomes.values())
        click.echo(f"\r{summary.source}: {done} answers", nl=False, err=True)


def _print(facts: SourceFacts, summary: Summary, *, as_json: bool) -> None:
    if as_json:
        line = {
            "source": facts.key, "complete": summary.complete, "outcomes": dict(summary.outcomes),
            "counts": dict(summary.counts), "detail": summary.detail,
        }  # fmt: skip
        click.echo(json.dumps(line))
        return
    outcomes = ", ".join(f"{count} {name}" for name, count in summary.outcomes.items()) or "nothing to read"
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in summary.counts.items() if count)
    ending = "" if summary.complete else f" — stopped: {summary.detail}"
    over = "\r" if sys.stderr.isatty() else ""
    click.echo(f"{over}{facts.label}: {outcomes}; {counts or 'nothing new'}{ending}")
