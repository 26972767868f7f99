"""The same place twice within one file."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from listings.matching.block import CHUNK, scored
from listings.matching.candidates import KeyIndex
from listings.matching.features import compare, counts
from listings.matching.layout import side
from listings.matching.scorecard import Scorecard, logit, shipped
from listings.matching.sides import Aligned


def find_duplicates(
    records: pl.DataFrame, sources: Sequence[str | None], scorecard: Scorecard | None = None
) -> pl.DataFrame:
    """The pairs of normalised records to match or review, as SCORED_SCHEMA: `listing` before `location`.

    Two sources' listings of a place are no duplicates: only rows of the same source are paired.
    """
    card = scorecard or shipped()
    least = logit(card.calibrations["duplicates"].review)
    rows = side(records)
    keys = KeyIndex(rows)
    # The other record of a pair is not a further one that shares its phone or name.
    known = counts(rows, but=1)
    _, source = np.unique([name or "" for name in sources], return_inverse=True)
    found = [scored(*(np.zeros(0, np.int64),) * 2, np.zeros(0), np.zeros((len(card.points), 0), np.uint8))]
    for start in range(0, records.height, CHUNK):
        i, j = keys.pairs(side(records[start : start + CHUNK]))
        i += start
        apart = (i < j) & (source[i] == source[j])
        i, j = i[apart], j[apart]
        levels = compare(Aligned(rows, rows, i, j), known)
        log_odds = card.log_odds(levels, "duplicates")
        kept = log_odds >= least
        found.append(scored(i[kept], j[kept], log_odds[kept], levels[:, kept]))
    return pl.concat(found).sort("listing", "location")
