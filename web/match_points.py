"""Points for and against as bars of one scale, and a probability in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from web.screens.matching import PointBar

MIDDLE = 50.0
SMALL = 0.05
WORDS = (
    (0.97, "almost certainly the same place"),
    (0.85, "very likely the same place"),
    (0.6, "probably the same place"),
    (0.4, "about an even chance"),
    (0.15, "probably another place"),
    (0.0, "very likely another place"),
)


def in_words(chance: float) -> str:
    """A probability as people say it, with what the figure means."""
    words = next(text for least, text in WORDS if chance >= least)
    return f"{words[0].upper()}{words[1:]}: of 100 pairs like this one, about {round(100 * chance)} are."


def bars(reasons: Sequence[Mapping[str, Any]], rest: float = 0.0, start: float = 0.0) -> tuple[PointBar, ...]:
    """What speaks for it, the weightiest first, then what speaks against it, then the rest and the start."""
    told = [
        (str(one.get("says", "")), float(one["points"])) for one in reasons if one.get("points") is not None
    ]
    lines = sorted(told, key=lambda line: (line[1] < 0, -abs(line[1])))
    if abs(rest) >= SMALL:
        lines.append(("Details too small for a line, and other locations that fit", rest))
    if abs(start) >= SMALL:
        lines.append(("Start: before anything is compared", start))
    widest = max((abs(points) for _, points in lines), default=1.0)
    return tuple(_bar(says, points, widest) for says, points in lines)


def _bar(says: str, points: float, widest: float) -> PointBar:
    width = round(MIDDLE * abs(points) / widest, 2)
    return PointBar(
        says=says,
        points=f"{points:+.1f}".replace("-", "−"),
        x=MIDDLE - width if points < 0 else MIDDLE,
        width=width,
        against=points < 0,
    )
