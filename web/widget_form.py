"""The options of a widget as a form, and the form as options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from listings.models.location import Location
from reputation.accent import LIGHT_SURFACE, contrast
from reputation.models.widget import Widget
from reputation.widgets import BadOptions, WidgetOptions
from web.places import place
from web.screens.elements import Field, Option
from web.widget_data import options_of

STARS = (
    ("", "All stars"),
    ("2", "2 stars and more"),
    ("3", "3 stars and more"),
    ("4", "4 and 5"),
    ("5", "5 only"),
)
KINDS = (("list", "List of reviews"), ("badge", "Badge: the average alone"))
NUMBERS = (3, 6, 10, 20)
DISCLOSED = "A selection is printed on the widget with the true total; the average stays the source’s own."
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Given:
    """What a form says, and what is wrong with it by field."""

    name: str
    location_ids: list[int]
    options: WidgetOptions | None
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)


def read(form: Mapping[str, str], locations: Mapping[str, Location], widget: Widget) -> Given:
    """The form of a widget; `locations` are those the person may choose, by code."""
    errors: dict[str, str] = {}
    code = form.get("location", "")
    ids = _location_ids(code, locations, widget)
    if ids is None:
        errors["location"] = "Choose one of the locations."
    name = form.get("name", "").strip()
    if not name or len(name) > NAME_LENGTH:
        errors["name"] = f"Give it a name of up to {NAME_LENGTH} characters."
    options = None
    try:
        options = WidgetOptions.parse(_typed(form))
    except BadOptions as wrong:
        errors[wrong.field] = wrong.why[0].upper() + wrong.why[1:] + "."
    return Given(name, ids or [], options, form, errors)


def _typed(form: Mapping[str, str]) -> dict[str, object]:
    return {
        "kind": form.get("kind", "list"),
        "accent": form.get("accent", ""),
        "accent_dark": form.get("accent_dark", ""),
        "limit": form.get("limit", ""),
        "min_rating": form.get("min_rating") or None,
        "with_text_only": form.get("with_text_only") == "1",
        "height": form.get("height") or WidgetOptions().height,
    }


def _location_ids(code: str, locations: Mapping[str, Location], widget: Widget) -> list[int] | None:
    if code == "":
        return []
    if code == "*":
        return list(widget.location_ids)
    return [locations[code].id] if code in locations else None


def fields(widget: Widget, locations: Sequence[Location], given: Given | None = None) -> tuple[Field, ...]:
    """The form, with what was typed when it was refused."""
    options = options_of(widget)
    values: Mapping[str, str] = given.values if given else _values(widget, options, locations)
    errors = given.errors if given else {}
    hint = f"{contrast(options.accent, LIGHT_SURFACE):.1f} : 1 on white, readable from 4.5 on"
    return (
        Field(
            "name",
            "Name",
            values.get("name", ""),
            hint="Only your team sees it",
            error=errors.get("name", ""),
        ),
        _choice("location", "Locations", _location_options(widget, locations), values, errors),
        _choice("kind", "Shape", KINDS, values, errors),
        _choice("limit", "Reviews shown", tuple((str(n), str(n)) for n in _numbers(options)), values, errors),
        _choice("min_rating", "Lowest stars shown", STARS, values, errors, hint=DISCLOSED),
        _choice(
            "with_text_only", "Words", (("", "With and without"), ("1", "Only with words")), values, errors
        ),
        Field("accent", "Accent colour", values.get("accent", ""), hint=hint, error=errors.get("accent", "")),
        Field(
            "accent_dark",
            "Accent on dark pages",
            values.get("accent_dark", ""),
            hint=f"Empty takes {options.on_dark}, the nearest shade that can be read there",
            error=errors.get("accent_dark", ""),
        ),
        Field(
            "height",
            "Reserved height",
            values.get("height", ""),
            kind="number",
            hint="Pixels of the iframe, 120 to 1,200",
            error=errors.get("height", ""),
        ),
    )


def _values(widget: Widget, options: WidgetOptions, locations: Sequence[Location]) -> dict[str, str]:
    chosen = ""
    if widget.location_ids:
        known = {location.id: location.code for location in locations}
        one = widget.location_ids[0] if len(widget.location_ids) == 1 else None
        chosen = known.get(one, "*") if one is not None else "*"
    return {
        "name": widget.name,
        "location": chosen,
        "kind": options.kind,
        "limit": str(options.limit),
        "min_rating": str(options.min_rating or ""),
        "with_text_only": "1" if options.with_text_only else "",
        "accent": options.accent,
        "accent_dark": options.accent_dark,
        "height": str(options.height),
    }


def _numbers(options: WidgetOptions) -> list[int]:
    return sorted({*NUMBERS, options.limit})


def _location_options(widget: Widget, locations: Sequence[Location]) -> tuple[tuple[str, str], ...]:
    known = {location.id for location in locations}
    others = [one for one in widget.location_ids if one not in known]
    some = len(widget.location_ids) > 1 or bool(others)
    kept = (("*", f"{len(widget.location_ids)} chosen"),) if some else ()
    each = tuple((location.code, f"{location.code} {place(location)}") for location in locations)
    return (("", "All locations"), *kept, *each)


def _choice(
    name: str,
    label: str,
    options: Sequence[tuple[str, str]],
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    hint: str = "",
) -> Field:
    return Field(
        name,
        label,
        kind="select",
        hint=hint,
        error=errors.get(name, ""),
        options=tuple(Option(value, text, value == values.get(name, "")) for value, text in options),
    )
