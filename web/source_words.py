"""What a source is called inside a sentence."""

from listings.sources import WEBSITE
from web.screens.elements import SOURCE_MARKS


def source_words(source: str) -> str:
    """ "Google", "your website": the name as it stands in the middle of a sentence."""
    return "your website" if source == WEBSITE else SOURCE_MARKS[source][1]


def at_start(words: str) -> str:
    """The words with a capital, for the start of a sentence."""
    return words[:1].upper() + words[1:]
