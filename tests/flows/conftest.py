"""The whole loop on a chain whose truth is known: sandbox, database, door, and the ledger to hold it against."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from crawlers.door import Door, make_door
from crawlers.run import Summary, crawl
from crawlers.sandbox import bing, oauth, places, yelp
from crawlers.sandbox.faults import Fault
from crawlers.sandbox.ledger import ledger
from crawlers.sandbox.server import SandboxServer, start
from crawlers.sandbox.twins import TWINS
from crawlers.sandbox.users_file import locations_csv
from crawlers.sandbox.world import World, make_world
from listings.crawl_plan import CrawlSource
from listings.db import Database
from listings.loading.apply import apply_chunk, finish
from listings.loading.apply import start as start_import
from listings.loading.plan import plan, read_file
from listings.models.crawl import Credential, CredentialState
from listings.models.location import Location
from listings.models.organization import Organization
from listings.models.traffic import SourceGate
from listings.secrets import Vault
from listings.settings import Settings

NOW = dt.datetime(2026, 9, 5, 20, 0, tzinfo=dt.UTC)
KEY = "a key for tests, at least 32 characters long"


@dataclass
class Loop:
    """One organization with its chain, and everything a worker has."""

    database: Database
    door: Door
    server: SandboxServer
    organization_id: int
    slots: int = 0

    def crawl(self, source: str) -> Summary:
        self.slots += 1
        asked = CrawlSource(self.organization_id, source, f"test{self.slots}", None)
        return crawl(self.door, asked)

    def crawl_all(self) -> list[Summary]:
        return [self.crawl(source) for source in TWINS]

    def fault(self, source: str, kind: str, *, count: int | None = None, path: str = "") -> None:
        self.server.sandbox.faults[source] = Fault(kind, count, path)

    def well(self) -> None:
        """The faults are over, and so is the time for which the sources wanted to be left alone."""
        self.server.sandbox.faults.clear()
        with self.database.write() as session:
            session.execute(sa.delete(SourceGate))

    def revoke(self) -> None:
        self.server.sandbox.revoked.add(oauth.REFRESH_TOKEN)

    def truth(self) -> dict[str, Any]:
        return ledger(self.server.sandbox)


def import_locations(database: Database, organization_id: int, file: Path) -> None:
    rows = read_file(file)
    with database.write() as session:
        changes = list(plan(session, organization_id, rows))
        run = start_import(
            session, organization_id, file_name=file.name, file_sha256="0", rows=len(rows), now=NOW
        )
        apply_chunk(session, run, changes, NOW)
        finish(run, NOW)


def connect(database: Database, vault: Vault, organization_id: int) -> None:
    secrets: dict[str, dict[str, Any]] = {
        "google": {
            "client_id": oauth.CLIENT_ID,
            "client_secret": oauth.CLIENT_SECRET,
            "refresh_token": oauth.REFRESH_TOKEN,
        },
        "google_places": {"api_key": places.API_KEY, "cover": "all"},
        "yelp": {"api_key": yelp.API_KEY},
        "bing": {"api_key": bing.API_KEY, "pages": "yes"},
        "bbb": {"search": "yes"},
    }
    with database.write() as session:
        session.add_all(
            Credential(
                organization_id=organization_id,
                source=source,
                name=source,
                secret=vault.seal(secret),
                state=CredentialState.OK,
                created_at=NOW,
            )
            for source, secret in secrets.items()
        )


@pytest.fixture
def loop(database: Database, tmp_path: Path) -> Iterator[Loop]:
    with looped(database, tmp_path, make_world(seed=7, locations=24, now=NOW)) as made:
        yield made


@contextmanager
def looped(database: Database, tmp_path: Path, world: World) -> Iterator[Loop]:
    """The whole loop on a world of one's own."""
    with start(world) as server:
        settings = Settings(
            home=tmp_path, secret_key=SecretStr(KEY), demo=True, sandbox=server.origin.removeprefix("http://")
        )
        # It tries again as often as ever, but at once: the shortest of what full jitter may draw.
        door = make_door(settings, database, lambda: server.sandbox.now, jitter=lambda low, high: low)
        with database.write() as session:
            organization = Organization(
                name="Ostermill Bakery", time_zone="America/New_York", locale="en_US", created_at=NOW
            )
            session.add(organization)
            session.flush()
            organization_id = organization.id
        file = tmp_path / "locations.csv"
        file.write_text(locations_csv(world))
        import_locations(database, organization_id, file)
        connect(database, door.vault, organization_id)
        yield Loop(database, door, server, organization_id)
        door.close()


@pytest.fixture
def codes(loop: Loop) -> dict[int, str]:
    """The code of each location by its id."""
    with loop.database.read() as session:
        return dict(session.execute(sa.select(Location.id, Location.code)).all())
