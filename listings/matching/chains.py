"""Which records are a chain's: by a name that many places bear, or by a page of a store finder."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from listings.normalize.name import name_form

FINDER = (
    r"^(?:stores?|locations?|locals?|locators?|branch(?:es)?|restaurants?|shops?|find|near-me|agentur|filialen?|"
    r"magasins?|boutiques?|agences?|tiendas?|negozi|lojas?)\.|/(?:stores?|(?:store|shop|branch|atm|dealer)-?"
    r"(?:locator|finder|details|search)s?|locations?|find-(?:a|us)[a-z-]{0,20}|near-me|branch(?:es)?|our-stores|"
    r"filialen?|magasins?|agences?|tiendas|sucursales|negozi|punti-vendita|lojas|ll)(?:/|$|\?)"
)
"""Pages of store finders, by subdomain or folder (a pattern for polars and Python): who has one has branches."""

CHAIN_WORDS = 4
"""How many words of a chain's name are compared."""

_ODD = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]
Mask = NDArray[np.bool_]


def chain_names(words: Hashes, own: Mask) -> Mask:
    """Which names are a chain's: all of it, or with words after it that aren't names themselves.

    `words` are hashed words, a column a name, 0 after the last; `own` marks those that say who it is.
    """
    known = chain_hashes()
    found = np.zeros(words.shape[1], bool)
    running = np.zeros(words.shape[1], np.uint64)
    for at in range(CHAIN_WORDS):
        running = np.where(words[at] != 0, (running * _ODD) ^ words[at], np.uint64(0))
        place = np.minimum(np.searchsorted(known, running), len(known) - 1)
        found |= (known.take(place) == running) & ~own[at + 1 :].any(axis=0)
    return found


@cache
def chain_hashes() -> Hashes:
    """The joined hashes of the names in data/chains.txt, sorted."""
    text = (files("listings.matching") / "data" / "chains.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line[:1] not in ("#", "[")]
    names = [dict.fromkeys(name_form(name).tokens) for name in ",".join(lines).split(",") if name.strip()]
    every = list({word for name in names for word in name})
    hashes = dict(zip(every, hashed(pl.Series(every, dtype=pl.String)).tolist(), strict=True))
    return np.unique([_joined([hashes[word] for word in name][:CHAIN_WORDS]) for name in names])


def _joined(words: Sequence[int]) -> np.uint64:
    running = 0
    for word in words:
        running = ((running * int(_ODD)) & (2**64 - 1)) ^ word
    return np.uint64(running)


def hashed(values: pl.Series) -> Hashes:
    """64-bit hashes of texts, 0 for null and empty ones; equal in every process of one version."""
    hashes: Hashes = values.hash(seed=_SEED).to_numpy(writable=True)
    nothing = (hashes == _NULL) | (hashes == _EMPTY)
    hashes |= np.uint64(1)
    hashes[nothing] = 0
    return hashes


_SEED = 11
_NULL, _EMPTY = pl.Series([None, ""], dtype=pl.String).hash(seed=_SEED).to_numpy()
