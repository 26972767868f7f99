import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.difference import difference


def marked(record: str, live: str) -> str:
    return "".join(f"[{part.text}]" if part.differs else part.text for part in difference(record, live))


@pytest.mark.parametrize(
    ("record", "live", "shown"),
    [
        ("(503) 555-0142", "(503) 555-0100", "(503) 555-[0100]"),
        ("12 Oak St", "12 Oak St", "12 Oak St"),
        ("12 Oak St", "12 Oak St, Suite 4", "12 Oak St[, Suite 4]"),
        ("Mo-Fr 08:00-18:00", "Mo-Fr 08:00-17:00", "Mo-Fr 08:00-[17]:00"),
        ("Tallow Bikes", "TALLOW CYCLES", "[TALLOW CYCLES]"),
        ("", "new", "[new]"),
        ("gone", "", ""),
    ],
)
def test_only_what_differs_is_marked(record: str, live: str, shown: str) -> None:
    assert marked(record, live) == shown


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_segments_joined_are_the_live_value(record: str, live: str) -> None:
    segments = difference(record, live)
    assert "".join(segment.text for segment in segments) == live
    assert (
        record == live or not live or len(live) < len(record) or any(segment.differs for segment in segments)
    )


def test_a_very_long_value_is_marked_whole() -> None:
    assert len(difference("a b " * 1_000, "a c " * 1_000)) == 1
