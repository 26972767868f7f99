import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.normalize.geo import distance_m, is_null_island, is_point, parse_point

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


def test_known_distances() -> None:
    assert distance_m(52.52, 13.405, 48.8566, 2.3522) == pytest.approx(877_500, rel=0.005)
    assert distance_m(0, 179.9995, 0, -179.9995) == pytest.approx(111.2, abs=0.5)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_distance_is_the_same_both_ways_and_at_most_half_the_globe(
    a: float, b: float, c: float, d: float
) -> None:
    there = distance_m(a, b, c, d)
    assert there == pytest.approx(distance_m(c, d, a, b), abs=1e-3)
    assert 0 <= there <= math.pi * 6_371_009


def test_zero_zero_and_numbers_off_the_globe_are_no_points() -> None:
    assert is_null_island(0, 0)
    assert not is_point(0.0, 0.0)
    assert not is_point(91, 0)
    assert not is_point(float("nan"), 5)
    assert not is_point(None, 5)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("47.25, -122.44", (47.25, -122.44)),
        ("0,0", None),
        ("47.25", None),
        ("a,b", None),
        ("1e400,1", None),
        ("", None),
    ],
)
def test_points_as_text(text: str, point: tuple[float, float] | None) -> None:
    assert parse_point(text) == point
