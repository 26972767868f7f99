"""What a comparison of two values may end in, and the words for it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How the listing's value stands to the record's."""

    SAME = "same"
    EQUIVALENT = "equivalent"
    """Only the form differs."""
    COMPATIBLE = "compatible"
    """A part is missing on one side, or the rest can't contradict."""
    DIFFERENT = "different"
    MISSING = "missing"
    """One side, or both, say nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on one field with its stable reason code ("phone.other_number").

    `days` are weekdays of records.DAYS that differ, by `minutes` in all; `dates` are special days
    that differ; `metres` lie between two pins.
    """

    verdict: Verdict
    reason: str
    days: tuple[str, ...] = ()
    minutes: int | None = None
    dates: tuple[dt.date, ...] = ()
    metres: float | None = None


def same(field: str) -> Comparison:
    """Both values are the same."""
    return Comparison(Verdict.SAME, f"{field}.same")


def equivalent(reason: str) -> Comparison:
    """Only the form differs."""
    return Comparison(Verdict.EQUIVALENT, reason)


def compatible(reason: str) -> Comparison:
    """A part is missing on one side."""
    return Comparison(Verdict.COMPATIBLE, reason)


def different(reason: str) -> Comparison:
    """The values contradict each other."""
    return Comparison(Verdict.DIFFERENT, reason)


def missing(reason: str) -> Comparison:
    """One side says nothing."""
    return Comparison(Verdict.MISSING, reason)
