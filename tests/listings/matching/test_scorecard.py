import json
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from listings.matching.levels import COMPARISONS, Comparison
from listings.matching.scorecard import probability, scorecard_from, shipped


def weights() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        (files("listings.matching") / "data" / "weights.json").read_text(encoding="utf-8")
    )
    return content


def test_the_shipped_weights_say_where_they_come_from() -> None:
    content = weights()
    assert content["trained"]
    assert {"set", "pairs", "matches", "f1", "calibration_error"} <= content["sets"][0].keys()


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda comparison: comparison.name)
def test_points_agree_with_what_the_levels_say(comparison: Comparison) -> None:
    points = [weights()["points"][comparison.name][level.key] for level in comparison.levels]
    if comparison.against:
        assert max(points[1 : comparison.at(comparison.against) + 1]) <= 0
    if comparison.speaks_for:
        assert points[0] == 0
        assert min(points[comparison.at(comparison.speaks_for) :]) >= 0
    if comparison.ordered:
        assert points[1:] == sorted(points[1:])


def test_a_weights_file_of_other_comparisons_is_refused() -> None:
    content = weights()
    del content["points"]["phone"]
    with pytest.raises(KeyError):
        scorecard_from(content)


def test_the_score_is_the_sum_of_the_points() -> None:
    card = shipped()
    levels = np.array([[1] for _ in COMPARISONS], dtype=np.uint8)
    assert card.score(levels)[0] == pytest.approx(sum(points[1] for points in card.points))


def test_probability_is_finite_for_any_log_odds() -> None:
    assert probability(np.array([-np.inf, 0.0, np.inf])).tolist() == pytest.approx([0.0, 0.5, 1.0])
