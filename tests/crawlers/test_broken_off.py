"""A page that its source cut off is told from one that is only written carelessly or briefly."""

import pytest

from crawlers.broken_off import breaks_off
from tests.crawlers.reading import payload
from tests.crawlers.test_read_bad_bytes import PAGES

WHOLE = b"<!doctype html><html><body><main><div>Oak &amp; Ash</div></main></body></html>"


@pytest.mark.parametrize(
    "body",
    [
        WHOLE,
        b"<!doctype html><title>Oak</title><main><p>Bread</main>",
        b"<html><body><div><p>Never closed</body></html>",
        b'{"reviews": [{"text": "<div"}',
        b"",
    ],
)
def test_a_page_with_its_end_or_the_ends_of_its_parts_is_whole(body: bytes) -> None:
    assert not breaks_off(body)


@pytest.mark.parametrize("end", range(20, WHOLE.index(b"</main>")))
def test_a_page_cut_anywhere_in_its_content_breaks_off(end: int) -> None:
    body = WHOLE[:end]
    assert breaks_off(body) or b"<main" not in body


@pytest.mark.parametrize(("source", "file"), PAGES)
def test_no_whole_page_is_taken_for_a_part(source: str, file: str) -> None:
    assert not breaks_off(payload(source, file))
