"""A part of a page as tests look at it: what must be there is there, or the test says what is missing."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.web.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Part:
    """One element."""

    node: LexborNode

    def first(self, selector: str) -> "Part":
        """The first element that fits; fails without one."""
        found = self.node.css_first(selector)
        assert found is not None, f"nothing on the page fits {selector}"
        return Part(found)

    def every(self, selector: str) -> "list[Part]":
        """All elements that fit."""
        return [Part(node) for node in self.node.css(selector)]

    def has(self, selector: str) -> bool:
        """Whether any element fits."""
        return self.node.css_first(selector) is not None

    def text(self) -> str:
        """Its words, those of what is in it included."""
        return self.node.text()

    def html(self) -> str:
        """Its mark-up."""
        return self.node.html or ""

    def __getitem__(self, name: str) -> str:
        """An attribute that must be there."""
        value = self.node.attributes[name]
        assert value is not None, name
        return value


def part_of(html: str) -> Part:
    """The whole of a page."""
    root = LexborHTMLParser(html).root
    assert root is not None
    return Part(root)


def page(visitor: Visitor, path: str) -> Part:
    """What a visitor sees at an address that is there for them."""
    answer = visitor.get(path)
    assert answer.status_code == 200, path
    return part_of(answer.text)
