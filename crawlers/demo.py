"""The demo's data folder: a sample chain, its people, its access to the local sources, a few days of history.

Everything goes through the same doors as a user's own data: the file is imported, the sources are
crawled, nothing is written past the product.
"""

import datetime as dt
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from crawlers.door import Door
from crawlers.matching import compare_records, follow_second_listings
from crawlers.run import crawl
from crawlers.sandbox import bing, oauth, places, yelp
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.users_file import locations_csv
from crawlers.sandbox.world import BRAND, World
from listings.crawl_plan import CrawlSource
from listings.db import Database
from listings.loading.apply import apply_chunk, chunks, finish, start
from listings.loading.plan import plan, read_file
from listings.models.crawl import Credential, CredentialState
from listings.models.imports import ImportRun
from listings.models.organization import Organization
from listings.models.person import Role
from listings.passwords import hash_password
from listings.people import add_person, set_password
from listings.secrets import Vault
from listings.sources import BBB, BING, GOOGLE, GOOGLE_PLACES, SOURCES, YELP
from reputation.widgets import WidgetOptions, create

MARK = "demo.json"
DAYS_OF_HISTORY = 3
ADMIN = "maya@ostermill.example"
MANAGER = "luis@ostermill.example"
SECRETS: Mapping[str, Mapping[str, str]] = {
    GOOGLE: {
        "client_id": oauth.CLIENT_ID,
        "client_secret": oauth.CLIENT_SECRET,
        "refresh_token": oauth.REFRESH_TOKEN,
    },
    # The local source costs nothing, so every place is looked at in public view as well.
    GOOGLE_PLACES: {"api_key": places.API_KEY, "cover": "all"},
    YELP: {"api_key": yelp.API_KEY},
    BING: {"api_key": bing.API_KEY, "pages": "yes"},
    BBB: {"search": "yes"},
}


@dataclass(frozen=True, slots=True)
class Story:
    """What a second start of the demo has to know: when its world began, and the password."""

    began: dt.datetime
    password: str


def read_story(home: Path) -> Story | None:
    """The story of a demo that was set up to its end; None for any other folder."""
    file = home / MARK
    try:
        told = json.loads(file.read_text())
        return Story(dt.datetime.fromisoformat(told["began"]), told["password"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def begin_story(home: Path, now: dt.datetime) -> Story:
    """A story for a fresh folder, which is marked as a demo's but not yet as set up."""
    (home / MARK).touch(mode=0o600)
    return Story(now - dt.timedelta(days=DAYS_OF_HISTORY), secrets.token_urlsafe(9))


def keep_story(home: Path, story: Story) -> None:
    """Tell the next start that the demo stands."""
    (home / MARK).write_text(json.dumps({"began": story.began.isoformat(), "password": story.password}))


def settle(
    database: Database, vault: Vault, world: World, home: Path, *, story: Story, now: dt.datetime
) -> int:
    """Organization, people, locations and access; returns the organization's id."""
    file = home / "locations.csv"
    file.write_text(locations_csv(world))
    with database.write() as session:
        organization = Organization(name=BRAND, time_zone="America/New_York", locale="en_US", created_at=now)
        session.add(organization)
        session.flush()
        organization_id = organization.id
    _import(database, organization_id, file, now)
    # Made before the transaction: a good hash takes its time, and would hold the write lock for it.
    hashed = hash_password(story.password)
    with database.write() as session:
        _people(session, organization_id, hashed, now)
        for source, secret in SECRETS.items():
            session.add(_credential(vault, organization_id, source, secret, now))
        create(session, organization_id, name="Home page", location_ids=[], options=WidgetOptions(), now=now)
    return organization_id


def _import(database: Database, organization_id: int, file: Path, now: dt.datetime) -> None:
    rows = read_file(file)
    with database.read() as session:
        changes = list(plan(session, organization_id, rows))
    with database.write() as session:
        run_id = start(
            session, organization_id, file_name=file.name, file_sha256="demo", rows=len(rows), now=now
        ).id
    for chunk in chunks(changes):
        with database.write() as session:
            apply_chunk(session, session.get_one(ImportRun, run_id), chunk, now)
    with database.write() as session:
        finish(session.get_one(ImportRun, run_id), now)


def _people(session: Session, organization_id: int, hashed: str, now: dt.datetime) -> None:
    admin = add_person(session, organization_id, ADMIN, "Maya Ortiz", Role.ADMIN, now=now)
    manager = add_person(
        session,
        organization_id,
        MANAGER,
        "Luis Ferrer",
        Role.MANAGER,
        now=now,
        location_codes=("0101", "0102"),
    )
    for person in (admin, manager):
        set_password(session, person, hashed, now)


def _credential(
    vault: Vault, organization_id: int, source: str, secret: Mapping[str, Any], now: dt.datetime
) -> Credential:
    return Credential(
        organization_id=organization_id,
        source=source,
        name=source,
        secret=vault.seal(secret),
        state=CredentialState.OK,
        created_at=now,
    )


def live_through(door: Door, sandbox: Sandbox, organization_id: int, tell: Callable[[str], None]) -> None:
    """The days before today: a crawl of every source, then a day passes, until it is now."""
    for day in range(DAYS_OF_HISTORY + 1):
        for source in SOURCES:
            summary = crawl(door, CrawlSource(organization_id, source, f"demo-day-{day}", None))
            found = summary.counts["flagged"] + summary.counts["came_back"]
            tell(f"day {day + 1} of {DAYS_OF_HISTORY + 1}: {source} read, new mismatches: {found}")
        if day < DAYS_OF_HISTORY:
            sandbox.advance(1)
    # A worker would do so a minute after each crawl.
    for source in SOURCES:
        follow_second_listings(door, organization_id, source)
    compare_records(door, organization_id)
