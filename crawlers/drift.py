"""Values that vanish from many listings at once: then the source's answers have changed, not the listings.

A single listing that no longer names its phone is a difference to be flagged. Half of them at once
are a renamed field that the reader no longer finds, and what was known has to stay. Two things tell
it: what is stored of the very listings that a crawl looks at, and what former crawls of the source
found (crawlers/usual.py).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawlers.fill import LISTING_FIELDS, LISTINGS, RECORDS, SEARCH, Fill
from crawlers.former_runs import FormerRuns
from crawlers.usual import too_few
from listings.drifted import word
from listings.fill_history import PastRun
from listings.records import ListingRecord

WATCHED = LISTING_FIELDS
AT_LEAST = 3
"""Listings; of fewer nobody can say whether they changed or their source did."""
FEW_NEW = 0.2
"""Up to this share of listings without a stored record, what is stored tells best what was to be expected."""

Stored = Mapping[str, Any] | None
"""A listing's stored record as JSON, None where none is kept."""


@dataclass(slots=True)
class Drift:
    """Counts within one run which values are still shown where they were shown before.

    `suspects` drifted in an earlier run, so that one listing is enough to doubt them again; of
    `accepted` fields a person has said that the source shows them no more. `past` are the source's
    former runs; `run_id` is under which this one is remembered, None where it is no round of the
    source but a look at few of its listings.
    """

    suspects: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    past: Sequence[PastRun] = ()
    run_id: int | None = None
    fill: Fill = field(default_factory=Fill)
    _kept: Counter[str] = field(default_factory=Counter)
    _lost: Counter[str] = field(default_factory=Counter)
    _new: int = 0

    def gone_from(self, before: Stored, now: ListingRecord) -> frozenset[str]:
        """Note one listing; returns the fields whose value was stored and is shown no more."""
        self._new += before is None
        told = {name for name in WATCHED if before is not None and before.get(name) is not None}
        gone = frozenset(name for name in told - self.accepted if getattr(now, name) is None)
        self._lost.update(gone)
        self._kept.update(told - gone)
        return gone

    def drifting(self) -> frozenset[str]:
        """The fields that more listings have lost than kept, or that far fewer show than the source's past has it."""
        lost = {
            name
            for name, lost in self._lost.items()
            if lost > self._kept[name] and (lost >= AT_LEAST or name in self.suspects)
        }
        return frozenset(lost | self._fallen().keys() | self._not_back())

    def settled(self) -> frozenset[str]:
        """The suspects and accepted fields that are shown again."""
        again = {name for name in WATCHED if self._kept[name] > self._lost[name]}
        again |= self._former().usual_again(AT_LEAST)
        return ((self.suspects | self.accepted) & again) - self.drifting()

    def told(self, fields: Collection[str]) -> str:
        """In words, how many listings lost which of these fields, or how many show them at all."""
        lost = [name for name in WATCHED if name in fields and self._lost[name] > self._kept[name]]
        told = [
            f"{word(name)} is gone from {self._lost[name]} of "
            f"{self._lost[name] + self._kept[name]} listings that showed it"
            for name in lost
        ]
        told += [text for name, text in sorted(self._fallen().items()) if name in fields and name not in lost]
        return "; ".join(told) or f"still not seen again: {', '.join(map(word, sorted(fields)))}"

    def _former(self) -> FormerRuns:
        return FormerRuns(self.past, self.fill)

    def _fallen(self) -> Mapping[str, str]:
        """What the source's past has more of, unless these very listings never had it, or a person believes it."""
        return {
            name: text
            for name, text in self._former().fallen().items()
            if name not in self.accepted and not self._never_had(name)
        }

    def _never_had(self, name: str) -> bool:
        """Whether nearly all listings are known, and have lost no more of it than single listings do."""
        filled = self.fill.filled
        records = sum(filled[kind][RECORDS] for kind in (LISTINGS, SEARCH) if kind in filled)
        known = name in WATCHED and self._new <= FEW_NEW * records
        return known and not too_few(self._kept[name], self._kept[name] + self._lost[name])

    def _not_back(self) -> set[str]:
        """Suspects of which nothing is stored and this run showed nothing: they can't be back."""
        if self.run_id is None:
            return set()
        return {name for name in self.suspects if name not in WATCHED} - self._former().seen()
