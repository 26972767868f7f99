"""Widgets: typed options only, so that no page that embeds one can be broken by its settings."""

import datetime as dt
import re
import secrets
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from sqlalchemy.orm import Session

from reputation.accent import DARK_SURFACE, LIGHT_SURFACE, READABLE, contrast, nearest_readable
from reputation.models.widget import Widget

HEX_COLOUR = re.compile(r"#[0-9a-f]{6}")


class BadOptions(Exception):
    """A widget's options are outside what is allowed; `field` is the first one, `why` what to do."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class WidgetOptions(BaseModel):
    """Everything that may be set on a widget."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["list", "badge"] = "list"
    accent: str = "#2a4fc1"
    accent_dark: str = ""
    """The accent on dark pages; "" takes the nearest readable shade of `accent`."""
    limit: int = Field(default=6, ge=1, le=20)
    min_rating: int | None = Field(default=None, ge=2, le=5)
    with_text_only: bool = False
    height: int = Field(default=420, ge=120, le=1200)

    @field_validator("accent", "accent_dark")
    @classmethod
    def _check_accent(cls, value: str, about: ValidationInfo) -> str:
        value = value.strip().lower()
        if about.field_name == "accent_dark" and not value:
            return value
        if HEX_COLOUR.fullmatch(value) is None:
            raise ValueError("must be a colour such as #2a4fc1")
        surface = LIGHT_SURFACE if about.field_name == "accent" else DARK_SURFACE
        if contrast(value, surface) < READABLE:
            raise ValueError(
                f"{value} has {contrast(value, surface):.1f} : 1 on {'white' if surface == LIGHT_SURFACE else 'dark'}, "
                f"text needs {READABLE} : 1; the nearest shade that has it is {nearest_readable(value, surface)}"
            )
        return value

    @property
    def on_dark(self) -> str:
        """The accent as dark pages show it."""
        return self.accent_dark or nearest_readable(self.accent, DARK_SURFACE)

    @classmethod
    def parse(cls, given: dict[str, Any]) -> Self:
        """The options of a form. Raises BadOptions naming the first that doesn't fit."""
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise BadOptions(name, first["msg"].removeprefix("Value error, ")) from error


def create(
    session: Session,
    organization_id: int,
    *,
    name: str,
    location_ids: list[int],
    options: WidgetOptions,
    now: dt.datetime,
) -> Widget:
    """A new widget with an unguessable public id."""
    widget = Widget(
        organization_id=organization_id,
        public_id=secrets.token_urlsafe(12),
        name=name.strip() or "Reviews",
        location_ids=location_ids,
        options=options.model_dump(),
        created_at=now,
        updated_at=now,
    )
    session.add(widget)
    session.flush()
    return widget


def change(
    widget: Widget, name: str, location_ids: list[int], options: WidgetOptions, now: dt.datetime
) -> None:
    """Other settings for a widget that is out there already; its address stays."""
    widget.name = name.strip() or widget.name
    widget.location_ids = location_ids
    widget.options = options.model_dump()
    widget.updated_at = now
