import math

import numpy as np
import pytest

from listings.matching.refit import (
    FURTHEST,
    LEAST,
    TARGET,
    Labelled,
    Scored,
    Thresholds,
    current_thresholds,
    outcome,
    preview_thresholds,
    propose_thresholds,
    validation,
)

NOW = Thresholds(match=0.95, review=0.2)


def said(count: int, probability: float, *, same: bool) -> list[Labelled]:
    return [Labelled(probability, same)] * count


def test_nothing_moves_before_there_are_labels_of_both_kinds() -> None:
    proposal = propose_thresholds(said(500, 0.9, same=True) + said(LEAST - 1, 0.3, same=False), NOW)
    assert proposal.thresholds == NOW
    assert not proposal.changed
    assert "500 yes, 19 no" in proposal.says[0]


def test_listings_always_confirmed_are_linked_without_asking() -> None:
    labels = said(150, 0.93, same=True) + said(60, 0.4, same=False)
    proposal = propose_thresholds(labels, NOW)
    assert proposal.thresholds.match < 0.93
    assert (proposal.before.linked, proposal.after.linked) == (0, 150)
    assert proposal.after.wrong == 0


def test_listings_often_refused_are_asked_about() -> None:
    labels = said(100, 0.999, same=True) + said(30, 0.96, same=False)
    proposal = propose_thresholds(labels, NOW)
    assert proposal.thresholds.match > 0.96
    assert (proposal.before.wrong, proposal.after.wrong) == (30, 0)


def test_labels_never_push_precision_under_the_target() -> None:
    labels = said(5_000, 0.55, same=True) + said(LEAST, 0.01, same=False)
    assert propose_thresholds(labels, NOW).precision_after >= TARGET


def test_a_proposal_stays_in_reach_of_what_is_set() -> None:
    labels = said(5_000, 0.999, same=False) + said(LEAST, 0.9999, same=True)
    moved = propose_thresholds(labels, NOW).thresholds.match
    assert math.log(moved / (1 - moved)) <= math.log(0.95 / 0.05) + FURTHEST + 0.1


@pytest.mark.parametrize("seed", range(5))
def test_a_proposal_never_costs_more_than_what_is_set(seed: int) -> None:
    chance = np.random.default_rng(seed).uniform(0.01, 0.99, 200)
    same = np.random.default_rng(seed + 100).uniform(size=200) < chance
    labels = [Labelled(float(c), bool(s)) for c, s in zip(chance, same, strict=True)]
    proposal = propose_thresholds(labels, NOW)
    assert proposal.precision_after >= min(TARGET, proposal.precision_before)
    assert 0 < proposal.thresholds.review < proposal.thresholds.match < 1


def test_an_outcome_counts_links_questions_and_misses() -> None:
    labels = [Labelled(0.99, True), Labelled(0.99, False), Labelled(0.5, True), Labelled(0.1, True)]
    found = outcome(labels, NOW)
    assert (found.linked, found.wrong, found.asked, found.missed) == (2, 1, 1, 1)


def test_a_preview_lists_what_would_change_and_leaves_verdicts_alone() -> None:
    pairs = [
        Scored("likely", "1", 0.93), Scored("sure", "1", 0.99), Scored("doubtful", "1", 0.22),
        Scored("unlikely", "1", 0.15), Scored("confirmed", "1", 0.93, same=True),
    ]  # fmt: skip
    looser = preview_thresholds(pairs, NOW, Thresholds(0.9, 0.1))
    assert [pair.listing_id for pair in looser.appear] == ["likely"]
    assert [pair.listing_id for pair in looser.ask] == ["unlikely"]
    stricter = preview_thresholds(pairs, NOW, Thresholds(0.995, 0.3))
    assert [pair.listing_id for pair in stricter.disappear] == ["sure"]
    assert [pair.listing_id for pair in stricter.drop] == ["doubtful"]


def test_the_shipped_thresholds_hold_the_target_on_the_validation_pairs() -> None:
    assert validation("link").precision(current_thresholds().match) >= TARGET
