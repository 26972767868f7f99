import numpy as np
import pytest

from listings.matching.block import MatchIndex
from listings.matching.card import card, cards
from listings.matching.decision import Decision
from listings.matching.explain import Reason, Strength, Told
from tests.listings.matching.scene import chain, record


def told(**changed: str) -> Told:
    found = card(record("elm", **changed), MatchIndex(chain()), "elm")
    assert found
    return found.told


def test_the_cards_of_a_listing_have_the_likeliest_first() -> None:
    found = cards(record("elm"), MatchIndex(chain()))
    assert found[0].location_id == "elm"
    chances = [each.told.probability for each in found]
    assert chances == sorted(chances, reverse=True)


def test_reasons_start_and_rest_add_up_to_the_points() -> None:
    found = told(phone="217-555-0199")
    added = sum(reason.points for reason in (*found.speaks_for, *found.speaks_against))
    assert found.start + added + found.rest == pytest.approx(found.points, abs=0.02)
    assert found.probability == pytest.approx(1 / (1 + np.exp(-found.points)))


def test_points_for_and_against_are_ordered_by_weight() -> None:
    found = told(phone="217-555-0199", website="https://other.example/")
    assert {reason.about for reason in found.speaks_against} >= {"phone", "web"}
    for side in (found.speaks_for, found.speaks_against):
        assert [abs(reason.points) for reason in side] == sorted(
            (abs(reason.points) for reason in side), reverse=True
        )


def test_a_doubtful_listing_is_told_what_would_make_it_a_match() -> None:
    found = told(name="Harbor Orthodontics", phone="", website="", latitude="", longitude="")
    assert found.decision is not Decision.MATCH
    assert found.turn
    assert found.turn.decision is Decision.MATCH
    assert found.turn.says == "A phone number that agrees would make this a match."


def test_what_no_single_fact_would_turn_has_no_turn() -> None:
    assert told().decision is Decision.MATCH
    assert told().turn is None
    strange = told(
        name="Blue Door Yoga",
        street="77 Pine Rd",
        city="Reno",
        postal_code="89501",
        phone="775-555-0100",
        website="https://bluedoor.example",
        latitude="39.53",
        longitude="-119.81",
    )
    assert strange.decision is Decision.NO_MATCH
    assert strange.turn is None


def test_a_location_the_index_lacks_has_no_card() -> None:
    assert card(record("elm"), MatchIndex(chain()), "nowhere") is None


def test_a_listing_like_nothing_has_no_cards() -> None:
    nothing = dict.fromkeys(
        ("name", "street", "city", "postal_code", "phone", "website", "latitude", "longitude"), ""
    )
    assert cards(record("elm", **nothing), MatchIndex(chain())) == ()


@pytest.mark.parametrize(
    ("points", "strength"),
    [(0.3, Strength.SLIGHT), (-0.7, Strength.SOME), (1.5, Strength.STRONG), (-4.0, Strength.DECISIVE)],
)
def test_the_strength_of_a_reason_is_a_word(points: float, strength: Strength) -> None:
    assert Reason("phone", points, "").strength is strength
