"""Values of a listing's attributes, as sources with such a thing have them (pure).

A value is true or false, one word of the attribute's own, a list of addresses, or for an attribute
of several words {"set": […], "unset": […]}; None is no value.
"""

import re
from collections.abc import Mapping
from typing import Any

LINKS = "attributes/url_"
"""How the names of attributes begin that hold addresses."""
_WORD = re.compile(r"[A-Za-z0-9_]{1,80}")
_URL = re.compile(r"https?://[!-~]{1,2000}")


class BadValue(ValueError):
    """The value can't be one of the attribute; the message says what can."""


def same(one: Any, other: Any) -> bool:
    """Whether two values are one; the order of words has no meaning, and an empty list is no value."""
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        parts = {key: sorted(value.get(key) or ()) for key in ("set", "unset")}
        return parts if any(parts.values()) else None
    return None if value == [] else value


def check(name: str, value: Any) -> None:
    """Raise BadValue unless an attribute of that name can hold the value; None takes it away."""
    if value is None or isinstance(value, bool):
        return
    if name.startswith(LINKS):
        if not isinstance(value, list) or not all(
            isinstance(one, str) and _URL.fullmatch(one) for one in value
        ):
            raise BadValue("Give whole addresses, beginning with https://, one a line.")
        return
    words = [*value.get("set", ()), *value.get("unset", ())] if isinstance(value, Mapping) else [value]
    if not words or not all(isinstance(word, str) and _WORD.fullmatch(word) for word in words):
        raise BadValue("Give Google’s own words for it: letters, digits and underscores.")
