"""Which locations a listing might describe: hashed keys, and finer ones where a key is crowded.

A key joins one or more normal forms of a record. A key borne by too many locations (a
call centre's phone, a mall's address, a brand in a metropolis) is not followed; its finer keys
are, so a crowd costs no time and loses no pair. Only locations decide what is crowded: a batch and
a single listing get the same candidates, and however many listings share a postcode, each of them
has a bounded number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from listings.matching.at_once import at_once
from listings.matching.sides import Hashes, Ints, Side

GEO_CELL = 0.002
"""Degrees, about 220 m of latitude: a listing looks into its own cell and the eight around it."""

MOST = 60
"""A key that more locations bear is crowded."""

Pairs = tuple[Ints, Ints]
"""Listing rows and location rows, aligned."""


CONTACT, NAME, DOOR = 1, 2, 4
"""Facets of a record that a key may say to agree."""

SHARED = 4
"""A phone or page that this many locations have says nothing of one of them."""

_BITS, _FACETS = 3, 7
_SURE = np.array([facets.bit_count() > 1 for facets in range(_FACETS + 1)])


@dataclass(frozen=True, slots=True)
class Key:
    """The parts a key joins, how many locations may bear it, and the finer joins for a crowd.

    `says` is the facet that agrees where the key does; keys that say none are weak: they are followed
    where the others don't find enough, and may have a low `most`, as a pair they alone would find is
    seldom worth its time. Their finer keys carry more, and have MOST.
    """

    parts: tuple[str, ...]
    finer: tuple[tuple[str, ...], ...] = ()
    most: int = MOST
    says: int = 0


KEYS = (
    Key(
        ("phone_end",),
        (("phone_end", "number"), ("phone_end", "postal"), ("phone_end", "city")),
        says=CONTACT,
    ),
    Key(("page",), (("page", "number"), ("page", "postal")), says=CONTACT),
    Key(("domain",), (("domain", "postal"), ("domain", "number"), ("domain", "city")), most=30),
    Key(("number", "postal"), (("number", "postal", "street"), ("number", "postal", "prefix")), says=DOOR),
    Key(
        ("number", "street"),
        (("number", "street", "postal"), ("number", "street", "city"), ("number", "street", "prefix")),
        says=DOOR,
    ),
    Key(
        ("prefix", "city"),
        (("prefix", "city", "postal"), ("prefix", "city", "street"), ("prefix", "city", "number")),
        says=NAME,
    ),
    Key(("prefix", "postal"), (("prefix", "postal", "street"), ("prefix", "postal", "number")), says=NAME),
    Key(("core",), (("core", "region"), ("core", "street"), ("core", "number")), most=20),
    Key(("token",), (("token", "postal"), ("token", "street")), most=10),
    Key(("cell",), (("cell", "prefix"), ("cell", "number")), most=20),
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of hashed parts of records; 0 stands for an empty part.

    `row` says whose a line is: a record has a line per name token, or per cell it looks into. `held`
    are the parts of the records, a value a row, and `own` those that each line has for itself.
    """

    row: Ints
    held: Mapping[str, Hashes]
    own: Mapping[str, Hashes] = field(default_factory=dict)

    def join(self, parts: Sequence[str]) -> Hashes:
        """One hash a line over these parts and their names; 0 where any of them is empty."""
        joined = np.zeros(len(self.row), dtype=np.uint64)
        whole = np.ones(len(self.row), dtype=bool)
        for part in parts:
            values = self.own[part] if part in self.own else self.held[part].take(self.row)
            whole &= values != 0
            joined = (joined ^ (values * _salt(part))) * np.uint64(0x9E3779B97F4A7C15)
            joined ^= joined >> np.uint64(29)
        return np.where(whole, joined | np.uint64(1), np.uint64(0))

    def spread(self, line: Ints, part: str, values: Hashes) -> "Lines":
        """Lines of one more part: `line` says which one each of its values continues."""
        return Lines(self.row.take(line), self.held, {part: values})

    def only(self, keep: NDArray[np.bool_]) -> "Lines":
        """The lines that are kept."""
        return Lines(self.row[keep], self.held, {part: values[keep] for part, values in self.own.items()})


@cache
def _salt(part: str) -> np.uint64:
    """An odd number per part, so that equal values of two parts don't meet."""
    return np.uint64(int.from_bytes(part.encode().ljust(8, b"\0")[:8], "big") | 1)


def row_lines(records: Side) -> Lines:
    """A line for each record."""
    row = np.arange(records.size, dtype=np.int64)
    return Lines(row, records.exact)


def record_lines(records: Side, *, around: bool) -> dict[str, Lines]:
    """The lines of records, by layout: row, token, cell.

    `around` asks for the neighbouring cells too, as a listing looks for locations near it.
    """
    return _layouts(records, row_lines(records), around=around)


def _layouts(records: Side, lines: Lines, *, around: bool) -> dict[str, Lines]:
    words = records.name_words[lines.row]
    token, line = np.nonzero(words)
    tokens = words[token, line]
    return {
        "row": lines,
        "token": lines.spread(line, "token", tokens),
        "cell": _cells(records, lines, around=around),
    }


def _cells(records: Side, lines: Lines, *, around: bool) -> Lines:
    latitude, longitude = records.latitude[lines.row], records.longitude[lines.row]
    known = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    south = np.floor(latitude[known] / GEO_CELL).astype(np.int64)
    west = np.floor(longitude[known] / GEO_CELL).astype(np.int64)
    steps = (-1, 0, 1) if around else (0,)
    cells = [((south + up) * 1_000_003 + west + right) for up in steps for right in steps]
    mixed = np.concatenate(cells).astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9) | np.uint64(1)
    return lines.spread(np.tile(known, len(cells)), "cell", mixed)


class Table:
    """One key kind of the locations: sorted hashes with the location rows that bear each."""

    def __init__(self, hashes: Hashes, rows: Ints) -> None:
        held = np.flatnonzero(hashes)
        hashes = hashes.take(held)
        order = np.argsort(hashes)
        hashes, self.rows = hashes.take(order), rows.take(held.take(order))
        start = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])) if len(hashes) else order
        known = hashes[start]
        # The sentinel is found by nobody, so a look-up may end on it.
        self.hashes = np.append(known, ~np.uint64(0))
        self.start, self.count = np.append(start, 0), np.append(np.diff(np.append(start, len(hashes))), 0)
        bits = max(len(known).bit_length(), 1)
        self.shift = np.uint64(64 - bits)
        self.first = np.searchsorted(known, np.arange(1 << bits, dtype=np.uint64) << self.shift)

    def find(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """Where each hash's locations start and how many there are (0: none).

        The first bits of a hash say where in the table it would be, but for a few steps.
        """
        at = self.first.take((hashes >> self.shift).view(np.int64))
        met = self.hashes.take(at)
        behind = np.flatnonzero(met < hashes)
        while len(behind):
            at[behind] += 1
            met[behind] = self.hashes.take(at.take(behind))
            behind = behind[met.take(behind) < hashes.take(behind)]
        found = (met == hashes) & (hashes != 0)
        return self.start.take(at), np.where(found, self.count.take(at), 0)

    def follow(self, start: Ints, count: Ints) -> Ints:
        """The location rows of these runs, one after the other."""
        ends = np.cumsum(count)
        steps = np.arange(ends[-1] if len(ends) else 0)
        return self.rows.take(steps + np.repeat(start - ends + count, count))


class KeyIndex:
    """The keys of all locations.

    With `sparing`, a listing that has a location by two of contact, name and door is not looked for by
    its weak keys: what only they would find, a branch elsewhere, is never preferred to it.
    """

    def __init__(self, locations: Side, *, sparing: bool = False) -> None:
        layouts = record_lines(locations, around=False)
        self.size = locations.size
        self.sparing = sparing
        self.tables = at_once(lambda key: _tables(key, layouts[_layout(key)]), KEYS)

    def pairs(self, listings: Side) -> Pairs:
        """Every (listing row, location row) that shares an uncrowded key, sorted, each once."""
        lines = row_lines(listings)
        found = self._reached([table for table in self.tables if table[0].says], {"row": lines})
        weak = [table for table in self.tables if not table[0].says]
        if self.sparing:
            settled = np.zeros(listings.size, bool)
            settled[found[_SURE[found & _FACETS]] // (self.size << _BITS)] = True
            lines = lines.only(~settled)
        more = self._reached(weak, _layouts(listings, lines, around=True))
        pairs = np.sort(np.concatenate([found, more]) >> _BITS)
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs
        return pairs // max(self.size, 1), pairs % max(self.size, 1)

    def _reached(
        self, tables: "Sequence[tuple[Key, Table, list[Table]]]", layouts: Mapping[str, Lines]
    ) -> Ints:
        """What these keys lead to, as sorted codes of listing row, location row and the facets that agree."""
        codes = [np.zeros(0, np.int64)]
        for key, table, finer in tables:
            lines = layouts[_layout(key)]
            crowd = lines.only(self._follow(table, lines, key, key.most, codes))
            if len(crowd.row):
                for parts, fine in zip(key.finer, finer, strict=True):
                    self._follow(fine, crowd, replace(key, parts=parts), MOST, codes)
        found = np.sort(np.concatenate(codes))
        if not len(found):
            return found
        first = np.flatnonzero(np.append(True, found[1:] >> _BITS != found[:-1] >> _BITS))
        reached: Ints = np.bitwise_or.reduceat(found, first)
        return reached

    def _follow(
        self, table: Table, lines: Lines, key: Key, most: int, codes: list[Ints]
    ) -> NDArray[np.bool_]:
        """Add the pairs of the uncrowded keys to `codes`; say which lines met a crowd."""
        start, count = table.find(lines.join(key.parts))
        crowded = count > most
        count = np.where(crowded, 0, count)
        pairs = np.repeat(lines.row, count) * self.size + table.follow(start, count)
        alone = np.repeat(count < SHARED, count) if key.says == CONTACT else True
        codes.append((pairs << _BITS) | np.where(alone, key.says, 0))
        return crowded


def _tables(key: Key, lines: Lines) -> tuple[Key, Table, list[Table]]:
    """The table of one key of the locations, and those of its finer keys for who is in a crowd."""
    hashes = lines.join(key.parts)
    table = Table(hashes, lines.row)
    crowd = lines.only(table.find(hashes)[1] > key.most)
    return key, table, [Table(crowd.join(parts), crowd.row) for parts in key.finer]


def _layout(key: Key) -> str:
    return key.parts[0] if key.parts[0] in ("token", "cell") else "row"
