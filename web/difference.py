"""Which characters of the live value differ from the record, for the eye."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

PARTS = re.compile(r"\w+|\s+|[^\w\s]")
MOST_PARTS = 400


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a value; `differs` when the other side does not have it there."""

    text: str
    differs: bool


def difference(record: str, live: str) -> tuple[Segment, ...]:
    """Cut `live` into stretches that agree with `record` and stretches that don't.

    Words and groups of digits are compared whole, because half a changed word or half a changed
    number can't be read. The texts of the segments joined give `live` back. Values longer than
    MOST_PARTS words are one segment, marked when they differ at all: nobody reads such a marking
    and comparing them would take long.
    """
    if record == live or not record:
        return (Segment(live, differs=record != live),) if live else ()
    left, right = PARTS.findall(record), PARTS.findall(live)
    if max(len(left), len(right)) > MOST_PARTS:
        return (Segment(live, differs=True),)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    segments: list[Segment] = []
    for tag, _, _, start, end in matcher.get_opcodes():
        if text := "".join(right[start:end]):
            _append(segments, Segment(text, differs=tag != "equal"))
    return tuple(segments)


def _append(segments: list[Segment], new: Segment) -> None:
    """Blank space between two changed words belongs to the change."""
    bridges = new.differs and len(segments) > 1 and segments[-2].differs and not segments[-1].text.strip()
    if bridges:
        gap, changed = segments.pop(), segments.pop()
        segments.append(Segment(changed.text + gap.text + new.text, differs=True))
    else:
        segments.append(new)
