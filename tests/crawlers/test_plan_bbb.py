"""In which order BBB's site is asked, and when asking ends: the plan driven with plain values."""

from collections.abc import Mapping
from typing import Any

import pytest

from crawlers.outcomes import Reason
from crawlers.plan import Belongs, Fetch, Plan, ReviewsComplete, Step, Stopped, Target
from crawlers.plans import bbb
from crawlers.source import Outcome, Reading
from crawlers.sources.bbb import Bbb
from listings.records import ListingRecord

SITE = "https://www.bbb.org"
ELM = f"{SITE}/us/me/portland/profile/bakery/elm-0123-7"
OAK = f"{SITE}/us/me/portland/profile/bakery/oak-0123-8"
SEARCH = {"search": "yes"}


def place(key: int = 1, **known: Any) -> Target:
    return Target(key, "Elm Bakery", city="Portland", region="ME", postal_code="04101", country="US", **known)


def shown(url: str, **values: Any) -> ListingRecord:
    key = url.rpartition("-")[2]
    return ListingRecord("bbb", f"0123_{key}", url, frozenset(values), **values)


def page(*listings: ListingRecord, **more: Any) -> Reading:
    return Reading(Outcome.OK, listings, **more)


def talk(plan: Plan, answers: Mapping[str, Reading], ours: tuple[str, ...] = ()) -> list[Step]:
    """All steps of a plan; `answers` are told by the end of an address, what isn't named is not found."""
    steps: list[Step] = []
    reading: Reading | None = None
    while True:
        try:
            step = next(plan) if reading is None else plan.send(reading)
        except StopIteration:
            return steps
        steps.append(step)
        match step:
            case Fetch():
                ends = [end for end in answers if step.request.url.endswith(end)]
                reading = answers[ends[0]] if ends else Reading(Outcome.NOT_FOUND)
            case Belongs():
                reading = Reading(Outcome.OK, extra={"belongs": step.source_id in ours})
            case _:
                reading = Reading(Outcome.OK)


def asked(steps: list[Step]) -> list[str]:
    return [step.request.url.removeprefix(SITE) for step in steps if isinstance(step, Fetch)]


def plan(*targets: Target, access: Mapping[str, Any] | None = None) -> Plan:
    return bbb.plan(Bbb(), access or {}, targets, narrowed=False)


def test_every_page_is_asked_politely() -> None:
    steps = talk(plan(place(given_url=ELM), place(2), access=SEARCH), {"-7": page(shown(ELM))}, ("0123_7",))
    assert all(step.polite for step in steps if isinstance(step, Fetch))


def test_a_named_page_goes_before_one_that_was_found() -> None:
    assert asked(talk(plan(place(given_url=ELM, listing_url=OAK)), {})) == [ELM.removeprefix(SITE)]


def test_a_found_page_is_asked_again_by_its_own_address() -> None:
    (fetch,) = talk(plan(place(listing_url=OAK)), {})
    assert isinstance(fetch, Fetch)
    assert (fetch.request.url, fetch.candidates) == (OAK, False)


def test_a_page_that_several_share_is_asked_once_and_for_none_of_them() -> None:
    (fetch,) = talk(plan(place(given_url=ELM), place(2, given_url=ELM)), {})
    assert isinstance(fetch, Fetch)
    assert (fetch.shared_page, fetch.target) == (True, None)


def test_reviews_are_read_page_by_page_to_the_end() -> None:
    steps = talk(
        plan(place(given_url=ELM)),
        {
            "-7": page(shown(ELM, review_count=12)),
            "customer-reviews": page(next_page="2", total=12),
            "page=2": page(total=12),
        },
        ("0123_7",),
    )
    assert asked(steps)[1:] == [
        "/us/me/portland/profile/bakery/elm-0123-7/customer-reviews",
        "/us/me/portland/profile/bakery/elm-0123-7/customer-reviews?page=2",
    ]
    assert steps[-1] == ReviewsComplete("0123_7", 12)


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (None, 2)])
def test_reviews_are_left_where_a_profile_says_that_it_has_none(count: int | None, pages: int) -> None:
    steps = talk(plan(place(given_url=ELM)), {"-7": page(shown(ELM, review_count=count))}, ("0123_7",))
    assert len(asked(steps)) == pages


def test_reviews_of_what_is_not_ours_are_not_asked_for() -> None:
    steps = talk(plan(place(given_url=ELM)), {"-7": page(shown(ELM, review_count=9))})
    assert len(asked(steps)) == 1


def test_the_reviews_of_an_address_are_those_of_its_business() -> None:
    one = f"{ELM}/addressId/55"
    steps = talk(plan(place(given_url=one)), {"/55": page(shown(ELM, review_count=9))}, ("0123_7",))
    assert asked(steps)[1] == "/us/me/portland/profile/bakery/elm-0123-7/customer-reviews"


def test_a_very_long_row_of_reviews_is_not_read_to_its_end() -> None:
    answers = {"-7": page(shown(ELM, review_count=9000)), "": page(next_page="2", total=9000)}
    steps = talk(plan(place(given_url=ELM)), answers, ("0123_7",))
    assert len(asked(steps)) == 1 + bbb.MOST_REVIEW_PAGES
    assert not any(isinstance(step, ReviewsComplete) for step in steps)


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.CONSENT_WALL, Outcome.QUOTA])
def test_a_refusal_ends_the_crawl_at_the_first_page(outcome: Outcome) -> None:
    with pytest.raises(Stopped, match="a wall") as stop:
        talk(plan(place(given_url=ELM), place(2, given_url=OAK)), {"-7": Reading(outcome, detail="a wall")})
    assert stop.value.outcome is outcome


def test_robots_that_keep_us_from_reviews_only_cost_the_reviews() -> None:
    forbidden = Reading(Outcome.BLOCKED, detail="robots.txt", extra={"reason": Reason.ROBOTS})
    answers = {"-7": page(shown(ELM)), "customer-reviews": forbidden, "-8": page(shown(OAK, review_count=0))}
    steps = talk(plan(place(given_url=ELM), place(2, given_url=OAK)), answers, ("0123_7", "0123_8"))
    assert asked(steps)[-1] == OAK.removeprefix(SITE)


def test_nothing_is_searched_unless_that_is_wanted() -> None:
    assert talk(plan(place()), {}) == []
    assert talk(plan(place(), access={"search": "no"}), {}) == []


def test_finds_in_the_same_town_are_read_as_candidates_those_with_the_postal_code_first() -> None:
    far = shown(f"{SITE}/us/me/bangor/profile/bakery/elm-0123-6", city="Bangor", postal_code="04401")
    near = shown(OAK, city="portland", postal_code="04103")
    here = shown(ELM, city="Portland", postal_code="04101-1234")
    area = shown(f"{SITE}/us/or/salem/profile/bakery/elm-0999-1", city="Portland", postal_code="04101")
    report = ListingRecord("bbb", "x", area.url, area.shown, city="Portland", extra={"local_report": True})
    steps = talk(plan(place(), access=SEARCH), {"AToZ": page(far, near, here, report)})
    fetches = [step for step in steps if isinstance(step, Fetch)]
    assert [step.request.url for step in fetches[1:]] == [ELM, OAK]
    assert fetches[0].lookup
    assert all(step.candidates and step.target == place() for step in fetches[1:])


@pytest.mark.parametrize(("country", "asks"), [("CA", "find_country=CAN"), (None, "find_country=USA")])
def test_the_search_is_told_the_country(country: str | None, asks: str) -> None:
    target = Target(1, "Elm", city="Laval", country=country)
    assert asks in asked(talk(plan(target, access=SEARCH), {}))[0]


@pytest.mark.parametrize(
    "target", [Target(1, "Elm", city="Ulm", country="DE"), Target(1, "Elm", country="US")]
)
def test_where_no_bureau_is_or_no_town_is_known_nothing_is_searched(target: Target) -> None:
    assert talk(plan(target, access=SEARCH), {}) == []
