from web.charts import sparkline
from web.screens.elements import Outcomes


def test_a_line_runs_from_the_first_to_the_last_value() -> None:
    spark = sparkline([("Sep 7", 80.0), ("Sep 14", 90.0), ("Sep 21", 85.0)])
    assert spark.line == "M0.00 30.00L50.00 2.00L100.00 16.00"
    assert spark.sentence == "from 80 (Sep 7) to 85 (Sep 21), lowest 80, highest 90"


def test_a_missing_week_is_a_gap() -> None:
    spark = sparkline([("a", 1.0), ("b", 2.0), ("c", None), ("d", 1.0), ("e", 3.0)])
    assert spark.line.count("M") == spark.area.count("Z") == 2


def test_a_level_course_and_too_few_values_draw_without_fault() -> None:
    assert sparkline([("a", 5.0), ("b", 5.0)]).line
    assert sparkline([("a", 5.0)]).line == sparkline([]).line == ""


def test_outcomes_fill_the_bar_and_are_said_in_words() -> None:
    outcomes = Outcomes(ok=60, not_modified=20, unreadable=20)
    assert outcomes.shares() == (
        ("ok", 60, 0.0, 60.0),
        ("not_modified", 20, 60.0, 20.0),
        ("unreadable", 20, 80.0, 20.0),
    )
    assert outcomes.words() == "80 good, 20 unreadable"
    assert (Outcomes().shares(), Outcomes().words()) == ((), "none yet")
