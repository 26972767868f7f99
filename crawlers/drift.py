"""Values that vanish from many listings at once: then the source's answers have changed, not the listings.

A single listing that no longer names its phone is a difference to be flagged. Half of them at once
are a renamed field that the reader no longer finds, and what was known has to stay.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from listings.records import ListingRecord

WATCHED = ("name", "street", "city", "postal_code", "phone", "website", "categories", "hours", "latitude")
"""What a listing has for good. Special days end for all listings at once, and ratings may be switched off."""
AT_LEAST = 3
"""Listings; of fewer nobody can say whether they changed or their source did."""

Stored = Mapping[str, Any] | None
"""A listing's stored record as JSON, None where none is kept."""


@dataclass(slots=True)
class Drift:
    """Counts within one run which values are still shown where they were shown before.

    `suspects` drifted in an earlier run, so that one listing is enough to doubt them again; of
    `accepted` fields a person has said that the source shows them no more.
    """

    suspects: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    _kept: Counter[str] = field(default_factory=Counter)
    _lost: Counter[str] = field(default_factory=Counter)

    def gone_from(self, before: Stored, now: ListingRecord) -> frozenset[str]:
        """Note one listing; returns the fields whose value was stored and is shown no more."""
        told = {name for name in WATCHED if before is not None and before.get(name) is not None}
        gone = frozenset(name for name in told - self.accepted if getattr(now, name) is None)
        self._lost.update(gone)
        self._kept.update(told - gone)
        return gone

    def drifting(self) -> frozenset[str]:
        """The fields that more listings have lost than kept."""
        return frozenset(
            name
            for name, lost in self._lost.items()
            if lost > self._kept[name] and (lost >= AT_LEAST or name in self.suspects)
        )

    def settled(self) -> frozenset[str]:
        """The suspects and accepted fields that are shown again."""
        return frozenset(
            name for name in self.suspects | self.accepted if self._kept[name] > self._lost[name]
        )

    def told(self, fields: Collection[str]) -> str:
        """In words, how many listings lost which of these fields."""
        return "; ".join(
            f"{_WORDS.get(name, name.replace('_', ' '))} is gone from {self._lost[name]} of "
            f"{self._lost[name] + self._kept[name]} listings that showed it"
            for name in WATCHED
            if name in fields
        )


_WORDS = {"latitude": "the pin", "categories": "the category"}
