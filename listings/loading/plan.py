"""What a file would change, row by row, held against the locations there are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.loading.columns import BadHeader, understand
from listings.loading.rows import RowError, RowValues, read_row
from listings.loading.table import BadFile, Table, read_table
from listings.loading.values import OWN_COLUMNS, value_of
from listings.models.given_url import GivenUrl
from listings.models.location import Location


class BadRows(Exception):
    """Rows of the file have errors; nothing of it may be applied."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__(f"{len(errors)} {'cell' if len(errors) == 1 else 'cells'} can't be used")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Change:
    """One row that changes something: `before` is None for a location that is new."""

    row: int
    code: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


def read_file(path: Path) -> list[RowValues]:
    """Read and check a whole file. Raises BadFile, BadHeader, or BadRows with every bad cell."""
    table: Table = read_table(path)
    try:
        columns = understand(table.header)
    except BadHeader as error:
        raise BadHeader(f"{path}: {error}") from error
    good: list[RowValues] = []
    errors: list[RowError] = []
    first_row: dict[str, int] = {}
    for number, cells in table.rows:
        row = read_row(columns, number, cells)
        if isinstance(row, list):
            errors += row
            continue
        earlier = first_row.setdefault(row.code, number)
        if earlier != number:
            errors.append(RowError(number, "code", f"“{row.code}” stands in row {earlier} already."))
        good.append(row)
    if errors:
        raise BadRows(errors)
    if not good:
        raise BadFile(f"{path}: there is a header but no row below it.")
    return good


def plan(session: Session, organization_id: int, rows: list[RowValues]) -> Iterator[Change]:
    """The changes a file makes, in its order; rows that change nothing are left out.

    Raises BadRows when a new location would have no name.
    """
    columns = [getattr(Location, field) for field in ("id", "code", *OWN_COLUMNS, "extra")]
    known = {
        location.code: location
        for location in session.execute(
            sa.select(*columns).where(Location.organization_id == organization_id)
        )
    }
    nameless = [
        RowError(row.row, "name", "is empty, and the location is new.")
        for row in rows
        if row.code not in known and not row.values.get("name")
    ]
    if nameless:
        raise BadRows(nameless)
    pages = _pages(session, organization_id)
    for row in rows:
        location = known.get(row.code)
        change = _change(location, pages.get(location.id, {}) if location else {}, row)
        if change is not None:
            yield change


def _pages(session: Session, organization_id: int) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    rows = sa.select(GivenUrl).where(GivenUrl.organization_id == organization_id, GivenUrl.url.is_not(None))
    for row in session.scalars(rows):
        found.setdefault(row.location_id, {})[row.source] = row.url or ""
    return found


def _change(location: sa.Row[Any] | None, pages: Mapping[str, str], row: RowValues) -> Change | None:
    if location is None:
        extra: dict[str, Any] = {"extra": dict(row.extra)} if row.extra else {}
        return Change(row.row, row.code, None, {**row.values, **extra})
    after = {field: value for field, value in row.values.items() if value_of(location, pages, field) != value}
    unknown = {**(location.extra or {}), **row.extra}
    if unknown != (location.extra or {}):
        after["extra"] = unknown
    if not after:
        return None
    return Change(row.row, row.code, {field: value_of(location, pages, field) for field in after}, after)


__all__ = ["BadFile", "BadHeader", "BadRows", "Change", "plan", "read_file"]
