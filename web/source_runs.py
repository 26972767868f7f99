"""A source's last crawls in numbers, beside what is usual for it."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.orm import Session

from listings.access import Actor
from listings.drifted import word
from listings.fill_history import ENOUGH_RUNS, PastRun, past
from web.screens.sources import RunRow, Runs
from web.wording import age, count, exact, number

SHOWN = 8


def last_runs(db: Session, actor: Actor, source: str, now: dt.datetime) -> Runs | None:
    """The last crawls of a source, the newest first; None before the first one has ended."""
    found = past(db, actor.organization_id, source)
    if not found:
        return None
    return Runs(_sentence(found), tuple(_row(run, now) for run in found[:SHOWN] if run.ended_at))


def _sentence(found: list[PastRun]) -> str:
    if found[0].apart:
        names = " and ".join(word(name) for name in found[0].apart)
        return (
            f"The last crawl found less than usual of {names}. What was known of it stays until it is back."
        )
    if len(found) < ENOUGH_RUNS:
        left = count(ENOUGH_RUNS - len(found), "more crawl")
        return f"After {left}, each one is compared with those before it."
    return "Each crawl is compared with those before it. The last one found as much of every field as usual."


def _row(run: PastRun, now: dt.datetime) -> RunRow:
    ended_at = run.ended_at or now
    answers = run.answers
    bad = answers.get("unreadable", 0) + answers.get("failed", 0)
    return RunRow(
        ended=age(ended_at, now),
        exact=exact(ended_at),
        iso=ended_at.isoformat(),
        asked=number(answers.get("asked", 0)),
        unchanged=number(answers.get("unchanged", 0)),
        empty=number(answers.get("empty", 0)),
        bad=number(bad),
        listings=number(_records(run, "listings") or _records(run, "search")),
        reviews=number(_records(run, "reviews")),
        fields="; ".join(_field(run, name) for name in run.apart) or "as usual",
        fell=bool(run.apart),
    )


def _records(run: PastRun, kind: str) -> int:
    return run.filled.get(kind, {}).get("records", 0)


def _field(run: PastRun, name: str) -> str:
    """A field's share in words: "the pin in 3 of 24"."""
    kind, _, shown = name.rpartition(".")
    for counts in (
        run.filled.get(one, {}) for one in ([kind] if kind else ["listings", "search", "searches"])
    ):
        if shown in counts:
            return f"{word(name)} in {_of(counts, shown)}"
    return word(name)


def _of(counts: Mapping[str, int], shown: str) -> str:
    return f"{counts[shown]:,} of {counts['records']:,}"
