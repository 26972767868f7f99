"""Every request to a source passes here: is it held, is the breaker open, is there a token left?

The answers to that are rows (listings.gate, listings.quota), so all workers on all machines obey
the same word. A source that is held ends the conversation (`Held`), which is taken up again when
the source may be asked.
"""

import datetime as dt
import math
import random
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from crawlers.door import Door
from crawlers.http import Client
from crawlers.limits import Conditions, Permit
from crawlers.outcomes import Failure, Reason, Trouble
from crawlers.pace import Clock, SystemClock
from crawlers.plan import Access, Stopped
from crawlers.retry import PASSING_STATUS, retry_after
from crawlers.settle import source_state
from crawlers.source import Answer, Outcome, Request
from listings import gate, quota
from listings.db import Database
from listings.models.crawl import SourceState
from listings.quota import Endpoint, Told
from listings.source_terms import Quota
from listings.sources import SourceFacts

TOO_MANY = 429
HOST_FAILS = frozenset(
    {
        Reason.NAME_NOT_FOUND, Reason.NAME_UNRESOLVED, Reason.CONNECTION_FAILED, Reason.TLS_FAILED,
        Reason.CONNECTION_LOST, Reason.BROKEN_ANSWER, Reason.DEADLINE,
    }
)  # fmt: skip
NEUTRAL = frozenset({Reason.HELD, Reason.BLOCKED_ADDRESS, Reason.REFUSED_URL, Reason.ROBOTS})
"""Failures that say nothing of the host: it was not asked."""
LOOK_EVERY = 1.0
"""Seconds between two looks at whether somebody has paused the source."""
HEADERS = Quota(0, dt.timedelta(days=1), spaced=False)
"""What is counted where only a source's headers speak of a limit."""


def metered(door: Door, organization_id: int, source: SourceFacts, access: Access) -> Door:
    """The door to one source on the account of this access, counted with all who use the same."""
    holder = _holder(door, organization_id, source, access)
    limit = None if door.sandboxed else source.quota
    meter = Meter(door.client, door.database, source, organization_id, holder, limit=limit, clock=door.real)
    return replace(door, way=meter)


def _holder(door: Door, organization_id: int, source: SourceFacts, access: Access) -> str:
    """Who is counted, without telling it; remembered, so that the screens find the count."""
    part = access.get(source.quota.holder or "") if source.quota else None
    holder = (
        door.hashes.of([source.key, part]) if part else f"organization:{organization_id}" if access else ""
    )
    with door.database.read() as session:
        state = session.get(SourceState, (organization_id, source.key))
        known = state is not None and state.quota_holder == holder
    if not known:
        with door.database.write() as session:
            source_state(session, organization_id, source.key).quota_holder = holder
    return holder


class Held(Stopped):
    """A source may not be asked before `until`; nothing was sent."""

    def __init__(self, outcome: Outcome, detail: str, until: dt.datetime) -> None:
        super().__init__(outcome, detail)
        self.until = until


class Paused(Stopped):
    """Somebody has paused the source while it was being read."""


class Meter:
    """The way to one source on one account: a client that counts, waits and holds back.

    `clock` is the real time, in which sources count; `holder` tells the account, "" without one.
    """

    def __init__(
        self,
        client: Client,
        database: Database,
        source: SourceFacts,
        organization_id: int,
        holder: str,
        *,
        limit: Quota | None,
        clock: Clock | None = None,
        jitter: gate.Jitter = random.uniform,
    ) -> None:
        self._client = client
        self._database = database
        self._source = source
        self._organization_id = organization_id
        self._holder = holder
        self._limit = limit
        self._clock = clock or SystemClock()
        self._jitter = jitter
        self._marred: set[Endpoint] = set()
        self._looked = -math.inf

    def fetch(
        self,
        request: Request,
        *,
        conditions: Conditions | None = None,
        follow: bool = True,
        repeatable: bool | None = None,
        permit: Permit | None = None,
    ) -> Answer | Failure:
        """Fetch as Client does. Raises Held when the source may not be asked now, Paused when it is paused."""
        self._look_whether_paused()
        result = self._client.fetch(
            request, conditions=conditions, follow=follow, repeatable=repeatable, permit=permit, watch=self
        )
        self._judge(result)
        if isinstance(result, Failure) and result.reason is Reason.HELD and result.retry_after is not None:
            until = self._clock.now() + dt.timedelta(seconds=result.retry_after)
            raise Held(result.outcome, result.detail, until)
        return result

    def admit(self, url: str) -> Failure | None:
        """Asked before every request: waits for its turn; why not, when it may not leave."""
        endpoint = self._endpoint(url)
        refusal = self._refusal(endpoint, url)
        if refusal is not None or self._limit is None:
            return refusal
        with self._database.write() as session:
            turn = quota.take(session, endpoint, self._limit, self._clock.now())
        if turn.again_at is not None:
            return self._failure(Outcome.QUOTA, _used_up(self._limit), url, turn.again_at)
        if not turn.wait:
            return None
        self._clock.sleep(turn.wait)
        # In the meantime the source may have asked to be left alone; the turn is lost then.
        return self._refusal(endpoint, url)

    def note(self, url: str, result: Answer | Trouble) -> None:
        """Told after every request: a source that asks to be left alone is heard at once, by all."""
        if isinstance(result, Trouble) or result.status not in PASSING_STATUS:
            return
        now = self._clock.now()
        wish = retry_after(result.headers.get("retry-after"), now)
        if wish is None:
            return
        endpoint, too_many = self._endpoint(url), result.status == TOO_MANY
        if not too_many:
            endpoint = endpoint._replace(holder="")
        reason = f"{endpoint.host} answered {result.status} and asked us to wait"
        with self._database.write() as session:
            gate.hold(session, endpoint, now + dt.timedelta(seconds=wish), reason, too_many=too_many)

    def told(self, url: str, said: Mapping[str, object]) -> None:
        """What an answer's headers said of the requests that are left, as its adapter read them."""
        told = Told(_whole(said.get("limit")), _whole(said.get("remaining")), _moment(said.get("resets_at")))
        with self._database.write() as session:
            quota.told(session, self._endpoint(url), self._limit or HEADERS, told, self._clock.now())

    def held_until(self) -> dt.datetime | None:
        """Until when the source holds this account back; None when it may be asked."""
        with self._database.read() as session:
            return gate.held_anywhere(session, self._source.key, self._holder, self._clock.now())

    def _look_whether_paused(self) -> None:
        moment = self._clock.monotonic()
        if moment - self._looked < LOOK_EVERY:
            return
        self._looked = moment
        with self._database.read() as session:
            state = session.get(SourceState, (self._organization_id, self._source.key))
        if state is not None and state.paused_at is not None:
            raise Paused(Outcome.UNAVAILABLE, "paused; resume it on the Sources screen.")

    def _refusal(self, endpoint: Endpoint, url: str) -> Failure | None:
        now = self._clock.now()
        with self._database.look() as rows:
            found = gate.standing(rows, endpoint, now)
        if found.marred:
            self._marred.add(endpoint)
        if found.held_until is not None:
            outcome = Outcome.QUOTA if found.too_many else Outcome.UNAVAILABLE
            return self._failure(outcome, found.reason or endpoint.host, url, found.held_until)
        if not found.half_open:
            return None
        with self._database.write() as session:
            ours = gate.probe(session, endpoint, now)
        if ours:
            return None
        detail = f"{endpoint.host} failed {gate.OPENS_AT} times in a row and is being tried again"
        return self._failure(Outcome.UNAVAILABLE, detail, url, now + gate.PROBE)

    def _judge(self, result: Answer | Failure) -> None:
        """Count what a whole fetch says of its host, with all its repeats one time."""
        endpoint, now = self._endpoint(result.url), self._clock.now()
        why = _failing(result)
        if why is None:
            if endpoint in self._marred and not _is_neutral(result):
                self._marred.discard(endpoint)
                with self._database.write() as session:
                    gate.went_well(session, endpoint)
            return
        self._marred.add(endpoint)
        count = gate.refused if why.startswith(str(TOO_MANY)) else gate.failed
        with self._database.write() as session:
            count(session, endpoint, now, f"{endpoint.host}: {why}", self._jitter)

    def _endpoint(self, url: str) -> Endpoint:
        return Endpoint(self._source.key, (urlsplit(url).hostname or "").lower(), self._holder)

    def _failure(self, outcome: Outcome, detail: str, url: str, until: dt.datetime) -> Failure:
        seconds = max(0.0, (until - self._clock.now()).total_seconds())
        return Failure(
            outcome,
            Reason.HELD,
            f"{detail}; it may be asked again at {until:%Y-%m-%d %H:%M:%S} UTC",
            url,
            seconds,
        )


def _failing(result: Answer | Failure) -> str | None:
    """What of a fetch counts against its host, in words; None when it doesn't."""
    if isinstance(result, Answer):
        return None
    if result.reason in HOST_FAILS:
        return result.detail
    status = result.answer.status if result.answer is not None else 0
    if result.reason is Reason.HTTP_STATUS and (status >= 500 or status == TOO_MANY):
        return None if result.retry_after is not None else f"{status} again and again"
    return None


def _is_neutral(result: Answer | Failure) -> bool:
    if isinstance(result, Answer):
        return False
    return result.reason in NEUTRAL or result.retry_after is not None


def _used_up(limit: Quota) -> str:
    span = {60: "minute", 3600: "hour", 86_400: "day"}.get(
        int(limit.window.total_seconds()), f"{limit.window}"
    )
    return f"this {span}’s quota of requests is used up"


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _moment(value: object) -> dt.datetime | None:
    return value if isinstance(value, dt.datetime) and value.tzinfo is not None else None
