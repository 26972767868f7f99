"""`goodstanding person`: add people, and hand out links by which they choose their password."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import clock, people
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.db import Database
from listings.models.location import Location
from listings.models.organization import Organization
from listings.models.person import Person, PersonLocation, Role
from listings.settings import Settings


@click.group()
def person() -> None:
    """Add people and hand out set-password links."""


@person.command(cls=Guarded)
@click.argument("email")
@click.option("--name", required=True, help="What colleagues call them.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.MANAGER.value,
    show_default=True,
    help="A manager acts on certain locations, a viewer only looks.",
)
@click.option("--organization", default="", help="Needed when there is more than one, or none yet.")
@click.option("--new-organization", is_flag=True, help="Create the organization of that name.")
@click.option(
    "--location", "codes", multiple=True, metavar="CODE", help="A location they see; may be repeated."
)
def add(
    *, email: str, name: str, role: str, organization: str, new_organization: bool, codes: tuple[str, ...]
) -> None:
    """Add a person and print the link by which they choose their password."""
    with _writing() as (db, settings, now):
        owner = _organization(db, organization, create=new_organization, now=now)
        added = people.add_person(db, owner.id, email, name, Role(role), now=now, location_codes=codes)
        link = _link(db, settings, added, now)
    click.echo(link)


@person.command(cls=Guarded)
@click.argument("email")
def link(email: str) -> None:
    """Print a new set-password link for somebody; older links stop working."""
    with _writing() as (db, settings, now):
        made = _link(db, settings, _person(db, email), now)
    click.echo(made)


@person.command(cls=Guarded)
@click.argument("email")
def disable(email: str) -> None:
    """Refuse a person from now on and log them out everywhere."""
    with _writing() as (db, _, now):
        people.disable(db, _person(db, email), now)
    click.echo(f"{people.normal_email(email)} is disabled and logged out everywhere.")


@person.command("list", cls=Guarded)
def list_people() -> None:
    """List everybody: e-mail, role, organization, locations, state (tab-separated)."""
    with _database() as (database, _), database.read() as db:
        rows = db.execute(
            sa.select(Person, Organization.name)
            .join(Organization, Organization.id == Person.organization_id)
            .order_by(Organization.name, Person.email)
        )
        for someone, organization in rows:
            codes = db.scalars(
                sa.select(Location.code)
                .join(PersonLocation, PersonLocation.location_id == Location.id)
                .where(PersonLocation.person_id == someone.id)
                .order_by(Location.code)
            )
            places = ",".join(codes) or "-"
            click.echo("\t".join((someone.email, someone.role.value, organization, places, _state(someone))))


def _state(someone: Person) -> str:
    if someone.disabled_at:
        return "disabled"
    return "active" if someone.password_hash else "no password yet"


@contextmanager
def _database() -> Iterator[tuple[Database, Settings]]:
    settings = settings_from_env()
    database = ready_database(settings)
    try:
        yield database, settings
    finally:
        database.dispose()


@contextmanager
def _writing() -> Iterator[tuple[Session, Settings, dt.datetime]]:
    try:
        with _database() as (database, settings), database.write() as db:
            yield db, settings, clock.now()
    except people.BadPerson as error:
        raise Refused(str(error)) from error


def _person(db: Session, email: str) -> Person:
    found = people.find_person(db, email)
    if found is None:
        raise people.BadPerson(
            f"Nobody here has the e-mail {email}; `goodstanding person list` shows everybody"
        )
    return found


def _link(db: Session, settings: Settings, someone: Person, now: dt.datetime) -> str:
    token = people.issue_password_link(db, someone, now)
    return f"{settings.public_url}{people.PASSWORD_PATH}{token}"


def _organization(db: Session, name: str, *, create: bool, now: dt.datetime) -> Organization:
    every = db.scalars(sa.select(Organization).order_by(Organization.name)).all()
    found = [each for each in every if not name or each.name.casefold() == name.strip().casefold()]
    if len(found) == 1 and not create:
        return found[0]
    if found and create and name:
        raise people.BadPerson(f"There is an organization named {name} already; leave --new-organization out")
    if not name.strip():
        raise people.BadPerson("Name the organization: --organization NAME")
    if every and not create:
        names = ", ".join(each.name for each in every)
        raise people.BadPerson(
            f"No organization is named {name} (there is {names}); create it with --new-organization"
        )
    created = Organization(name=name.strip(), created_at=now)
    db.add(created)
    db.flush()
    return created
