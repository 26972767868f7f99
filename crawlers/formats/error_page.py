"""HTML that stands where an answer is due: walls, refusals and the error pages of servers and proxies."""

import html
import re

from crawlers.formats.http_answer import refused, wall
from crawlers.source import Answer, Outcome, Reading

_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,200})", re.IGNORECASE)
_BY_TITLE = (
    (re.compile(r"you have been blocked|^\W*403\b|\bforbidden\b|access (?:to this page )?(?:is |has been )?denied"
                r"|pardon our interruption|verify (?:that )?you are (?:a )?human|security check", re.IGNORECASE),
     Outcome.BLOCKED),
    (re.compile(r"^\W*429\b|too many requests|rate limit", re.IGNORECASE), Outcome.QUOTA),
    (re.compile(r"^\W*(?:error\W*)?5\d\d\b|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
                r"|internal server error|\b5\d\d: ", re.IGNORECASE), Outcome.UNAVAILABLE),
    (re.compile(r"^\W*(?:error\W*)?4(?:04|10)\b|^\W*(?:page |business |listing )?not found\W*$", re.IGNORECASE),
     Outcome.NOT_FOUND),
)  # fmt: skip
_HEAD = 20_000


def error_page(page: str) -> Reading | None:
    """The reading of a page that is a wall, or whose title says that it is an error; else None."""
    return wall(page) or titled_error(page)


def titled_error(page: str) -> Reading | None:
    """The reading of a page whose title says that it is an error; else None.

    Content may name the hosts of consent and robot checks too, a title of its own it has always.
    """
    match = _TITLE.search(page[:_HEAD])
    title = " ".join(html.unescape(match[1]).split()) if match else ""
    for form, outcome in _BY_TITLE:
        if form.search(title):
            return Reading(outcome, detail=f"an error page was answered: {title}")
    return None


def page_instead(answer: Answer) -> Reading | None:
    """The reading of an HTML page that came where JSON is due; None when the answer is no page."""
    body = answer.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body[:1] != b"<":
        return None
    page = body[:_HEAD].decode("utf-8", "replace")
    return error_page(page) or refused(answer)
