"""Stored pages read again per minute, beside a plain loop that only unpacks and parses them.

    python -m bench.bench_replay [--pages 10000]

The pages are 150 to 200 KB large and stored as a crawl stores them. Ours does what `goodstanding
replay` does: unpack, read with the source's reader, hold every field against what is stored. The
peer takes the same bodies out of the database with sqlite3, and parses them with BeautifulSoup over
lxml, on a tenth of the pages.
"""

import argparse
import random
import sqlite3
import tempfile
import time
import zlib
from pathlib import Path

import sqlalchemy as sa
from bs4 import BeautifulSoup
from pydantic import SecretStr

from bench.bench_pages import business
from bench.pages import page
from crawlers.door import make_door
from crawlers.replay import replay
from crawlers.sandbox.world import make_world
from crawlers.source import Answer, Request
from crawlers.sources.website import Website
from listings import clock, jobs, migrate
from listings.db import Database
from listings.models.listing import Listing
from listings.models.organization import Organization
from listings.models.snapshot import Snapshot
from listings.settings import Settings
from listings.snapshots import Fetched, pack, store
from listings.sources import WEBSITE, facts

DIFFERENT = 200
"""Pages that differ; their addresses all do."""
AT_ONCE = 50


def fill(database: Database, pages: int) -> int:
    """Store the pages with the listings that rest on them; returns the organization's id."""
    now, reader, draw = clock.now(), Website(), random.Random(7)
    world = make_world(7, DIFFERENT, now=now)
    bodies = [page(business(world.facts(index)), draw) for index in range(DIFFERENT)]
    with database.write() as session:
        organization = Organization(
            name="Bench", public_id="bench", time_zone="UTC", locale="en", created_at=now
        )
        session.add(organization)
        session.flush()
        organization_id = organization.id
    for first in range(0, pages, AT_ONCE):
        with database.write() as session:
            for number in range(first, min(first + AT_ONCE, pages)):
                url, body = f"https://bench.example/{number}", bodies[number % DIFFERENT]
                answer = Answer(url, 200, {"content-type": "text/html"}, body, now, Request(url))
                (record,) = reader.read(answer).listings
                kept = store(
                    session,
                    organization_id,
                    facts(WEBSITE),
                    Fetched(url, 200, "ok", pack(body), now, reader.reader_version),
                )
                session.add(
                    Listing(
                        organization_id=organization_id,
                        source=WEBSITE,
                        source_id=url,
                        record=record.as_json(),
                        snapshot_id=kept.id,
                        first_seen_at=now,
                        last_seen_at=now,
                    )
                )
    return organization_id


def plain(file: str, pages: int) -> float:
    """Seconds a page of the plain loop."""
    rows = sqlite3.connect(file)
    query = (
        "SELECT body.compressed FROM snapshot JOIN body ON body.sha256 = snapshot.sha256 "
        "ORDER BY snapshot.id LIMIT ?"
    )
    began = time.perf_counter()
    for (compressed,) in rows.execute(query, (pages,)):
        BeautifulSoup(zlib.decompress(compressed), "lxml").find("script", type="application/ld+json")
    took = time.perf_counter() - began
    rows.close()
    return took / pages


def main() -> None:
    """Fill a database, replay it, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=10_000)
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), secret_key=SecretStr("k" * 40), database_url="")
        database = Database(settings.database)
        migrate.upgrade(database)
        jobs.create_tables(database)
        organization_id = fill(database, pages)
        door = make_door(settings, database)
        began = time.perf_counter()
        found = replay(door, organization_id, facts(WEBSITE))
        took = time.perf_counter() - began
        door.close()
        with database.read() as session:
            stored = session.scalar(sa.select(sa.func.count(Snapshot.id)))
        database.dispose()
        if found.read != stored or found.unreadable or found.differences:
            raise SystemExit(
                f"the replay went wrong: {found.read} of {stored} read, {found.unreadable} unreadable"
            )
        peer = plain(str(Path(folder) / "goodstanding.db"), max(1, pages // 10))
    print("             seconds   ms a page   of the peer")
    print(f"ours{took:>16.1f}{1000 * took / pages:>12.2f}{took / pages / peer:>14.2f}")
    print(f"plain loop{peer * pages:>10.1f}{1000 * peer:>12.2f}{1.0:>14.2f}   (a tenth measured)")


if __name__ == "__main__":
    main()
