"""Which locations a listing might describe: hashed keys, and finer ones where a key is crowded.

A key joins one or more normal forms of a record. A key borne by too many locations (a
call centre's phone, a mall's address, a brand in a metropolis) is not followed; its finer keys
are, so a crowd costs no time and loses no pair. Only locations decide what is crowded: a batch and
a single listing get the same candidates, and however many listings share a postcode, each of them
has a bounded number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from listings.matching.sides import Hashes, Ints, Side

GEO_CELL = 0.002
"""Degrees, about 220 m of latitude: a listing looks into its own cell and the eight around it."""

MOST = 60
"""A key that more locations bear is crowded."""

Pairs = tuple[Ints, Ints]
"""Listing rows and location rows, aligned."""


@dataclass(frozen=True, slots=True)
class Key:
    """The parts a key joins, how many locations may bear it, and the finer joins for a crowd.

    Weak keys have a low `most`: a pair they alone would find is not worth its time. The finer keys
    of a weak key carry more, and have MOST.
    """

    parts: tuple[str, ...]
    finer: tuple[tuple[str, ...], ...] = ()
    most: int = MOST


KEYS = (
    Key(("phone_end",), (("phone_end", "number"), ("phone_end", "postal"), ("phone_end", "city"))),
    Key(("page",), (("page", "number"), ("page", "postal"))),
    Key(("domain",), (("domain", "postal"), ("domain", "number"), ("domain", "city")), most=30),
    Key(("number", "postal"), (("number", "postal", "street"), ("number", "postal", "prefix"))),
    Key(
        ("number", "street"),
        (("number", "street", "postal"), ("number", "street", "city"), ("number", "street", "prefix")),
    ),
    Key(
        ("prefix", "city"),
        (("prefix", "city", "postal"), ("prefix", "city", "street"), ("prefix", "city", "number")),
    ),
    Key(("prefix", "postal"), (("prefix", "postal", "street"), ("prefix", "postal", "number"))),
    Key(("core",), (("core", "region"), ("core", "street"), ("core", "number")), most=20),
    Key(("token",), (("token", "postal"), ("token", "street")), most=10),
    Key(("cell",), (("cell", "prefix"), ("cell", "number")), most=20),
)
ROW_PARTS = (
    "phone_end",
    "domain",
    "page",
    "number",
    "street",
    "postal",
    "city",
    "region",
    "prefix",
    "core",
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Hashed parts of records, one array each; 0 stands for an empty part.

    `row` says whose a line is: a record has a line per name token, or per cell it looks into.
    """

    row: Ints
    hashes: Mapping[str, Hashes]

    def join(self, parts: Sequence[str]) -> Hashes:
        """One hash a line over these parts and their names; 0 where any of them is empty."""
        joined = np.zeros(len(self.row), dtype=np.uint64)
        whole = np.ones(len(self.row), dtype=bool)
        for part in parts:
            values = self.hashes[part]
            whole &= values != 0
            joined = (joined ^ (values * _salt(part))) * np.uint64(0x9E3779B97F4A7C15)
            joined ^= joined >> np.uint64(29)
        return np.where(whole, joined | np.uint64(1), np.uint64(0))

    def spread(self, row: Ints, part: str, values: Hashes) -> "Lines":
        """Lines of one more part: `row` says which line each of its values continues."""
        return Lines(self.row[row], {**{name: held[row] for name, held in self.hashes.items()}, part: values})

    def only(self, keep: NDArray[np.bool_]) -> "Lines":
        """The lines that are kept."""
        return Lines(self.row[keep], {name: held[keep] for name, held in self.hashes.items()})


def _salt(part: str) -> np.uint64:
    """An odd number per part, so that equal values of two parts don't meet."""
    return np.uint64(int.from_bytes(part.encode().ljust(8, b"\0")[:8], "big") | 1)


def record_lines(records: Side, *, around: bool) -> dict[str, Lines]:
    """The lines of records, by layout: row, token, cell.

    `around` asks for the neighbouring cells too, as a listing looks for locations near it.
    """
    row = np.arange(records.size, dtype=np.int64)
    lines = Lines(row, {part: records.exact[part] for part in ROW_PARTS})
    token_row, token = np.nonzero(records.name_words)
    return {
        "row": lines,
        "token": lines.spread(token_row, "token", records.name_words[token_row, token]),
        "cell": _cells(records, lines, around=around),
    }


def _cells(records: Side, lines: Lines, *, around: bool) -> Lines:
    known = np.flatnonzero(np.isfinite(records.latitude) & np.isfinite(records.longitude))
    south = np.floor(records.latitude[known] / GEO_CELL).astype(np.int64)
    west = np.floor(records.longitude[known] / GEO_CELL).astype(np.int64)
    steps = (-1, 0, 1) if around else (0,)
    cells = [((south + up) * 1_000_003 + west + right) for up in steps for right in steps]
    mixed = np.concatenate(cells).astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9) | np.uint64(1)
    return lines.spread(np.tile(known, len(cells)), "cell", mixed)


class Table:
    """One key kind of the locations: sorted hashes with the location rows that bear each."""

    def __init__(self, hashes: Hashes, rows: Ints) -> None:
        order = np.lexsort((rows, hashes))
        order = order[hashes[order] != 0]
        self.rows = rows[order]
        self.hashes, self.start, self.count = np.unique(hashes[order], return_index=True, return_counts=True)

    def find(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Where each hash's locations start and how many there are (0: none)."""
        if not len(self.hashes):
            return np.zeros(len(hashes), np.int64), np.zeros(len(hashes), np.int64)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        found = (self.hashes[at] == hashes) & (hashes != 0)
        return self.start[at], np.where(found, self.count[at], 0)

    def follow(self, start: Ints, count: Ints) -> Ints:
        """The location rows of these runs, one after the other."""
        ends = np.cumsum(count)
        found: Ints = self.rows[
            np.arange(ends[-1] if len(ends) else 0) + np.repeat(start - ends + count, count)
        ]
        return found


class KeyIndex:
    """The keys of all locations."""

    def __init__(self, locations: Side) -> None:
        layouts = record_lines(locations, around=False)
        self.size = locations.size
        self.tables: list[tuple[Key, Table, list[Table]]] = []
        for key in KEYS:
            lines = layouts[_layout(key)]
            hashes = lines.join(key.parts)
            table = Table(hashes, lines.row)
            crowd = lines.only(table.find(hashes)[1] > key.most)
            self.tables.append((key, table, [Table(crowd.join(parts), crowd.row) for parts in key.finer]))

    def pairs(self, listings: Side) -> Pairs:
        """Every (listing row, location row) that shares an uncrowded key, sorted, each once."""
        layouts = record_lines(listings, around=True)
        codes = [np.zeros(0, np.int64)]
        for key, table, finer in self.tables:
            lines = layouts[_layout(key)]
            crowd = lines.only(self._follow(table, lines, key.parts, key.most, codes))
            if len(crowd.row):
                for parts, fine in zip(key.finer, finer, strict=True):
                    self._follow(fine, crowd, parts, MOST, codes)
        found = np.unique(np.concatenate(codes))
        return found // max(self.size, 1), found % max(self.size, 1)

    def _follow(
        self, table: Table, lines: Lines, parts: Sequence[str], most: int, codes: list[Ints]
    ) -> NDArray[np.bool_]:
        """Add the pairs of the uncrowded keys to `codes`; say which lines met a crowd."""
        start, count = table.find(lines.join(parts))
        crowded = count > most
        count = np.where(crowded, 0, count)
        codes.append(np.repeat(lines.row, count) * self.size + table.follow(start, count))
        return crowded


def _layout(key: Key) -> str:
    return key.parts[0] if key.parts[0] in ("token", "cell") else "row"
