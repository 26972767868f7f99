"""`goodstanding bulk-file`: open corrections as a file to upload at the source."""

from pathlib import Path

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import bulk_file as bulk
from listings.clock import now
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.models.organization import Organization
from listings.models.person import Person, Role
from listings.organizations import NoOrganization, the_organization
from listings.people import normal_email
from listings.source_terms import Door
from listings.sources import SOURCES, SourceFacts

TAKING = [key for key, one in SOURCES.items() if one.fix is Door.FILE]


@click.command("bulk-file", cls=Guarded)
@click.argument("source", type=click.Choice(TAKING))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--take-back", is_flag=True, help="The newest file was not uploaded: open its corrections again."
)
@click.option("--person", "email", help="Who does it, by e-mail; default: the only administrator.")
@click.option("--organization", help="Whose corrections, where there are several organizations.")
def bulk_file(
    source: str, file: Path | None, email: str | None, organization: str | None, *, take_back: bool
) -> None:
    """Write the open corrections of SOURCE to FILE (CSV) and mark them as sent by it.

    They wait until a later crawl shows them at the source, or open again.
    """
    if take_back == (file is not None):
        raise Refused("give either a FILE to write or --take-back")
    if file is not None and file.exists():
        raise Refused(f"{file}: is there already; name a new file")
    database = ready_database(settings_from_env())
    try:
        with database.write() as session:
            owner = the_organization(session, organization)
            person = _person(session, owner, email)
            said = _write(session, owner, person, SOURCES[source], file) if file else ""
            if file is None:
                reopened = bulk.take_back(session, owner.id, SOURCES[source], now())
                said = f"{_count(reopened, 'correction')} open again."
    except NoOrganization as error:
        raise Refused(str(error)) from error
    finally:
        database.dispose()
    click.echo(said)


def _write(session: Session, owner: Organization, person: Person, source: SourceFacts, file: Path) -> str:
    corrections = bulk.open_corrections(session, owner.id, source)
    if not corrections:
        return f"Nothing is open at {source.label}; no file was written."
    try:
        # Written before it is marked: a file that nobody knows of does less harm than a mark without a file.
        file.write_text(bulk.file_of(session, corrections), encoding="utf-8", newline="")
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from error
    moment = now()
    bulk.mark_sent(session, corrections, person_id=person.id, now=moment)
    places = len({row.location_id for row in corrections})
    until = f"{moment + source.usual_delay:%Y-%m-%d}"
    what = f"{_count(len(corrections), 'correction')} of {_count(places, 'location')}"
    return (
        f"{file}: {what}, to be uploaded at {source.edit_url}. They usually show by {until}. "
        f"Not uploaded? goodstanding bulk-file {source.key} --take-back"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _person(session: Session, owner: Organization, email: str | None) -> Person:
    query = sa.select(Person).where(Person.organization_id == owner.id, Person.disabled_at.is_(None))
    if email is not None:
        found = session.scalars(query.where(Person.email == normal_email(email))).all()
        if not found:
            raise Refused(f"nobody of {owner.name} has the e-mail {email}.")
        return found[0]
    admins = session.scalars(query.where(Person.role == Role.ADMIN)).all()
    if len(admins) != 1:
        raise Refused("say who does it: --person with an e-mail.")
    return admins[0]
