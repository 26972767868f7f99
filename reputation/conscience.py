"""The conscience of a reply: what a public answer must not say, told before it is sent.

It reads words, so it can be wrong both ways: it advises and asks once, it never refuses.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

LAST_REPLIES = 5
SAME_FROM = 92
"""Similarity in percent from which two replies read as one text, names and numbers apart."""

# Words that show that somebody is a patient or ill. Saying so in public breaks the confidence of a
# treatment even where the customer said it first (45 CFR 164.502, and GDPR article 9).
_HEALTH = re.compile(
    r"\b(?:patients?|diagnos\w+|prescri\w+|medicat\w+|medicines?|dosage|doses?|refills?|therap(?:y|ies|ist)|"
    r"surger(?:y|ies)|biopsy|x-?rays?|blood (?:test|pressure|sugar|work)s?|test results?|diabet\w+|cancer|"
    r"pregnan\w+|depress(?:ion|ed)|anxiety|asthma|epilep\w+|hiv|std|infections?|injur(?:y|ies)|"
    r"illness(?:es)?|disabilit(?:y|ies)|treatment plan|medical (?:record|condition|history)s?|"
    r"your (?:condition|treatment|symptoms|allerg(?:y|ies)))\b",
    re.IGNORECASE,
)
_REMOVAL = re.compile(
    r"\b(?:remov|delet|tak(?:e|ing)\s+down|withdraw|chang|updat|edit|revis|reconsider|rais|improv)\w*\s+"
    r"(?:\w+\s+){0,2}?(?:review|rating|stars?|comment|post)\b",
    re.IGNORECASE,
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\.?\s+([A-Z][\w'’-]+)")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to think over. `breaks_rule`: the rule is not ours to bend, so sending asks once.

    `words` is the place in the text, "" where it is about the whole of it.
    """

    breaks_rule: bool
    strong: str
    text: str
    words: str = ""


def doubts(
    text: str,
    *,
    author: str | None,
    review_text: str | None,
    other_authors: Collection[str] = (),
    staff: Collection[str] = (),
    last_replies: Sequence[str] = (),
) -> list[Doubt]:
    """What speaks against a reply, rules first.

    `other_authors` wrote other reviews of the place and `staff` works there, both as full names;
    `last_replies` are the newest first, of which LAST_REPLIES count.
    """
    if not text.strip():
        return []
    found = [
        _names_somebody(text, author or "", review_text or "", other_authors, staff),
        _health(text),
        _removal(text),
        _repeats(text, last_replies[:LAST_REPLIES]),
    ]
    return [doubt for doubt in found if doubt is not None]


def _health(text: str) -> Doubt | None:
    match = _HEALTH.search(text)
    if match is None:
        return None
    rule = "A public reply must not show that somebody is a patient, not even when they said so."
    return Doubt(True, "Names a matter of health.", rule, match[0])


def _removal(text: str) -> Doubt | None:
    match = _REMOVAL.search(text)
    if match is None:
        return None
    rule = "Sources and the law forbid to ask for another review or to promise something for it."
    return Doubt(True, "Speaks of changing or removing the review.", rule, match[0])


def _names_somebody(
    text: str, author: str, review_text: str, other_authors: Collection[str], staff: Collection[str]
) -> Doubt | None:
    known = {word for name in (author, *staff) for word in _words(name)} | _words(review_text)
    name = next((name for name in other_authors if _stands(name, text) and not _words(name) <= known), None)
    if name is None:
        titled = next((m for m in _TITLED.finditer(text) if m[1].casefold() not in known), None)
        name = titled[0] if titled else None
    if name is None:
        return None
    return Doubt(True, "Names another person.", "A public reply must not, unless they work here.", name)


def _stands(name: str, text: str) -> bool:
    """Whether a full name, or a first name with its initial, stands in the text as such."""
    if " " not in name.strip():
        return False
    return re.search(rf"(?<!\w){re.escape(name.rstrip('.'))}(?!\w)", text, re.IGNORECASE) is not None


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}


def _repeats(text: str, last_replies: Sequence[str]) -> Doubt | None:
    same = sum(fuzz.ratio(_plain(text), _plain(reply)) >= SAME_FROM for reply in last_replies)
    if same:
        return Doubt(False, "", f"Reads the same as {same} of the last {len(last_replies)} replies.")
    opening = _opening(text)
    alike = sum(_opening(reply) == opening for reply in last_replies)
    if opening and alike > 1:
        return Doubt(False, "", f"Begins like {alike} of the last {len(last_replies)} replies.")
    return None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", text.casefold()))


def _opening(text: str) -> tuple[str, ...]:
    words = _plain(text).split()
    return tuple(words[:6]) if len(words) > 8 else ()
