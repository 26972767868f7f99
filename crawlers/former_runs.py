"""One crawl held against the former crawls of its source: which fields it shows less of than usual."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crawlers.fill import LISTINGS, RECORDS, SEARCHES, Fill, name_of
from crawlers.usual import Share, count_has_fallen, has_fallen, too_few, usual_count, usual_rate
from listings.drifted import word
from listings.fill_history import ENOUGH_RUNS, PastRun

COUNT = "listings"
"""The name under which the number of an account's listings itself is told."""


@dataclass(frozen=True, slots=True)
class FormerRuns:
    """The crawl that `fill` counts, and the source's past."""

    runs: Sequence[PastRun]
    fill: Fill

    def fallen(self) -> Mapping[str, str]:
        """What is shown less than usual, by its name, each with a sentence."""
        told = {
            name: _sentence(name, kind, share, usual_rate(past) or 0.0)
            for name, kind, share, past in self._shares()
            if has_fallen(share, past)
        }
        count, counts = self._listings(), self._past_counts()
        if self.fill.whole and count_has_fallen(count, counts):
            told[COUNT] = f"{count} listings are shown, usually {usual_count(counts):.0f}"
        return told

    def seen(self) -> frozenset[str]:
        """What this crawl found anything of at all."""
        count = [COUNT] if self.fill.whole else []
        return frozenset([*(name for name, _, share, _ in self._shares() if share.filled), *count])

    def usual_again(self, at_least: int) -> frozenset[str]:
        """What as many as usual show, of so many records at the least."""
        found = {
            name
            for name, _, share, past in self._shares()
            if share.records >= at_least
            and (usual := usual_rate(past)) is not None
            and not too_few(share.filled, usual * share.records)
        }
        counts = self._past_counts()
        if self.fill.whole and len(counts) >= ENOUGH_RUNS and not count_has_fallen(self._listings(), counts):
            found.add(COUNT)
        return frozenset(found)

    def _shares(self) -> Iterator[tuple[str, str, Share, list[Share]]]:
        for kind, counts in self.fill.filled.items():
            for shown in counts.keys() - {RECORDS}:
                name = name_of(kind, shown)
                yield name, kind, Share(counts[shown], counts[RECORDS]), self._past(kind, shown, name)

    def _past(self, kind: str, shown: str, name: str) -> list[Share]:
        return [
            Share(counts.get(shown, 0), counts[RECORDS])
            for run in self.runs
            if name not in run.apart and (counts := run.filled.get(kind)) is not None
        ]

    def _listings(self) -> int:
        counts = self.fill.filled.get(LISTINGS)
        return counts[RECORDS] if counts else 0

    def _past_counts(self) -> list[int]:
        return [
            run.filled.get(LISTINGS, {}).get(RECORDS, 0)
            for run in self.runs
            if run.whole and COUNT not in run.apart
        ]


def _sentence(name: str, kind: str, share: Share, usual: float) -> str:
    of = {SEARCHES: "searches", "reviews": "reviews"}.get(kind, "listings")
    return f"{word(name)}: in {share.filled} of {share.records} {of}, usually in {usual:.0%}"
