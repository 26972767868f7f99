"""The proving place in a stored answer."""

import json

import pytest

from listings.evidence import Evidence, evidence_of

ANSWER = json.dumps(
    {
        "locations": [
            {
                "name": "locations/1",
                "phoneNumbers": {"primaryPhone": "(503) 555-0142"},
                "title": "Mill Street",
            },
            {"name": "locations/2", "phoneNumbers": {"primaryPhone": "(503) 555-0199"}, "title": "Pier"},
        ]
    }
).encode()


def marked(evidence: Evidence) -> str | None:
    for line in evidence.lines:
        if line.mark is not None:
            return line.text[slice(*line.mark)]
    return None


def test_a_phone_is_found_in_the_form_the_source_writes() -> None:
    assert marked(evidence_of(ANSWER, "locations/2", "phone", "+15035550199")) == "(503) 555-0199"


def test_only_the_part_of_the_listing_is_searched() -> None:
    shown = evidence_of(ANSWER, "locations/2", "phone", "+15035550199")
    assert not any("0142" in line.text for line in shown.lines)


def test_a_value_in_another_form_falls_back_to_the_member_that_holds_it() -> None:
    assert marked(evidence_of(ANSWER, "locations/1", "phone", "+1999")) == '"primaryPhone"'


def test_line_numbers_count_the_laid_out_answer() -> None:
    shown = evidence_of(ANSWER, "locations/1", "name", "Mill Street")
    proving = next(line for line in shown.lines if line.mark)
    assert json.dumps(json.loads(ANSWER), indent=2).splitlines()[proving.number - 1] == proving.text


@pytest.mark.parametrize("body", [b"", b"<p>nothing here</p>", b"\xff\xfe\x00", b"[]"])
def test_an_answer_that_says_nothing_of_it_gives_no_lines(body: bytes) -> None:
    assert evidence_of(body, "locations/9", "phone", "+15035550199").lines == ()


def test_a_page_on_one_long_line_is_cut_round_the_mark() -> None:
    body = b"x" * 5000 + b'"telephone":"503-555-0199"' + b"y" * 5000
    shown = evidence_of(body, "https://a.example/1", "phone", "+15035550199")
    assert marked(shown) == "503-555-0199"
    assert len(shown.lines[0].text) <= 240
