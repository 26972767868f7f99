"""Which locations are due at a source, and in which order."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.freshness import Due, Standing, Urgency, batches, due, urgency_of

NOW = dt.datetime(2026, 3, 8, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


def ago(hours: float) -> dt.datetime:
    return NOW - hours * HOUR


@pytest.mark.parametrize(
    ("standing", "urgency"),
    [
        (Standing(1), Urgency.NEVER),
        (Standing(1, ago(1)), None),
        (Standing(1, ago(22)), None),
        (Standing(1, ago(24)), Urgency.STALE),
        (Standing(1, ago(23)), Urgency.STALE),
        (Standing(1, ago(5), critical=True), None),
        (Standing(1, ago(6), critical=True), Urgency.CRITICAL),
        (Standing(1, ago(3), expected_by=ago(2)), Urgency.WAITING),
        (Standing(1, ago(3), expected_by=ago(4)), None),
        (Standing(1, ago(3), expected_by=ago(-1)), None),
        (Standing(1, ago(30), critical=True, expected_by=ago(2)), Urgency.CRITICAL),
        (Standing(1, ago(-9999)), Urgency.STALE),
    ],
)
def test_a_location_is_due_for_a_reason(standing: Standing, urgency: Urgency | None) -> None:
    assert urgency_of(standing, DAY, NOW) is urgency


def test_the_pressing_come_first_and_then_the_oldest() -> None:
    known = [
        Standing(1, ago(25)),
        Standing(2),
        Standing(3, ago(40)),
        Standing(4, ago(2), expected_by=ago(1)),
        Standing(5, ago(7), critical=True),
        Standing(6, ago(9), critical=True),
        Standing(7, ago(1), critical=True),
    ]
    assert [one.location_id for one in due(known, DAY, NOW)] == [6, 5, 4, 2, 3, 1]


moments = st.none() | st.integers(-100, 400).map(ago)
known = st.builds(
    Standing, st.integers(1, 10**6), looked_at=moments, critical=st.booleans(), expected_by=moments
)


@given(st.lists(known, max_size=40, unique_by=lambda one: one.location_id), st.integers(1, 9))
def test_pieces_hold_everything_once_and_one_urgency_each(standings: list[Standing], size: int) -> None:
    found = due(standings, DAY, NOW)
    pieces = list(batches(found, size))
    assert [Due(id_, urgency) for urgency, ids in pieces for id_ in ids] == found
    assert all(0 < len(ids) <= size for _, ids in pieces)


@given(st.lists(known, max_size=20, unique_by=lambda one: one.location_id))
def test_what_is_looked_up_now_is_not_due_again(standings: list[Standing]) -> None:
    after = [Standing(one.location_id, NOW, one.critical, one.expected_by) for one in standings]
    assert due(after, DAY, NOW + HOUR) == [
        Due(one.location_id, Urgency.WAITING)
        for one in after
        if one.expected_by is not None and NOW < one.expected_by <= NOW + HOUR
    ]
