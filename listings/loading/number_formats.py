"""How a spreadsheet shows its numbers (ECMA-376 part 1, 18.8.30 and 18.8.31), as far as text depends on it."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

DATES = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
TIMES = frozenset({18, 19, 20, 21, 45, 46, 47})
"""Numbers of the built-in formats that show a date, and of those that show a time of day."""
LAST_DAY = 2_958_465
"""9999-12-31, the last day that a spreadsheet knows."""


class Formats:
    """The formats of a workbook's styles, heard from its styles part."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._of_style: list[int] = []
        self._in_styles = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == "numFmt":
            self._codes[int(attributes.get("numFmtId", -1))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_styles = True
        elif name == "xf" and self._in_styles:
            self._of_style.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str, text: str) -> None:  # noqa: ARG002 - the reader's signature
        """An element ends."""
        if name == "cellXfs":
            self._in_styles = False

    def shown(self, value: str, style: int, epoch: dt.datetime) -> str:
        """A stored number as the text that people see: dates as ISO, leading zeros as the format has them."""
        number = _number(value)
        if number is None:
            return value
        form = self._of_style[style] if 0 <= style < len(self._of_style) else 0
        code = self._codes.get(form, "")
        if form in DATES | TIMES or _is_date(code):
            return _moment(number, epoch) if 0 <= number < LAST_DAY else value
        plain = f"{number:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return plain.zfill(len(code)) if re.fullmatch("0+", code) and "." not in plain else plain


def _number(value: str) -> Decimal | None:
    try:
        # A decimal that a float can't hold is stored with 17 digits; the shortest form is what was typed.
        number = Decimal(value if value.isdigit() else repr(float(value)))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 40 else None


def _is_date(code: str) -> bool:
    """Whether a format's own letters, outside quotes, brackets and escapes, are those of dates or times."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.', "", code).casefold().replace("general", "")
    return re.search(r"[ymdhs]", bare) is not None


def _moment(number: Decimal, epoch: dt.datetime) -> str:
    when = epoch + dt.timedelta(seconds=round(number * 86_400))
    if number < 1:
        return f"{when:%H:%M}"
    return when.date().isoformat() if number == int(number) else when.isoformat(sep=" ", timespec="minutes")
