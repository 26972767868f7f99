"""What the words of a name say: who it is, a service, a number, a person (data/words.txt)."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from listings.matching.chains import chain_names, hashed

LITTLE = 0.3
"""What a word of a name weighs that says little, like "center" or "MD"; every other word weighs 1."""

SECTIONS = {
    name: 1 << bit for bit, name in enumerate(("kinds", "generic", "marks", "titles", "given", "particles"))
}
"""The sections of data/words.txt, each a bit."""

_NUMBER = np.uint8(1 << len(SECTIONS))
"""The bit of a number."""

Hashes = NDArray[np.uint64]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class NameWords:
    """Names word by word, a column a name: hashed words (0 after the last) and what each of them says.

    `chain` tells which names are a chain's, a value a name.
    """

    words: Hashes
    weights: Floats
    kinds: Mask
    marks: Mask
    own: Mask
    given: Mask
    titles: Mask
    things: Mask
    chain: Mask


def name_words(words: Hashes, digits: Mask, places: Ints) -> NameWords:
    """What each name says by its words.

    `words` are those of all names, hashed, `digits` tells which are of digits only, and `places` has a
    column for each name: where its words are in `words`, beyond its end a place behind all of them.
    """
    bits = np.append(_bits(words) | digits * _NUMBER, np.uint8(0)).take(places)
    words = np.append(words, np.uint64(0)).take(places)
    generic, kinds, given, titles = (
        bits & SECTIONS[section] > 0 for section in ("generic", "kinds", "given", "titles")
    )
    numbers = bits & _NUMBER > 0
    own = (words != 0) & ~generic & ~kinds & ~numbers & ~titles
    return NameWords(
        words=words,
        weights=np.where(generic | titles, np.float32(LITTLE), np.float32(1)) * (words != 0),
        kinds=kinds,
        marks=numbers | (bits & SECTIONS["marks"] > 0),
        own=own,
        given=given,
        titles=titles,
        things=numbers | kinds | (generic & (bits & SECTIONS["particles"] == 0)),
        chain=chain_names(words, own),
    )


def _bits(words: Hashes) -> Bits:
    known, bits = _known()
    at = np.minimum(np.searchsorted(known, words), len(known) - 1)
    found: Bits = np.where(known[at] == words, bits[at], np.uint8(0))
    return found


@cache
def _known() -> tuple[Hashes, Bits]:
    """The hashes of the words of data/words.txt, sorted, and the sections each stands in."""
    text = (files("listings.matching") / "data" / "words.txt").read_text(encoding="utf-8")
    found: dict[str, int] = {}
    section = 0
    for line in text.splitlines():
        if line.startswith("["):
            section = SECTIONS[line.strip("[]")]
        elif not line.startswith("#"):
            found |= {word: found.get(word, 0) | section for word in line.split()}
    hashes = hashed(pl.Series(list(found), dtype=pl.String))
    order = np.argsort(hashes)
    return hashes[order], np.array(list(found.values()), np.uint8)[order]
