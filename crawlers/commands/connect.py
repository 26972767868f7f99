"""`goodstanding connect`: store a source's credential, encrypted."""

import json
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from listings.answers import opens_answers
from listings.clock import now
from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.models.crawl import Credential, CredentialState
from listings.organizations import NoOrganization, the_organization
from listings.secrets import Vault
from listings.settings import BadSettings
from listings.sources import SOURCES


@click.command(cls=Guarded)
@click.argument("source", type=click.Choice([key for key, one in SOURCES.items() if one.credential]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--organization", help="Whose access this is, where there are several organizations.")
def connect(source: str, file: Path, organization: str | None) -> None:
    """Store the access to SOURCE that stands in FILE, a JSON object.

    google needs client_id, client_secret and refresh_token; google_places and yelp need api_key; what
    bing and bbb take is optional. The file can be deleted afterwards.
    """
    secret = read_secret(source, file)
    settings = settings_from_env()
    database = ready_database(settings)
    try:
        sealed = Vault(settings).seal(secret)
        with database.write() as session:
            organization_id = the_organization(session, organization).id
            credential = session.scalar(
                sa.select(Credential).where(
                    Credential.organization_id == organization_id,
                    Credential.source == source,
                    Credential.name == source,
                )
            )
            if credential is None:
                credential = Credential(
                    organization_id=organization_id, source=source, name=source, created_at=now()
                )
                session.add(credential)
            credential.secret = sealed
            credential.answers = opens_answers(SOURCES[source], secret)
            credential.state = CredentialState.OK
            credential.cause = None
    except (BadSettings, NoOrganization) as error:
        raise Refused(str(error)) from error
    click.echo(f"Stored. Try it with: goodstanding check {source}")


def read_secret(source: str, file: Path) -> dict[str, Any]:
    """The credential of a file, checked. Raises Refused naming what is missing."""
    try:
        secret = json.loads(file.read_text())
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise Refused(f"{file}: not a JSON file ({error})") from error
    if not isinstance(secret, dict):
        raise Refused(f"{file}: must hold one JSON object")
    parts = SOURCES[source].credential
    needed = [part.name for part in parts if part.required]
    for name in needed:
        if not isinstance(secret.get(name), str) or not secret[name]:
            raise Refused(f"{file}: “{name}” is missing; {source} needs {', '.join(needed)}")
    unknown = set(secret) - {part.name for part in parts}
    if unknown:
        raise Refused(f"{file}: “{min(unknown)}” isn't known; {source} takes {', '.join(needed)}")
    return secret
