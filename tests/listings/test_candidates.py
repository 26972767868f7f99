"""The contest between the locations that one listing may describe."""

import pytest

from listings.candidates import Candidate, contested


def candidate(location_id: int, probability: float) -> Candidate:
    return Candidate(location_id, probability, 0.0, 0.0, 0.0, (), "")


def test_a_lone_candidate_keeps_its_chance() -> None:
    [found] = contested([candidate(1, 0.8)])
    assert found.probability == 0.8
    assert found.points == pytest.approx(1.39, abs=0.01)


def test_candidates_that_fit_alike_share_what_one_of_them_can_have() -> None:
    found = contested([candidate(1, 0.5), candidate(2, 0.5)])
    assert [one.probability for one in found] == [0.3333, 0.3333]
    assert found[0].rest == -0.69


def test_what_is_ruled_out_takes_nothing_from_the_others() -> None:
    [found] = contested([candidate(1, 0.9), candidate(2, 0.4)], {1})
    assert (found.location_id, found.probability) == (2, 0.4)
