"""The bytes of an HTML page as text, and whether the text is all of the page."""

import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser

from w3lib.encoding import html_to_unicode

_END = re.compile(r"</\s*(?:html|body)\s*>", re.IGNORECASE)
_CARD_CLASSES = re.compile(
    r"(?:^|\s)(?:p-[a-z-]+|fn|org|tel|value|locality|region|postal-code|street-address|country-name)(?:\s|$)"
)
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
    """Whether a page ends inside a tag or inside an element whose text is a value: half a word, maybe.

    A container that nobody closed is no such sign: browsers close it, and sites forget it.
    """
    if _END.search(text[-4000:]):
        return False
    parser = _fed(text)
    return parser.inside_value or bool(parser.rawdata)


def depth_of(text: str) -> int:
    """How deep the elements of a page nest, those with optional end tags left out."""
    return _fed(text).deepest


def _fed(text: str) -> "_Open":
    parser = _Open()
    parser.feed(text)
    return parser


class _Open(HTMLParser):
    """Keeps the elements that are open and whose end tag may not be left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._open: list[tuple[str, bool]] = []
        self._names: Counter[str] = Counter()
        self._just_opened = False
        self.deepest = 0

    @property
    def inside_value(self) -> bool:
        """Whether the page ended in the middle of something that is read as a value."""
        return self._just_opened or any(holds_value for _, holds_value in self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        holds_value = _holds_value(tag, dict(attrs))
        # Where an end tag may be left out, any other tag may have ended the element.
        self._just_opened = holds_value and tag in _OPTIONAL_END
        if tag not in _VOID and tag not in _OPTIONAL_END:
            self._open.append((tag, holds_value))
            self._names[tag] += 1
            self.deepest = max(self.deepest, len(self._open))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element of that name, and with it what was left open inside."""
        self._just_opened = False
        while self._names[tag]:
            name, _ = self._open.pop()
            self._names[name] -= 1
            if name == tag:
                break

    def parse_html_declaration(self, i: int) -> int:
        """Read "<![…" as the comment it is in HTML; the base class fails on words it doesn't know."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)


def _holds_value(tag: str, attrs: Mapping[str, str | None]) -> bool:
    """Whether the text of an element is read as a value by one of the readers."""
    if tag in {"script", "address", "a", "title"}:
        return True
    if ("itemprop" in attrs and "itemscope" not in attrs) or ("property" in attrs and "typeof" not in attrs):
        return tag not in _VOID
    return bool(_CARD_CLASSES.search(attrs.get("class") or ""))
