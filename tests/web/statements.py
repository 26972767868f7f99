"""Counting the statements that a page asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from listings.db import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Every SELECT of the block, in order."""
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        if str(arguments[2]).lstrip().upper().startswith("SELECT"):
            seen.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
