"""One row of a file as the values it sets, or as the errors it has."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from listings.listing_pages import BadListingPage, listing_page
from listings.loading.columns import GIVEN_URLS, Columns
from listings.loading.other_hours import hours_of_days, hours_of_text, special_of_text
from listings.normalize.hours import BadHours
from listings.records import OpenStatus

CLEAR = "-"
MAX_CODE = 60
SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"}
)


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in which cell; `row` counts as the file's own rows do."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.message}"


@dataclass(frozen=True, slots=True)
class RowValues:
    """What a row sets: field to new value, None to clear; fields that it leaves alone are absent."""

    row: int
    code: str
    values: Mapping[str, Any]
    extra: Mapping[str, str]


class BadCell(ValueError):
    """A cell can't be used; the message says what to type instead."""


def read_row(columns: Columns, number: int, cells: Sequence[str]) -> RowValues | list[RowError]:
    """Understand one row. An empty cell sets nothing, "-" clears."""
    errors: list[RowError] = []
    values: dict[str, Any] = {}
    code = unescape(cells[columns.fields["code"]].strip())
    if problem := _code_problem(code):
        errors.append(RowError(number, "code", problem))
    for field, index in columns.fields.items():
        if field == "code":
            continue
        _set(values, errors, number, field, cells[index])
    _join_street_lines(columns, number, cells, values, errors)
    _join_days(columns, number, cells, values, errors)
    extra = {name: cells[index].strip() for name, index in columns.unknown.items() if cells[index].strip()}
    return errors or RowValues(number, code, values, extra)


def _code_problem(code: str) -> str | None:
    if not code:
        return "is empty. Every location needs a code of its own."
    if len(code) > MAX_CODE:
        return f"is longer than {MAX_CODE} characters."
    if re.search(r"[<>\x00-\x1f\x7f-\x9f]", code):
        return "holds a character that a code can't have (< > or a control character)."
    if code[0] in "=@" or code in SPREADSHEET_ERRORS:
        return f"“{code}” is a formula or its error. Type the code itself."
    if re.fullmatch(r"\d[.,]\d+E\+\d+", code):
        return f"“{code}” is a number that a spreadsheet cut short. Format the column as text, save again."
    return None


def _set(values: dict[str, Any], errors: list[RowError], number: int, field: str, cell: str) -> None:
    raw = cell.strip()
    text = unescape(raw)
    if not text:
        return
    if text == CLEAR:
        if field in ("name", "status"):
            errors.append(RowError(number, field, "can't be cleared."))
        else:
            values[field] = None
        return
    try:
        _check(raw)
        values[field] = _READ.get(field, str)(text)
    except (BadCell, BadHours, BadListingPage) as error:
        errors.append(RowError(number, field, str(error)))


def unescape(text: str) -> str:
    """A cell that an export protected against being run as a formula, as it was before."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "=+-@\t\r" else text


def _join_street_lines(
    columns: Columns, number: int, cells: Sequence[str], values: dict[str, Any], errors: list[RowError]
) -> None:
    lines = [cells[index].strip() for index in columns.street_lines]
    lines = [line for line in lines if line and line != CLEAR]
    if lines and values.get("street"):
        try:
            for line in lines:
                _check(line)
            values["street"] = ", ".join([values["street"], *map(unescape, lines)])
        except BadCell as error:
            errors.append(RowError(number, "street", str(error)))


def _join_days(
    columns: Columns, number: int, cells: Sequence[str], values: dict[str, Any], errors: list[RowError]
) -> None:
    days = {day: cells[index].strip() for day, index in columns.days.items()}
    told = {cell for cell in days.values() if cell}
    if not told or "hours" in values:
        return
    try:
        # A day cleared among others is a day whose hours nobody knows.
        known = {day: cell for day, cell in days.items() if cell != CLEAR}
        values["hours"] = None if told == {CLEAR} else hours_of_days(known)
    except BadHours as error:
        errors.append(RowError(number, "hours", str(error)))


def _check(text: str) -> None:
    """Raise BadCell for what a spreadsheet or a machine left in a cell of any kind."""
    if text[0] in "=@\t\r":
        raise BadCell(f"begins with “{text[0]}”: a spreadsheet formula is no value. Type the text itself.")
    if text in SPREADSHEET_ERRORS:
        raise BadCell(f"“{text}” is the error of a formula. Type the text itself.")
    if re.fullmatch(r"\d[.,]\d+E\+\d+", text):
        raise BadCell(
            f"“{text}” is a number that a spreadsheet cut short. Format the column as text, save again."
        )
    if len(text) > 2000:
        raise BadCell("is longer than 2,000 characters.")
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text):
        raise BadCell("holds a control character. Type the text again.")


def _phone(text: str) -> str:
    if not re.search(r"\d", text):
        raise BadCell(f"“{text}” is no phone number.")
    return text


def _country(text: str) -> str:
    code = text.strip().upper()
    if re.fullmatch(r"[A-Z]{2}", code) is None:
        raise BadCell(f"“{text}” is no two-letter country code such as US or DE.")
    return code


def _website(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise BadCell(f"“{text}” is no web address.") from error
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or "") or parts.username:
        raise BadCell(f"“{text}” is no web address such as https://example.com/store.")
    return address


def _degrees(limit: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = limit + 1
        if not -limit <= value <= limit:
            raise BadCell(f"“{text}” is no number between -{limit:g} and {limit:g}.")
        return value

    return read


def _status(text: str) -> OpenStatus:
    plain = re.sub(r"[^a-z]+", "_", text.casefold()).strip("_")
    if plain not in _STATUS_WORDS:
        raise BadCell(f"“{text}” is none of open, temporarily_closed, closed.")
    return _STATUS_WORDS[plain]


_STATUS_WORDS = {
    "open": OpenStatus.OPEN, "active": OpenStatus.OPEN, "published": OpenStatus.OPEN, "verified": OpenStatus.OPEN,
    "temporarily_closed": OpenStatus.TEMPORARILY_CLOSED, "inactive": OpenStatus.TEMPORARILY_CLOSED,
    "closed": OpenStatus.CLOSED, "permanently_closed": OpenStatus.CLOSED,
}  # fmt: skip


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise BadCell(f"“{text}” is no IANA time zone such as America/New_York.")
    return text


def _phones(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;,|]", text) if part.strip()]


_READ: dict[str, Callable[[str], Any]] = {
    "country": _country,
    "phone": _phone,
    "website": _website,
    "latitude": _degrees(90),
    "longitude": _degrees(180),
    "hours": hours_of_text,
    "special_hours": special_of_text,
    "status": _status,
    "time_zone": _time_zone,
    "tracking_phones": _phones,
    **{column: partial(listing_page, source) for column, source in GIVEN_URLS.items()},
}
