"""Word tables that ship as text files beside this module, one subject a file.

A file has "[section]" lines, lines of comment that begin with "#", and under a section either words (a set) or
"canonical = spelling spelling" (a map). "_" stands for the space inside a spelling.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def _sections(file: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    text = (files("listings.normalize") / "data" / f"{file}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        content = "" if line.startswith("#") else line.strip()
        if content.startswith("["):
            lines = found.setdefault(content.strip("[]"), [])
        elif content:
            lines.append(content)
    return found


def word_set(file: str, section: str) -> frozenset[str]:
    """The words of a section."""
    return frozenset(word for line in _sections(file)[section] for word in line.split())


def every_word(file: str) -> frozenset[str]:
    """All words of all sections of a file, those of phrases one by one."""
    lines = [line for section in _sections(file).values() for line in section]
    return frozenset(" ".join(lines).replace("_", " ").replace("=", " ").split())


def word_map(file: str, section: str) -> dict[str, str]:
    """Spelling to canonical word; the canonical word is one of its own spellings."""
    found: dict[str, str] = {}
    for canonical, spellings in word_groups(file, section):
        for spelling in (canonical, *spellings):
            found.setdefault(spelling, canonical)
    return found


def phrases(file: str, section: str) -> frozenset[tuple[str, ...]]:
    """The spellings of several words in a section, each as a tuple of words."""
    return frozenset(tuple(word.split("_")) for word in word_set(file, section))


def word_groups(file: str, section: str) -> Iterator[tuple[str, list[str]]]:
    """Each canonical word with its spellings, in the file's order."""
    for line in _sections(file)[section]:
        canonical, _, spellings = line.partition("=")
        yield canonical.strip(), spellings.split()
