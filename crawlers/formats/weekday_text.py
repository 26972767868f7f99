"""English opening hours in words: "Monday: 8:00 AM – 6:00 PM", "Mo-Fr 09:00-17:00", "Sat closed"."""

import re
from collections.abc import Iterator
from typing import Any

from crawlers.formats import openings
from listings.records import DAYS, WeeklyHours

_DAY = (
    r"mo(?:n(?:day)?)?|tu(?:e(?:s(?:day)?)?)?|we(?:d(?:nesday)?)?|th(?:u(?:r(?:s(?:day)?)?)?)?"
    r"|fr(?:i(?:day)?)?|sa(?:t(?:urday)?)?|su(?:n(?:day)?)?"
)
_DASH = r"[-‐‑‒–—―−~]|\bto\b|\bthrough\b|\bthru\b|\buntil\b"
_TIME = r"\d{1,2}(?:[:.h]\d{2}(?::\d{2})?)?\s*(?:[ap]\.?\s?m\b\.?)?|noon|midnight"
_TOKEN = re.compile(
    rf"(?P<day>\b(?:{_DAY})s?\b\.?)|(?P<always>24\s*/\s*7|\b24\s*h(?:ou)?rs?\b|\ball day\b|\bopen 24\b)"
    rf"|(?P<closed>\bclosed\b|\boff\b)|(?P<holiday>\b(?-i:PH|SH)\b)|(?P<daily>\bdaily\b|\bevery\s?day\b)"
    rf"|(?P<time>\b(?:{_TIME}))|(?P<dash>{_DASH})|(?P<and>[,;/|&+]|\band\b)|(?P<skip>[\s:.()]+|\bopen\b|\bfrom\b|\bhours\b|\buhr\b)",
    re.IGNORECASE,
)
_ANY_DAY = re.compile(rf"\b(?:{_DAY})s?\b|\bdaily\b", re.IGNORECASE)
_HEAD = re.compile(rf"(?:(?:{_DAY})s?\b[\s.:,-]*)+", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?\s*(?:([ap])\.?\s?m)?", re.IGNORECASE)

Token = tuple[str, str]

_LONGEST = 500
"""Characters; a longer text tells more than hours."""


class _Unreadable(Exception):
    """The text holds something that is no hours."""


def week_of(texts: Any) -> WeeklyHours | None:
    """The week that texts of days and times describe together; None when it can't be read.

    A day that no text names is closed; one whose own text can't be read is unknown. "Mo-Su" without
    times is open all day, as schema.org's openingHours says.
    """
    if isinstance(texts, str):
        texts = [texts]
    if not isinstance(texts, list | tuple) or not texts or any(len(str(text)) > _LONGEST for text in texts):
        return None
    spans: list[openings.Span] = []
    named: set[int] = set()
    unknown: set[int] = set()
    for text in texts:
        try:
            rules = list(_rules(str(text)))
        except _Unreadable:
            days = _only_days_in(str(text))
            if not days:
                return None
            unknown.update(days)
            continue
        for days, times in rules:
            named.update(days)
            spans.extend((day, *_close(day, opens, closes)) for day in days for opens, closes in times)
    if not named:
        return None
    week = openings.week(spans)
    return {day: None if number in unknown else week[day] for number, day in enumerate(DAYS)}


def _only_days_in(text: str) -> list[int]:
    """The days at the head of a text whose rest is no hours and names no other day; else none."""
    head = _HEAD.match(text)
    if head is None or _ANY_DAY.search(text, head.end()):
        return []
    return days_of(head[0]) or []


def days_of(text: str) -> list[int] | None:
    """The days that a text names (0 = Monday) and nothing but days; None otherwise."""
    try:
        tokens = list(_tokens(text[:_LONGEST]))
        days, end = _days(tokens, 0)
    except _Unreadable:
        return None
    return days if end == len(tokens) else None


def _close(day: int, opens: int, closes: int) -> tuple[int, int, int]:
    if closes == openings.DAY or closes > opens:
        return opens, day, closes
    return opens, (day + 1) % 7, closes


def _rules(text: str) -> Iterator[tuple[list[int], list[tuple[int, int]]]]:
    tokens = list(_tokens(text))
    position = 0
    while position < len(tokens):
        days, position = _days(tokens, position)
        times, position = _times(tokens, position)
        if times is None:
            if len(days) != len(DAYS):
                raise _Unreadable
            times = [(0, openings.DAY)]
        yield days, times


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.end() == position:
            raise _Unreadable
        position = match.end()
        if match.lastgroup != "skip":
            yield str(match.lastgroup), match[0]


def _days(tokens: list[Token], at: int) -> tuple[list[int], int]:
    days: list[int] = []
    start = at
    while at < len(tokens):
        kind, word = tokens[at]
        if kind == "daily":
            days.extend(range(7))
        elif kind == "day":
            first = _day(word)
            if _kind(tokens, at + 1) == "dash" and _kind(tokens, at + 2) == "day":
                at += 2
                days.extend((first + step) % 7 for step in range((_day(tokens[at][1]) - first) % 7 + 1))
            else:
                days.append(first)
        elif kind not in {"and", "holiday"}:
            break
        at += 1
    if days or any(kind == "holiday" for kind, _ in tokens[start:at]):
        return list(dict.fromkeys(days)), at
    if _kind(tokens, at) == "always":
        return list(range(7)), at
    raise _Unreadable


def _times(tokens: list[Token], at: int) -> tuple[list[tuple[int, int]] | None, int]:
    times: list[tuple[int, int]] | None = None
    while at < len(tokens):
        kind = tokens[at][0]
        if kind == "time":
            if _kind(tokens, at + 1) != "dash" or _kind(tokens, at + 2) != "time":
                raise _Unreadable
            times = [*(times or []), _period(tokens[at][1], tokens[at + 2][1])]
            at += 2
        elif kind == "always":
            times = [*(times or []), (0, openings.DAY)]
        elif kind == "closed":
            times = times or []
        elif kind not in {"and", "dash"} or (kind == "dash" and times is not None):
            break
        at += 1
    return times, at


def _period(opens: str, closes: str) -> tuple[int, int]:
    end, half = _clock(closes, None)
    start, said = _clock(opens, half)
    if said is None and half == "p" and start > end:
        start, _ = _clock(opens, "a")  # "11:00 - 2:00 PM" opens in the morning
    if (start, end) == (0, 23 * 60 + 59):
        end = openings.DAY
    return start, end or openings.DAY


def _clock(text: str, half: str | None) -> tuple[int, str | None]:
    """The minute of the day and "a" or "p" where said; `half` serves a time that doesn't say it."""
    word = text.strip().lower()
    if word in {"noon", "midnight"}:
        return (720 if word == "noon" else 0), None
    match = _CLOCK.match(word)
    if match is None:
        raise _Unreadable
    hour, minute, said = int(match[1]), int(match[2] or 0), match[3]
    if said is None and match[2] is None and half is None:
        raise _Unreadable  # "9-5" may be anything
    half = said or half
    if half is not None:
        if not 1 <= hour <= 12:
            raise _Unreadable
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise _Unreadable
    return 60 * hour + minute, said


def _day(word: str) -> int:
    return DAYS.index(word[:2].lower())


def _kind(tokens: list[Token], at: int) -> str | None:
    return tokens[at][0] if at < len(tokens) else None
