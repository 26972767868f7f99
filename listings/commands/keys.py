"""`goodstanding keys`: which key the stored secrets are under, and the way to a new one."""

import sys

import click

from listings.commands.guarded import Guarded
from listings.commands.ready import Refused, ready_database, settings_from_env
from listings.db import Database
from listings.reseal import SEALED, reseal
from listings.secrets import Vault, new_key
from listings.settings import BadSettings


@click.group()
def keys() -> None:
    """Change the key that seals stored credentials."""


@keys.command(cls=Guarded)
def new() -> None:
    """Print a new key for GOODSTANDING_ENCRYPTION_KEYS; nothing is stored."""
    click.echo(new_key())


@keys.command(cls=Guarded)
def check() -> None:
    """Count the stored secrets that an older key seals; exit code 1 when there are any, or when one can't be opened."""
    anew, lost = _each(dry=True)
    click.echo(f"{anew} stored secrets are under an older key.")
    _end(lost, also=anew > 0)


@keys.command(cls=Guarded)
def rotate() -> None:
    """Seal every stored secret with the first key of GOODSTANDING_ENCRYPTION_KEYS.

    Web and workers may run meanwhile, with both keys set. Stopped half-way it can simply be
    started again. Exit code 1 when a secret can't be opened with any key.
    """
    anew, lost = _each(dry=False)
    click.echo(f"{anew} stored secrets were sealed with the first key.")
    _end(lost)


def _each(*, dry: bool) -> tuple[int, list[str]]:
    settings = settings_from_env()
    database = ready_database(settings)
    try:
        vault = Vault(settings)
    except BadSettings as error:
        raise Refused(str(error)) from error
    try:
        return _in_chunks(database, vault, dry=dry)
    finally:
        database.dispose()


def _in_chunks(database: Database, vault: Vault, *, dry: bool) -> tuple[int, list[str]]:
    anew, lost = 0, list[str]()
    for column in SEALED:
        after: int | None = 0
        while after is not None:
            with database.read() if dry else database.write() as session:
                done = reseal(session, vault, column, after, dry=dry)
            anew += done.anew
            lost += done.lost
            after = done.last
    return anew, lost


def _end(lost: list[str], *, also: bool = False) -> None:
    for row in lost:
        click.echo(f"{row}: no key opens it; connect that source again, or add its key at the end.", err=True)
    sys.exit(1 if lost or also else 0)
