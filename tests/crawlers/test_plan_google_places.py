"""The order of requests for places: what is asked, and what never is, held to plain values."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from crawlers.plan import NOTHING, Belongs, Fetch, Gone, Renamed, Step, Stopped, Target
from crawlers.plans import google_places
from crawlers.source import Outcome, Reading
from crawlers.sources.google_places import DETAILS_MASK, FIND_MASK, SEARCH_MASK, GooglePlaces
from listings.records import ListingRecord

TARGET = Target(7, "Tern & Pebble", "18 Wharf Lane", "Portland", "ME", "04101", "US", pin=(43.6, -70.2))
KNOWN = Target(7, "Tern & Pebble", "18 Wharf Lane", "Portland", country="US", source_id="old")


def shows(*ids: str) -> Reading:
    return Reading(
        Outcome.OK, tuple(ListingRecord("google_places", one, None, frozenset({"name"})) for one in ids)
    )


def moved(new_id: str) -> Reading:
    return Reading(Outcome.MOVED, detail="moved", extra={"new_id": new_id})


def belongs(*, ours: bool) -> Reading:
    return Reading(Outcome.OK, extra={"belongs": ours})


def said(target: Target, readings: Sequence[Reading]) -> list[str]:
    """What the plan asks for when it is told these readings, one after the other."""
    left: Iterator[Reading] = iter(readings)
    plan = google_places.plan(GooglePlaces(), {"api_key": "k"}, [target], narrowed=False)
    told: list[str] = []
    step = next(plan, None)
    while step is not None:
        told.append(word(step))
        reading = next(left) if isinstance(step, Fetch | Belongs) else NOTHING
        try:
            step = plan.send(reading)
        except StopIteration:
            step = None
    assert next(left, None) is None
    return told


def word(step: Step) -> str:
    match step:
        case Fetch():
            mask = step.request.headers["X-Goog-FieldMask"]
            name = {FIND_MASK: "find", SEARCH_MASK: "search", DETAILS_MASK: "details"}[mask]
            return f"{name} {step.request.url.rpartition('/')[2]}" if name == "details" else name
        case Gone():
            return f"gone {step.source_id}"
        case Renamed():
            return f"renamed {step.source_id} {step.new_id}"
        case Belongs():
            return f"belongs {step.source_id}"
        case _:
            return repr(step)


@pytest.mark.parametrize(
    ("target", "readings", "asked"),
    [
        (KNOWN, [shows("old")], ["details old"]),
        (KNOWN, [shows("new")], ["details old", "renamed old new"]),
        (KNOWN, [Reading(Outcome.NOT_FOUND), shows()], ["details old", "gone old", "find"]),
        (KNOWN, [Reading(Outcome.UNAVAILABLE)], ["details old"]),
        (
            KNOWN,
            [moved("new"), shows("new"), belongs(ours=True)],
            ["details old", "gone old", "details new", "belongs new"],
        ),
        (
            KNOWN,
            [moved("b"), moved("c"), shows("c"), belongs(ours=False), shows("d"), shows("d")],
            ["details old", "gone old", "details b", "details c", "belongs c", "find", "details d"],
        ),
        (KNOWN, [moved("b")] * 4 + [shows()], ["details old", "gone old", *["details b"] * 3, "find"]),
        (TARGET, [shows()], ["find"]),
        (TARGET, [shows("a"), shows("a")], ["find", "details a"]),
        (TARGET, [shows("a", "b"), shows("a", "b")], ["find", "search"]),
    ],
    ids=[
        "known", "new id", "obsolete", "away", "moved", "moved to strangers", "moved in circles", "nobody", "one",
        "several",
    ],
)  # fmt: skip
def test_no_more_is_asked_than_is_needed(target: Target, readings: list[Reading], asked: list[str]) -> None:
    assert said(target, readings) == asked


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.QUOTA])
def test_a_key_that_is_refused_asks_for_nothing_more(outcome: Outcome) -> None:
    with pytest.raises(Stopped):
        said(KNOWN, [Reading(outcome, detail="no")])
    with pytest.raises(Stopped):
        said(TARGET, [Reading(outcome, detail="no")])


def test_a_search_looks_round_the_pin_first_and_repeats_its_words() -> None:
    plan = google_places.plan(GooglePlaces(), {"api_key": "k"}, [TARGET], narrowed=False)
    bodies: list[dict[str, Any]] = []
    step = next(plan)
    for reading in (shows("a", "b"), shows("a", "b")):
        assert isinstance(step, Fetch)
        bodies.append(json.loads(step.request.body or b""))
        step = plan.send(reading) if len(bodies) == 1 else step
    assert bodies[0] == bodies[1]
    assert bodies[0]["locationBias"]["circle"]["center"] == {"latitude": 43.6, "longitude": -70.2}
    assert (bodies[0]["regionCode"], bodies[0]["pageSize"]) == ("US", 5)
