"""The last resort for a listing that shares no key with any location: names with common trigrams."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from listings.matching.candidates import Pairs
from listings.matching.scorecard import Points
from listings.matching.sides import Ints

BUCKETS = 1 << 18
NAME_BYTES = 60
NEAREST = 10
LEAST_COSINE = 0.3
COMMON = 500
"""A trigram in more location names than this finds nobody in particular; it also bounds the time."""

_BATCH = 500


class NgramIndex:
    """The trigrams of all location names, weighted by how rare they are; each name is held once."""

    def __init__(self, compact: pl.Series) -> None:
        names = pl.DataFrame({"name": compact.fill_null("")}).with_row_index("row")
        known = names.group_by("name").agg("row").sort(pl.col("row").list.first())
        rows = known["row"].explode(empty_as_null=False).to_numpy().astype(np.int64)
        self.rows, self.number = rows, known["row"].list.len().to_numpy().astype(np.int64)
        self.start = np.cumsum(self.number) - self.number
        counts = _trigrams(known["name"])
        seen = np.asarray((counts > 0).T @ self.number).ravel()
        rarity = np.log1p(len(compact) / np.maximum(seen, 1))
        self.weight = np.where(seen > max(COMMON, len(compact) // 200), 0.0, rarity)
        self.grams = self._weighted(counts).T.tocsr()

    def _weighted(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        weighted = counts @ sparse.diags(self.weight)
        length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
        return (sparse.diags(1 / np.maximum(length, 1e-9)) @ weighted).tocsr()

    def pairs(self, compact: pl.Series) -> Pairs:
        """The NEAREST location rows of each name by cosine, never below LEAST_COSINE."""
        asked = (
            pl.DataFrame({"name": compact})
            .with_row_index("row")
            .group_by("name", maintain_order=True)
            .agg("row")
        )
        name, found = self._nearest_of(asked["name"])
        rows = asked["row"].gather(name)
        number = rows.list.len().to_numpy()
        row = rows.explode(empty_as_null=False).to_numpy().astype(np.int64)
        return row, np.repeat(found, number)

    def _nearest_of(self, names: pl.Series) -> Pairs:
        rows, found = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for start in range(0, len(names), _BATCH):
            alike = (self._weighted(_trigrams(names[start : start + _BATCH])) @ self.grams).tocsr()
            row = np.repeat(np.arange(alike.shape[0], dtype=np.int64), np.diff(alike.indptr))
            keep = _nearest(row, alike.data, alike.indices)
            keep = keep[alike.data[keep] >= LEAST_COSINE]
            row, cosine, location = self._bearers(row[keep], alike.data[keep], alike.indices[keep])
            keep = _nearest(row, cosine, location)
            rows.append(row[keep] + start)
            found.append(location[keep])
        return np.concatenate(rows), np.concatenate(found)

    def _bearers(self, row: Ints, cosine: Points, name: Ints) -> tuple[Ints, Points, Ints]:
        """The locations that bear these names, at most NEAREST of each."""
        number = np.minimum(self.number[name], NEAREST)
        place = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        location = self.rows[np.repeat(self.start[name], number) + place]
        return np.repeat(row, number), np.repeat(cosine, number), location


def _nearest(row: Ints, cosine: Points, other: Ints) -> Ints:
    """The positions of the NEAREST of each row, the nearest first."""
    order = np.lexsort((other, -cosine, row))
    rank = np.arange(len(order)) - np.searchsorted(row, row)
    return order[rank < NEAREST]


def _trigrams(compact: pl.Series) -> sparse.csr_matrix:
    """Names by trigram bucket; three bytes of UTF-8, so that scripts without spaces work as well."""
    names = [f" {name or ''} ".encode()[:NAME_BYTES] for name in compact.to_list()]
    length = np.array([len(name) for name in names], dtype=np.int64)
    text = np.frombuffer(b"".join(names) + b"\0\0", dtype=np.uint8).astype(np.int64)
    owner: Ints = np.repeat(np.arange(len(names), dtype=np.int64), length)
    gram = (text[:-2] << 16) | (text[1:-1] << 8) | text[2:]
    whole: NDArray[np.bool_] = np.arange(len(owner)) < np.repeat(np.cumsum(length) - 2, length)
    bucket = (gram[whole] * 2_654_435_761 & 0xFFFFFFFF) >> 14
    ones = np.ones(len(bucket), np.float64)
    return sparse.csr_matrix((ones, (owner[whole], bucket)), shape=(len(names), BUCKETS))
