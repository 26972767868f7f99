"""The bytes of an HTML page as text, and whether the text is all of the page."""

import re
from html.parser import HTMLParser

from w3lib.encoding import html_to_unicode

_END = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
_OPTIONAL_END = frozenset(
    {
        "html", "head", "body", "li", "dt", "dd", "p", "rt", "rp", "optgroup", "option", "colgroup", "caption",
        "thead", "tbody", "tfoot", "tr", "td", "th",
    }
)  # fmt: skip
"""Elements whose end tag may be left out (HTML standard, 13.1.2.4)."""
_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
        "wbr",
    }
)  # fmt: skip


def text_of(body: bytes, content_type: str | None) -> str:
    """The page as text: charset from the header, the byte order mark, the meta tag, else UTF-8 or CP1252."""
    _, text = html_to_unicode(content_type, body, auto_detect_fun=_guess)
    return text


def _guess(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A page cut in the middle of a letter is still UTF-8.
        return "utf-8" if error.start >= len(body) - 3 else "cp1252"
    return "utf-8"


def looks_like_html(text: str) -> bool:
    """Whether there is a tag near the beginning."""
    return bool(re.match(r"\s*<[!?a-zA-Z]", text[:2000]))


def breaks_off(text: str) -> bool:
    """Whether a page ends inside an element or a tag, so that its last words may be half ones."""
    if _END.search(text[-4000:]):
        return False
    parser = _fed(text)
    return bool(parser.open) or bool(parser.rawdata)


def depth_of(text: str) -> int:
    """How deep the elements of a page nest, those with optional end tags left out."""
    return _fed(text).deepest


def _fed(text: str) -> "_Open":
    parser = _Open()
    parser.feed(text)
    return parser


class _Open(HTMLParser):
    """Keeps the elements that are open and may not stay so."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Open an element."""
        if tag not in _VOID and tag not in _OPTIONAL_END:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of that name, and with it what was left open inside."""
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def parse_html_declaration(self, i: int) -> int:
        """Read "<![…" as the comment it is in HTML; the base class fails on words it doesn't know."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)
