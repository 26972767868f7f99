"""A source that changes its format is told by its own past, even where nothing of its listings is stored."""

from dataclasses import replace

import pytest

from crawlers.drift import Drift
from crawlers.fill import LISTING_FIELDS, RECORDS, REVIEW_FIELDS, Fill
from crawlers.former_runs import FormerRuns
from crawlers.plan import Fetch, ListingsComplete, Target
from crawlers.source import Outcome, Reading, Request
from listings.fill_history import PastRun
from reputation.records import ReviewRecord
from tests.crawlers.reading import payload, read
from tests.crawlers.test_read_bad_bytes import ANSWERS
from tests.crawlers.test_schema_drift import CASES, changed

PAGE = Fetch(Request("https://source.example/page"))
CHAIN = 24


def crawled(reading: Reading, times: int = CHAIN, step: Fetch = PAGE) -> Fill:
    """A crawl in which each listing's answer is this one."""
    fill = Fill()
    for number in range(times):
        listings = tuple(replace(one, source_id=f"{one.source_id}-{number}") for one in reading.listings)
        fill.note(step, replace(reading, listings=listings))
    return fill


def run(fill: Fill) -> PastRun:
    return PastRun(fill.whole, fill.filled)


def past(source: str, file: str) -> list[PastRun]:
    return [run(crawled(read(source, payload(source, file))))] * 6


def filled(reading: Reading) -> set[tuple[str, str]]:
    """What is watched and shown at all."""
    listings = {(name, "") for one in reading.listings for name in LISTING_FIELDS if getattr(one, name)}
    reviews = {
        ("reviews", name)
        for one in reading.reviews
        for name in REVIEW_FIELDS
        if not one.is_complaint and getattr(one, name) is not None
    }
    return listings | reviews


@pytest.mark.parametrize(("source", "file", "how"), CASES)
def test_what_a_change_of_format_takes_away_is_told_in_the_first_crawl(
    source: str, file: str, how: str
) -> None:
    """Told by the outcome of the answers, or by what the source's past had and this crawl lacks."""
    before, after = read(source, payload(source, file)), read(source, changed(source, file, how))
    if after.outcome is not Outcome.OK:
        return
    if bool(before.listings) > bool(after.listings) or bool(before.reviews) > bool(after.reviews):
        return  # a page that holds none any more, where some are known, is unreadable: Recorder.doubted
    gone = filled(before) - filled(after)
    fallen = FormerRuns(past(source, file), crawled(after)).fallen()
    assert bool(fallen) >= bool(gone), gone


@pytest.mark.parametrize(("source", "file"), ANSWERS)
def test_a_source_that_answers_as_ever_is_well(source: str, file: str) -> None:
    now = crawled(read(source, payload(source, file)))
    assert not FormerRuns(past(source, file), now).fallen()


def test_a_search_that_finds_nothing_any_more_is_told() -> None:
    step = Fetch(Request("https://source.example/search"), target=Target(1, "Oak & Ash"), candidates=True)
    found = crawled(read("bing", payload("bing", "local_search.json")), step=step)
    assert found.filled["searches"] == {RECORDS: CHAIN, "found": CHAIN}
    nothing = crawled(Reading(Outcome.OK), step=step)
    assert FormerRuns([run(found)] * 6, nothing).fallen().keys() == {"found"}


def test_an_account_that_shows_far_fewer_listings_is_told() -> None:
    reading = read("google", payload("google", "locations.json"))
    whole, tenth = crawled(reading, 240), crawled(reading, 24)
    for one in (whole, tenth):
        one.note(ListingsComplete(), Reading(Outcome.OK))
    assert set(FormerRuns([run(whole)] * 6, tenth).fallen()) == {"listings"}
    assert not FormerRuns([run(whole)] * 6, crawled(reading, 24)).fallen()


def test_a_listing_told_of_twice_is_one() -> None:
    fill, reading = Fill(), read("google", payload("google", "locations.json"))
    fill.note(PAGE, reading)
    fill.note(PAGE, reading)
    assert fill.filled["listings"][RECORDS] == len(reading.listings)


def test_complaints_have_no_stars_to_miss() -> None:
    review = ReviewRecord("bbb", "1", None, "Late.", extra={"complaint": True})
    assert not crawled(Reading(Outcome.OK, reviews=(review,))).filled


def test_what_was_doubted_stays_so_until_it_is_seen() -> None:
    suspects = frozenset({"reviews.text"})
    silent = Drift(suspects, past=[], run_id=2)
    assert silent.drifting() == suspects
    told = ReviewRecord("google", "1", 5, "Good bread.", author="A. Baker")
    silent.fill.note(PAGE, Reading(Outcome.OK, reviews=(told,)))
    assert not silent.drifting()
