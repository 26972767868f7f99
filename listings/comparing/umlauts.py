"""Umlauts have two spellings, "Müller" and "Mueller", and neither says that it is one."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from listings.comparing.verdicts import Comparison, Verdict, equivalent

_UMLAUT = re.compile("[äöüåøæ]", re.IGNORECASE)
_SPELLED = re.compile("(?<=a)[ea]|(?<=[ou])e")

_LETTERS = str.maketrans("äöüåøæ", "aouaoa")

P = ParamSpec("P")
Compare = Callable[Concatenate[str, str, P], Comparison]


def either_umlaut_spelling(compare: Compare[P]) -> Compare[P]:
    """The comparison tried again without the spelled-out "e" where one side has an umlaut.

    Without an umlaut in sight nothing changes: "Joe" and "Jo" are two names.
    """

    @wraps(compare)
    def compare_either(left: str, right: str, /, *args: P.args, **kwargs: P.kwargs) -> Comparison:
        found = compare(left, right, *args, **kwargs)
        if found.verdict is not Verdict.DIFFERENT or not (_UMLAUT.search(left) or _UMLAUT.search(right)):
            return found
        again = compare(_plain(left), _plain(right), *args, **kwargs)
        if again.verdict is Verdict.SAME:
            return equivalent(again.reason.replace(".same", ".format"))
        return found if again.verdict is Verdict.DIFFERENT else again

    return compare_either


def _plain(text: str) -> str:
    return _SPELLED.sub("", text.lower().translate(_LETTERS))
