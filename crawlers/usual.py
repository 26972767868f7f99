"""Whether a crawl finds fewer filled fields or listings than its source usually shows.

Each field is a share, so the rule is the one of a control chart for shares (p-chart, NIST/SEMATECH
e-Handbook of Statistical Methods 6.3.3.2) made safe for few records and for outliers:

- the usual share is the median over the past crawls, each with the weight of its records;
- the past counts as much as ENOUGH_RUNS usual crawls, however long it is, because the same listings
  come again and again: a hundred looks at 24 listings are no 2,400 listings. It counts as less where
  its crawls differ by more than twice what chance does, by their median absolute deviation: then
  each looked at listings of another kind;
- a share has fallen when so few filled fields, or fewer, would come by chance once in CHANCE times
  (beta-binomial with Jeffreys' prior, exact for few records), and when what is missing is more than
  max(5, 20 %) of what was to be expected, the measure that holds back a drop of reviews too.

Counts in, yes or no out; nothing here asks the database.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from listings.fill_history import ENOUGH_RUNS

CHANCE = 1e-4
AT_MOST = 1000
"""Records that are weighed; a larger crawl is judged like this many with the same share."""
_SPREAD = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many records."""

    filled: int
    records: int

    @property
    def rate(self) -> float:
        """Between 0 and 1."""
        return self.filled / self.records


def usual_rate(past: Sequence[Share]) -> float | None:
    """The share that is usual, from crawls with at least one record; None when there were too few."""
    return _median([(one.rate, one.records) for one in past]) if len(past) >= ENOUGH_RUNS else None


def has_fallen(now: Share, past: Sequence[Share]) -> bool:
    """Whether a share is lower than chance and the source's past explain."""
    usual = usual_rate(past)
    if usual is None or not too_few(now.filled, usual * now.records):
        return False
    weight = _weight(usual, past)
    records = min(now.records, AT_MOST)
    filled = round(now.rate * records)
    return _at_most(filled, records, usual * weight + 0.5, (1 - usual) * weight + 0.5) < CHANCE


def count_has_fallen(now: int, past: Sequence[int]) -> bool:
    """Whether a whole account shows fewer listings than it did, beyond how its count goes up and down."""
    if len(past) < ENOUGH_RUNS:
        return False
    usual = usual_count(past)
    spread = _SPREAD * _median([(abs(count - usual), 1) for count in past])
    return too_few(now, usual) and usual - now > 5 * spread


def usual_count(past: Sequence[int]) -> float:
    """The number of listings that is usual."""
    return _median([(float(count), 1) for count in past])


def too_few(now: int, expected: float) -> bool:
    """Whether more than max(5, 20 %) of what was to be expected is missing."""
    return expected - now > max(5, 0.2 * expected)


def _weight(usual: float, past: Sequence[Share]) -> float:
    """How many records the past is worth."""
    records = _median([(float(one.records), one.records) for one in past])
    spread = _SPREAD * _median([(abs(one.rate - usual), one.records) for one in past])
    chance = usual * (1 - usual)
    by_chance = chance / records
    weight = min(float(sum(one.records for one in past)), ENOUGH_RUNS * records)
    if spread**2 <= 4 * by_chance:
        return weight
    return max(1.0, min(weight, chance / (spread**2 - by_chance)))


def _median(weighted: Sequence[tuple[float, int]]) -> float:
    """The value below and above which half of the weight lies."""
    half = sum(weight for _, weight in weighted) / 2
    for value, weight in sorted(weighted):
        half -= weight
        if half <= 0:
            return value
    return 0.0


def _at_most(filled: int, records: int, yes: float, no: float) -> float:
    """The chance of so few or fewer, by the beta-binomial distribution; its terms follow one another."""
    log_term = (
        math.lgamma(records + no) - math.lgamma(no) + math.lgamma(yes + no) - math.lgamma(records + yes + no)
    )
    total = 0.0
    for count in range(filled + 1):
        total += math.exp(log_term)
        if count < records:
            step = (records - count) * (count + yes) / ((count + 1) * (records - count - 1 + no))
            log_term += math.log(step)
    return total
