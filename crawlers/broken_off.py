"""Whether a page was cut off on its way out of the source: whole by its length, and yet without its end."""

import re

_OPENING = re.compile(rb"<!doctype html|<html[\s>]", re.IGNORECASE)
_END = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_NEEDING_AN_END = ("div", "main", "section", "article", "script", "table", "ul", "address")
"""Elements whose end tag HTML doesn't let anybody leave out (HTML Standard, 13.1.2.4), as often used."""
_TAGS = [
    (re.compile(rb"<%s[\s>]" % name.encode(), re.IGNORECASE), re.compile(rb"</%s\s*>" % name.encode(), re.IGNORECASE))
    for name in _NEEDING_AN_END
]  # fmt: skip


def breaks_off(body: bytes) -> bool:
    """Whether an HTML page has neither the end tags of a page nor those of its parts.

    One of both alone says nothing: the ends of `html` and `body` may be left out, and careless
    pages leave a `div` open.
    """
    if not _OPENING.search(body, 0, 2048) or _END.search(body):
        return False
    return any(len(opens.findall(body)) > len(ends.findall(body)) for opens, ends in _TAGS) or _in_a_tag(body)


def _in_a_tag(body: bytes) -> bool:
    return body.rfind(b"<") > body.rfind(b">")
