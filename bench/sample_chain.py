"""A sample chain in a database of its own, ready to be crawled from a local server."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from crawlers import demo
from crawlers.door import Door, make_door
from crawlers.sandbox.world import World, make_world
from listings import clock, jobs, migrate
from listings.db import Database
from listings.secrets import Vault
from listings.settings import Settings

SEED = 7


@contextmanager
def settled(address: str, locations: int) -> Iterator[tuple[Door, int, World]]:
    """The door to the sources at `address` (host:port), the chain's organization, and its world."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(
            home=home, demo=True, sandbox=address, secret_key=SecretStr("k" * 40), database_url=""
        )
        database = Database(settings.database)
        migrate.upgrade(database)
        jobs.create_tables(database)
        now = clock.now()
        world, story = make_world(SEED, locations, now=now), demo.Story(now, "a password for the bench")
        organization_id = demo.settle(database, Vault(settings), world, home, story=story, now=now)
        door = make_door(settings, database)
        try:
            yield door, organization_id, world
        finally:
            door.close()
            database.dispose()
