"""What every crawl and delivery of one worker shares: the database, the way out, the keys."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version

from crawlers.http import Client, Limits
from crawlers.limits import Conditions, Fetcher, Permit
from crawlers.outcomes import Failure
from crawlers.pace import Clock as RealTime
from crawlers.pace import SystemClock
from crawlers.rehearsal import SandboxTransport
from crawlers.retry import Jitter
from crawlers.robots import Robots
from crawlers.source import Answer, Request
from listings.clock import now
from listings.db import Database
from listings.secrets import ValueHash, Vault
from listings.settings import LOOPBACK_HOSTS, BadSettings, Settings

PRODUCT = "Goodstanding"

REAL_LIMITS = Limits(
    # Google allows 300 queries a minute and project (https://developers.google.com/my-business/content/limits).
    rates={
        "mybusiness.googleapis.com": 5.0,
        "mybusinessbusinessinformation.googleapis.com": 5.0,
        "mybusinessaccountmanagement.googleapis.com": 5.0,
        "oauth2.googleapis.com": 5.0,
        "places.googleapis.com": 10.0,
        # Sites without an offer to programs: a page every few seconds, as a reader would.
        "www.bbb.org": 0.25,
        "local.yahoo.com": 0.2,
    }
)
SANDBOX_LIMITS = Limits(rate=500.0, retries=2)


@dataclass(frozen=True, slots=True)
class Door:
    """The crawling side's way to everything outside of it.

    `clock` tells the time that is written down, `real` the time in which sources count requests.
    `way` is the client of one source on one account; without it nothing is counted. Local sources
    (`sandboxed`) allow any number of requests.
    """

    database: Database
    client: Client
    robots: Robots
    vault: Vault
    hashes: ValueHash
    clock: Callable[[], dt.datetime] = now
    real: RealTime = field(default_factory=SystemClock)
    way: Fetcher | None = None
    sandboxed: bool = False

    def fetch(
        self, request: Request, *, conditions: Conditions | None = None, permit: Permit | None = None
    ) -> Answer | Failure:
        """Fetch, counted where a source has been named. Raises plan.Stopped when it may not be asked now."""
        return (self.way or self.client).fetch(request, conditions=conditions, permit=permit)

    def close(self) -> None:
        """Close the way out; the database stays with whoever opened it."""
        self.client.__exit__()


def make_door(
    settings: Settings,
    database: Database,
    clock: Callable[[], dt.datetime] = now,
    jitter: Jitter = random.uniform,
) -> Door:
    """The door for these settings. Raises BadSettings when they don't allow one.

    `clock` tells the time that is written down; a chain that lives faster than the world has its own.
    `jitter` draws the pause before a request is tried again.
    """
    client = _client(settings, jitter)
    return Door(
        database, client, Robots(client, PRODUCT, SystemClock()), Vault(settings), ValueHash(settings), clock,
        sandboxed=bool(settings.sandbox),
    )  # fmt: skip


def _client(settings: Settings, jitter: Jitter) -> Client:
    agent = f"{PRODUCT}/{version('goodstanding')}"
    contact = settings.contact or settings.public_url
    user_agent = f"{agent} (+{contact})"
    if not settings.sandbox:
        return Client(user_agent, limits=REAL_LIMITS, jitter=jitter)
    host = settings.sandbox.rpartition(":")[0]
    if not settings.demo or host not in LOOPBACK_HOSTS:
        raise BadSettings(
            "GOODSTANDING_SANDBOX: local sources are for the demo only and only on this machine; "
            "unset it, or set GOODSTANDING_DEMO=1 and an address such as 127.0.0.1:8787"
        )
    return Client(
        user_agent, limits=SANDBOX_LIMITS, transport=SandboxTransport(settings.sandbox), jitter=jitter
    )
