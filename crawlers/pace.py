"""Time: how often a host is asked, how long it asked us to stay away, when a fetch must end."""

import datetime as dt
import math
import threading
import time
from collections.abc import Hashable, Mapping
from typing import Protocol

from crawlers.outcomes import Reason, Trouble
from listings.clock import now

_MOST_HOSTS = 10_000
_IDLE = 300.0  # far beyond any interval


class Clock(Protocol):
    """Time as the client needs it; tests pass one of their own."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after at least so many seconds."""
        ...

    def now(self) -> dt.datetime:
        """The time of day, aware, UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        """See Clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """See Clock."""
        time.sleep(seconds)

    def now(self) -> dt.datetime:
        """See Clock."""
        return now()


class Deadline:
    """The moment a fetch must end, however slowly the other side drips."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._ends = clock.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, negative when past."""
        return self._ends - self._clock.monotonic()

    def left(self) -> float:
        """Seconds left, always positive; raises Trouble (DEADLINE) when none is."""
        seconds = self.remaining
        if seconds <= 0:
            raise Trouble(Reason.DEADLINE, "the answer wasn't complete in time")
        return seconds

    def extend(self, seconds: float) -> None:
        """Not count what we waited out of politeness."""
        self._ends += seconds


class Pace:
    """Requests per second and host, for all threads of this process together.

    `wait` queues before a connection is taken; `sending` and `sent` enclose the moment the request
    leaves and keep the distance once more, from the end of one sending to the begin of the next: a
    slow handshake, or a thread that isn't given its time, must not push two requests together.
    """

    def __init__(self, clock: Clock, rate: float, rates: Mapping[str, float] | None = None) -> None:
        self._clock = clock
        self._default = 1 / rate
        self._intervals = {host: 1 / per_second for host, per_second in (rates or {}).items()}
        self._lock = threading.Lock()
        self._left = threading.Condition(self._lock)
        self._leaving: set[str] = set()
        self._queued: dict[str, float] = {}
        self._sent: dict[str, float] = {}
        self._held: dict[Hashable, float] = {}

    def wait(self, host: str) -> float:
        """Sleep until it is this caller's turn; seconds slept."""
        with self._lock:
            moment = self._clock.monotonic()
            turn = max(moment, self._earliest(self._queued, host))
            self._note(self._queued, host, turn)
        if turn > moment:
            self._clock.sleep(turn - moment)
        return turn - moment

    def sending(self, host: str) -> float:
        """Sleep until the last request to this host is far enough away; seconds slept.

        Who sleeps wakes late on a busy machine, so this is looked at again after each sleep. Nobody
        else is let go to this host until `sent` is called, which is owed however the sending ends.
        """
        began = self._clock.monotonic()
        while True:
            with self._left:
                self._left.wait_for(lambda: host not in self._leaving)
                moment = self._clock.monotonic()
                early = self._earliest(self._sent, host) - moment
                if early <= 0:
                    self._leaving.add(host)
                    return moment - began
            self._clock.sleep(early)

    def sent(self, host: str) -> None:
        """Note that the request has left: the distance to the next one begins now."""
        with self._left:
            self._leaving.discard(host)
            self._note(self._sent, host, self._clock.monotonic())
            self._left.notify_all()

    def slow(self, host: str, interval: float) -> None:
        """Keep at least `interval` seconds between requests to this host from now on."""
        with self._lock:
            self._intervals[host] = max(interval, self._intervals.get(host, self._default))

    def hold(self, holder: Hashable, seconds: float) -> None:
        """Send nothing for this holder until `seconds` have passed."""
        with self._lock:
            self._held[holder] = max(self._held.get(holder, 0), self._clock.monotonic() + seconds)

    def held(self, holder: Hashable) -> float:
        """Seconds this holder still has to wait, 0 when free."""
        with self._lock:
            until = self._held.get(holder, 0)
            left = until - self._clock.monotonic()
            if left <= 0:
                self._held.pop(holder, None)
        return max(left, 0)

    def _earliest(self, turns: dict[str, float], host: str) -> float:
        """When this host may be asked again."""
        return turns.get(host, -math.inf) + self._intervals.get(host, self._default)

    def _note(self, turns: dict[str, float], host: str, turn: float) -> None:
        turns[host] = turn
        if len(turns) > _MOST_HOSTS:
            for idle in [name for name, taken in turns.items() if taken < turn - _IDLE]:
                del turns[idle]
