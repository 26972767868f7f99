import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from listings.matching.assign import Claims, assign


def settled(*claims: tuple[int, int, float], sources: list[int]) -> list[tuple[int, int]]:
    """Per listing the location it ends with and the listing that won it, -1 for none."""
    listing, location, log_odds = (np.array(column) for column in zip(*claims, strict=True))
    result = assign(Claims(listing, location, log_odds.astype(float), np.array(sources)), 0.0)
    return [
        (int(location[pair]) if pair >= 0 else -1, int(won))
        for pair, won in zip(result.pair, result.winner, strict=True)
    ]


def test_the_surer_listing_wins_and_the_other_names_it() -> None:
    assert settled((0, 0, 9.0), (1, 0, 5.0), sources=[0, 0]) == [(0, -1), (0, 0)]


def test_two_sources_never_compete() -> None:
    assert settled((0, 0, 9.0), (1, 0, 5.0), sources=[0, 1]) == [(0, -1), (0, -1)]


def test_the_total_counts_not_the_first_come() -> None:
    assert settled((0, 0, 9.0), (0, 1, 8.0), (1, 0, 8.5), sources=[0, 0]) == [(1, -1), (0, -1)]


def test_a_loser_is_not_pushed_to_a_far_second_choice() -> None:
    assert settled((0, 0, 9.0), (1, 0, 8.0), (1, 1, 0.5), sources=[0, 0]) == [(0, -1), (0, 0)]


def test_below_review_nobody_competes() -> None:
    assert settled((0, 0, -2.0), (1, 0, -3.0), sources=[0, 0]) == [(0, -1), (0, -1)]


def test_equal_rivals_halve_the_claim() -> None:
    claims = Claims(np.array([0, 0]), np.array([0, 1]), np.array([6.0, 6.0]), np.array([0]))
    assert assign(claims, 0.0).log_odds[0] < 0.01


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(-5, 12)), min_size=1, max_size=25))
def test_no_location_of_a_source_is_given_twice(claims: list[tuple[int, int, float]]) -> None:
    once = {(listing, location): odds for listing, location, odds in claims}
    listing, location = (np.array(column) for column in zip(*sorted(once), strict=True))
    odds = np.array([once[key] for key in sorted(once)])
    result = assign(Claims(listing, location, odds, np.zeros(5, np.int64)), 0.0)
    held = [int(location[pair]) for pair, won in zip(result.pair, result.winner, strict=True)
            if pair >= 0 and won < 0 and odds[pair] >= 0]  # fmt: skip
    assert len(held) == len(set(held))
    assert all(result.log_odds[a] <= odds[result.pair[a]] for a in range(5) if result.pair[a] >= 0)


def test_a_crowd_at_one_location_is_settled_quickly() -> None:
    listing = np.arange(200_000)
    claims = Claims(listing, listing % 3, np.linspace(1, 9, len(listing)), np.zeros(len(listing), np.int64))
    winners = assign(claims, 0.0).winner
    assert (winners < 0).sum() == 3
    assert set(itertools.chain(winners[winners >= 0].tolist())) == {199_997, 199_998, 199_999}
