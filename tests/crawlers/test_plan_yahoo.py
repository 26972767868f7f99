"""Which of Yahoo's pages are asked for, and when asking ends."""

import pytest

from crawlers.plan import Fetch, Stopped, Target
from crawlers.plans import yahoo
from crawlers.source import Outcome, Reading
from crawlers.sources.yahoo import Yahoo

ELM, OAK = "https://local.yahoo.com/info-1-elm", "https://local.yahoo.com/info-2-oak"


def asked(*targets: Target, outcome: Outcome = Outcome.OK) -> list[Fetch]:
    plan = yahoo.plan(Yahoo(), {}, targets, narrowed=False)
    steps = []
    try:
        step = next(plan)
        while True:
            assert isinstance(step, Fetch)
            steps.append(step)
            step = plan.send(Reading(outcome, detail="a wall"))
    except StopIteration:
        return steps


def test_only_named_pages_are_asked_for_and_politely() -> None:
    steps = asked(Target(1, "Elm", given_url=ELM), Target(2, "Oak", listing_url=OAK), Target(3, "Ash"))
    assert [(step.request.url, step.polite, step.candidates) for step in steps] == [(ELM, True, False)]


def test_a_page_that_several_share_is_asked_for_once() -> None:
    (step,) = asked(Target(1, "Elm", given_url=ELM), Target(2, "Oak", given_url=ELM))
    assert step.shared_page


@pytest.mark.parametrize("outcome", [Outcome.CONSENT_WALL, Outcome.BLOCKED, Outcome.QUOTA])
def test_a_wall_before_one_page_stands_before_all(outcome: Outcome) -> None:
    with pytest.raises(Stopped, match="a wall"):
        asked(Target(1, "Elm", given_url=ELM), Target(2, "Oak", given_url=OAK), outcome=outcome)


@pytest.mark.parametrize("outcome", [Outcome.NOT_FOUND, Outcome.UNREADABLE, Outcome.UNAVAILABLE])
def test_what_is_wrong_with_one_page_is_not_wrong_with_the_next(outcome: Outcome) -> None:
    steps = asked(Target(1, "Elm", given_url=ELM), Target(2, "Oak", given_url=OAK), outcome=outcome)
    assert [step.request.url for step in steps] == [ELM, OAK]
