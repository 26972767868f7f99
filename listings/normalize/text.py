"""The first step of every normal form: one spelling of letters, a bounded length, plain words."""

import re
import unicodedata

MAX_LENGTH = 1000
"""No name or address is longer; what stands behind it is left out, so every form is bounded."""

_SINGLE_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
     "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",
     "®": "", "™": "", "©": "", "℠": ""}
)  # fmt: skip
"""Letters that Unicode doesn't decompose, and the dashes and apostrophes people paste."""

_ONE_FORM = _SINGLE_LETTERS | {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}
"""Those, and katakana as hiragana: names are written in either."""

_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """The text in casefolded letters without accents, at most MAX_LENGTH characters of it.

    Unicode's NFKD form without the combining marks (UAX 15), so full-width letters and ligatures
    become plain ones as well.
    """
    text = text[:MAX_LENGTH]
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("เเ", "แ").translate(_ONE_FORM))
    return "".join(c for c in decomposed if not unicodedata.combining(c))[:MAX_LENGTH]


def words(text: str) -> list[str]:
    """The words of a folded text: runs of letters and digits."""
    return _WORD.findall(text)
