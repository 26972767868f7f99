"""What has happened to the world since it started: time passed, fixes and replies taken in, faults."""

import dataclasses
import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crawlers.sandbox.facts import Facts
from crawlers.sandbox.faults import Fault
from crawlers.sandbox.planting import Listing, field_of, planted, plants_of
from crawlers.sandbox.world import World

FIELD_PARTS = {"street": ("lines",), "coordinates": ("latitude", "longitude")}
"""Which attributes of Facts make up a field of the ledger, where the names differ."""

OVERWRITTEN_AFTER = dt.timedelta(days=3)
"""How long after a fix is visible Google overwrites it, where a plant comes back."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction a source took in: new values of Facts attributes and when they show."""

    values: Mapping[str, Any]
    sent: dt.datetime
    visible: dt.datetime
    reverts: dt.datetime | None = None

    def shows(self, moment: dt.datetime) -> bool:
        """Whether the source shows it at that moment."""
        return self.visible <= moment and (self.reverts is None or moment < self.reverts)


@dataclass(frozen=True, slots=True)
class SentReply:
    """A reply put through the API; `text` None means the owner's reply was deleted."""

    text: str | None
    at: dt.datetime


class Sandbox:
    """One running world. Time stands still until `advance`, unless `pace` lets it flow.

    `fix_delay` and `reply_delay` are the world's time until a fix shows and a reply is approved;
    `pace` is the world's seconds per real second, read from `clock` (monotonic seconds). Methods
    may be called from several threads.
    """

    def __init__(
        self,
        world: World,
        *,
        fix_delay: dt.timedelta = dt.timedelta(days=1),
        reply_delay: dt.timedelta = dt.timedelta(hours=1),
        pace: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = world
        self.fix_delay, self.reply_delay = fix_delay, reply_delay
        self.lock = threading.RLock()
        self.fixes: dict[tuple[str, int], list[Fix]] = {}
        self.announced: dict[str, str] = {}
        self.attributes: dict[int, dict[str, dict[str, Any]]] = {}
        self.replies: dict[tuple[int, str], SentReply] = {}
        self.deprecated: set[str] = set()
        self.delisted: set[tuple[str, int]] = set()
        self.yelp_answers: dict[str, str] = {}
        self.tokens: dict[str, dt.datetime] = {}
        self.revoked: set[str] = set()
        self.faults: dict[str, Fault] = {}
        self.calls: Counter[tuple[str, str]] = Counter()
        self._advanced = dt.timedelta()
        self._pace, self._clock, self._started = pace, clock, clock()

    @property
    def now(self) -> dt.datetime:
        """The world's present moment, aware, in UTC."""
        flowed = dt.timedelta(seconds=self._pace * (self._clock() - self._started))
        return self.world.now + self._advanced + flowed

    @property
    def day(self) -> float:
        """Days since the world started."""
        return (self.now - self.world.now) / dt.timedelta(days=1)

    def advance(self, days: float) -> dt.datetime:
        """Let time pass; returns the new moment. Raises ValueError for a step back."""
        if days < 0:
            raise ValueError("time doesn't go back")
        with self.lock:
            self._advanced += dt.timedelta(days=days)
            return self.now

    def shown(self, entry: Listing) -> Facts:
        """What the source shows of an entry now: truth, plants, then the fixes that show."""
        facts, now = planted(self.world, entry, self.day), self.now
        for fix in self.fixes_of(entry):
            if fix.shows(now):
                facts = dataclasses.replace(facts, **fix.values)
        return facts

    def owned(self, entry: Listing) -> Facts:
        """What the owner's own account says: what Google changed by itself is not in it.

        Both what is planted on a later day and the overwriting of a fix are Google's own changes.
        """
        facts, now = planted(self.world, entry, 0), self.now
        for fix in self.fixes_of(entry):
            if fix.visible <= now:
                facts = dataclasses.replace(facts, **fix.values)
        return facts

    def overruled(self, entry: Listing) -> frozenset[str]:
        """The attributes of Facts in which customers see another value than the owner gave."""
        owned, shown = self.owned(entry), self.shown(entry)
        names = (field.name for field in dataclasses.fields(owned))
        return frozenset(name for name in names if getattr(owned, name) != getattr(shown, name))

    def fixes_of(self, entry: Listing) -> list[Fix]:
        """The fixes of an entry in the order they came."""
        with self.lock:
            return list(self.fixes.get((entry.source, entry.number), ()))

    def pending(self, entry: Listing) -> bool:
        """Whether a fix was taken in that the source doesn't show yet."""
        now = self.now
        return any(fix.visible > now for fix in self.fixes_of(entry))

    def fix(self, entry: Listing, values: Mapping[str, Any], *, at_once: bool = False) -> None:
        """Take a correction in; the first one of a plant that comes back is overwritten later."""
        with self.lock:
            earlier = self.fixes.setdefault((entry.source, entry.number), [])
            visible = self.now if at_once else self.now + self.fix_delay
            stubborn = _stubborn(self.world, entry, earlier)
            kept = {part: value for part, value in values.items() if part not in stubborn}
            lost = {part: value for part, value in values.items() if part in stubborn}
            if kept:
                earlier.append(Fix(kept, self.now, visible))
            if lost:
                earlier.append(Fix(lost, self.now, visible, visible + OVERWRITTEN_AFTER))

    def reply(self, number: int, review_id: str, text: str | None) -> SentReply:
        """Take a reply in, or with None its deletion."""
        with self.lock:
            sent = SentReply(text, self.now)
            self.replies[number, review_id] = sent
            return sent

    def reply_state(self, sent: SentReply) -> str:
        """PENDING until the delay has passed, then APPROVED; a reply with a link is REJECTED."""
        if self.now < sent.at + self.reply_delay:
            return "PENDING"
        return "REJECTED" if sent.text and "http" in sent.text else "APPROVED"


def _stubborn(world: World, entry: Listing, earlier: Iterable[Fix]) -> set[str]:
    """The attributes whose next fix is overwritten: of plants that come back and haven't yet."""
    fields = [field_of(plant) for plant in plants_of(world, entry) if plant.comes_back]
    parts = {part for field in fields for part in FIELD_PARTS.get(field, (field,))}
    return parts - {part for fix in earlier if fix.reverts for part in fix.values}
