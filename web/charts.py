"""The geometry of the charts that templates draw as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, WIDTH, MARGIN = 32.0, 100.0, 2.0


@dataclass(frozen=True, slots=True)
class Spark:
    """SVG path data in a box of 100 × 32, and what the line says in a sentence."""

    line: str
    area: str
    sentence: str


def sparkline(points: Sequence[tuple[str, float | None]]) -> Spark:
    """A line through (label, value) pairs, oldest first; None leaves a gap, not a zero.

    The scale runs from the lowest to the highest value, since a sparkline shows a course and the
    number beside it the level. Fewer than two values draw nothing.
    """
    known = [(label, value) for label, value in points if value is not None]
    if len(known) < 2:
        return Spark("", "", "too few values for a line")
    low, high = min(value for _, value in known), max(value for _, value in known)
    step, span = WIDTH / (len(points) - 1), (high - low) or 1.0
    line, area = "", ""
    for run in _runs([value for _, value in points]):
        places = [(step * i, HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (v - low) / span) for i, v in run]
        course = "L".join(f"{x:.2f} {y:.2f}" for x, y in places)
        line += f"M{course}"
        area += f"M{places[0][0]:.2f} {HEIGHT:g}L{course}L{places[-1][0]:.2f} {HEIGHT:g}Z"
    return Spark(line, area, _sentence(known, low, high))


def _runs(values: list[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches without a gap, each as (position, value)."""
    runs: list[list[tuple[int, float]]] = [[]]
    for i, value in enumerate(values):
        if value is not None:
            runs[-1].append((i, value))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _sentence(known: Sequence[tuple[str, float]], low: float, high: float) -> str:
    first, last = known[0], known[-1]
    return f"from {first[1]:g} ({first[0]}) to {last[1]:g} ({last[0]}), lowest {low:g}, highest {high:g}"
