"""What counts as less than usual: rarely by chance, always when a field is gone."""

import random
from collections.abc import Callable, Sequence

import pytest

from crawlers.usual import Share, count_has_fallen, has_fallen, usual_rate
from listings.fill_history import ENOUGH_RUNS

RATES = (1.0, 1.0, 0.98, 0.97, 0.95, 0.93, 0.9, 0.85, 0.6, 0.3)
"""How much of each field the listings of an ordinary source have."""
SIZES = (1, 3, 6, 12, 24, 100, 400)


def same(*shares: tuple[int, int], runs: int = ENOUGH_RUNS) -> list[Share]:
    return [Share(*share) for share in shares for _ in range(runs)]


@pytest.mark.parametrize(
    ("now", "past", "fallen"),
    [
        ((0, 24), same((24, 24)), True),
        ((14, 24), same((24, 24)), True),
        ((19, 24), same((24, 24)), False),  # five are missing, as may happen to five listings
        ((0, 6), same((6, 6)), True),
        ((0, 5), same((5, 5)), False),
        ((0, 24), same((24, 24), runs=ENOUGH_RUNS - 1), False),
        ((6, 24), same((7, 24)), False),
        ((0, 400), same((120, 400)), True),
        ((100, 400), same((120, 400)), False),
        ((200, 400), [Share(n, 400) for n in (390, 380, 250, 200, 300, 390, 180, 370)], False),
        ((0, 24), [*same((24, 24)), Share(0, 24), Share(0, 1)], True),  # one bad day is no habit
        ((70_000, 100_000), same((95_000, 100_000)), True),
    ],
)
def test_a_share_has_fallen_when_chance_and_the_past_do_not_explain_it(
    now: tuple[int, int], past: Sequence[Share], fallen: bool
) -> None:
    assert has_fallen(Share(*now), past) is fallen


@pytest.mark.parametrize(
    ("now", "past", "fallen"),
    [
        (24, [240] * 5, True),
        (0, [24] * 5, True),
        (0, [5] * 9, False),
        (200, [240] * 5, False),
        (24, [240] * 4, False),
        (150, [240, 150, 300, 180, 90, 260], False),
    ],
)
def test_a_count_of_listings_has_fallen_beyond_its_own_ups_and_downs(
    now: int, past: Sequence[int], fallen: bool
) -> None:
    assert count_has_fallen(now, past) is fallen


def test_crawls_of_few_records_say_little_about_what_is_usual() -> None:
    assert usual_rate([*same((1, 1)), Share(300, 500)]) == 0.6
    assert not has_fallen(Share(0, 3), [*same((1, 1)), Share(300, 500)])


def whole(draw: random.Random, chain: Sequence[bool], number: int) -> Sequence[bool]:
    return chain


def a_few(draw: random.Random, chain: Sequence[bool], number: int) -> Sequence[bool]:
    """Only what has changed is read."""
    return draw.sample(chain, max(1, len(chain) // 20)) if number else chain


def in_turn(draw: random.Random, chain: Sequence[bool], number: int) -> Sequence[bool]:
    """A third of the listings each time."""
    return chain[number % 3 :: 3] or chain


@pytest.mark.parametrize("way", [whole, a_few, in_turn])
def test_healthy_crawls_raise_no_alarm(
    way: Callable[[random.Random, Sequence[bool], int], Sequence[bool]],
) -> None:
    """Ten fields of chains of 1 to 400 listings, of which one value in 300 changes from crawl to crawl."""
    draw, alarms, judged = random.Random(11), 0, 0
    for size in SIZES * 6:
        for rate in RATES:
            chain = [draw.random() < rate for _ in range(size)]
            past: list[Share] = []
            for number in range(100 if size < 100 else 30):
                chain = [draw.random() < rate if draw.random() < 1 / 300 else one for one in chain]
                read = way(draw, chain, number)
                share = Share(sum(read), len(read))
                judged += 1
                alarms += has_fallen(share, past[-30:])
                past.append(share)
    assert judged >= 30_000
    assert alarms == 0


@pytest.mark.parametrize(
    ("size", "rate"),
    [(size, rate) for size in (24, 100, 400) for rate in RATES if rate >= {24: 0.9, 100: 0.6}.get(size, 0.3)],
)
def test_a_field_gone_from_half_of_the_listings_is_told_in_the_first_crawl(size: int, rate: float) -> None:
    draw, found = random.Random(5), 0
    for _ in range(50):
        past = [Share(sum(draw.random() < rate for _ in range(size)), size) for _ in range(10)]
        found += has_fallen(Share(past[-1].filled // 2, size), past)
    assert found >= 45
