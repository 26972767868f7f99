"""The attributes of one listing at its source, each with a way to change it."""

from dataclasses import dataclass

from web.screens.elements import Act, Age, Banner, Empty, Field


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute: its name in words, its value, what is under way; `fields` are its form's."""

    label: str
    name: str
    kind: str
    value: str
    state: str = ""
    bad: bool = False
    acts: tuple[Act, ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributesView:
    """Template locations/attributes.html. `save` is posted with a row's name, kind and value."""

    title: str
    fact: str
    back: str
    read: Age | None
    rows: tuple[AttributeRow, ...]
    save: Act | None
    new: tuple[Field, ...] = ()
    banner: Banner | None = None
    empty: Empty | None = None
