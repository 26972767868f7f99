"""What each kind of evidence says of a pair that differs in just that."""

import numpy as np
import pytest

from listings.matching.features import Counts, compare, counts
from listings.matching.layout import side
from listings.matching.levels import COMPARISONS, WEB
from listings.matching.sides import Aligned
from tests.listings.matching.scene import frame, listed

ROW = np.zeros(1, np.int64)
_WEB = COMPARISONS.index(WEB)


def levels_of(left: dict[str, str], right: dict[str, str]) -> dict[str, str]:
    """The key of each comparison's level, the pair judged by itself."""
    pair = Aligned(side(frame(left)), side(frame(right)), ROW, ROW)
    found = compare(pair, Counts.unknown(1))[:, 0]
    return {c.name: c.levels[level].key for c, level in zip(COMPARISONS, found, strict=True)}


@pytest.mark.parametrize(
    ("name", "other", "kind"),
    [
        ("Walmart", "Walmart Pharmacy", "department"),
        ("Harbor Dental", "Harbor Dental Pharmacy", "one_sided"),
        ("Harbor Dental", "Harbor Dental", "same"),
        ("Harbor Pharmacy", "Harbor Bakery", "other"),
    ],
)
def test_a_service_in_one_name_is_a_department_of_a_chain(name: str, other: str, kind: str) -> None:
    assert levels_of(listed("elm", name=name), listed("elm", name=other))["kind"] == kind


def test_a_word_that_the_other_sides_category_says_is_no_department() -> None:
    found = levels_of(
        listed("elm", name="Trio", category="lounge"), listed("elm", name="Trio Lounge", category="bar")
    )
    assert found["kind"] == "described"


@pytest.mark.parametrize(
    ("name", "website", "frequency"),
    [
        ("Starbucks", "", "branch_of_chain"),
        ("Nowak Coffee", "https://stores.nowak.example/ohio/12", "branch_of_chain"),
        ("Nowak Coffee", "", "none"),
    ],
)
def test_a_chains_name_at_another_address_is_another_branch(name: str, website: str, frequency: str) -> None:
    left = listed("elm", name=name, website=website, latitude="", longitude="")
    right = listed("elm", name=name, website="", street="9 Oak Ave", phone="", latitude="", longitude="")
    assert levels_of(left, right)["frequency"] == frequency


def test_a_phone_tells_which_branch_of_a_chain_it_is() -> None:
    right = listed("elm", name="Starbucks", street="9 Oak Ave", latitude="", longitude="")
    assert levels_of(listed("elm", name="Starbucks"), right)["frequency"] == "branch_told"


def test_the_number_of_a_strangers_house_is_no_likeness_of_a_chains_branches() -> None:
    right = {"street": "120 Oak Avenue", "latitude": "", "longitude": ""}
    found = [
        levels_of(listed("elm", name=name), listed("elm", name=name, **right))["place"]
        for name in ("Starbucks", "Nowak Coffee")
    ]
    assert found == ["same_town", "number_only"]


@pytest.mark.parametrize(
    ("name", "other", "level"),
    [
        ("Dr. Maria Lindqvist", "Harbor Dental", "at_business"),
        ("Harbor Dental", "Tom Lindqvist, DDS", "at_person"),
        ("Maria Lindqvist LLC", "Lindqvist Dental", "named_after"),
        ("Maria Lindqvist, DDS", "Maria Lindqvist", "same"),
        ("Maria Lindqvist", "Thomas Okafor", "others"),
        ("Maria Lindqvist", "Maria Okafor", "others"),
        ("Harbor Loans - Maria Lindqvist", "Harbor Loans: Thomas Okafor", "others"),
        ("Harbor Loans", "Harbor Loans: Maria Lindqvist", "added"),
        ("Maria Lindqvist - Springfield", "Harbor Dental", "at_business"),
        ("Maria's Kitchen", "Harbor Dental", "none"),
        ("Maria Bakery", "Harbor Dental", "none"),
        ("Harbor Dental", "Harbor Dental", "none"),
    ],
)
def test_people_are_told_from_the_business_they_work_at(name: str, other: str, level: str) -> None:
    assert levels_of(listed("elm", name=name), listed("elm", name=other))["person"] == level


def test_the_page_of_a_place_is_no_evidence_for_who_works_there() -> None:
    rows = side(frame(listed("elm")))
    found = [
        WEB.levels[int(compare(Aligned(side(frame(one)), rows, ROW, ROW), counts(rows))[_WEB, 0])].key
        for one in (listed("elm"), listed("elm", name="Maria Lindqvist"))
    ]
    assert found == ["own_page", "site"]


@pytest.mark.parametrize(
    ("name", "other", "level"),
    [("River Square II", "River Square III", "other"), ("River Square II", "River Square", "one_sided"),
     ("Building B", "Building C", "other"), ("River Square", "River Square", "missing")],
)  # fmt: skip
def test_letters_and_numerals_number_one_of_several(name: str, other: str, level: str) -> None:
    assert levels_of(listed("elm", name=name), listed("elm", name=other))["store_number"] == level


@pytest.mark.parametrize(
    ("phone", "country", "level"),
    [("0800 024 6279", "GB", "central"), ("1300 123 456", "AU", "central"), ("800-555-1212", "US", "central"),
     ("020 7946 0958", "GB", "same")],
)  # fmt: skip
def test_a_number_that_stands_for_no_place_is_told_apart(phone: str, country: str, level: str) -> None:
    one = listed("elm", phone=phone, country=country)
    assert levels_of(one, one)["phone"] == level


def test_pins_that_end_after_two_decimals_are_no_pins() -> None:
    coarse = levels_of(
        listed("elm", street=""), listed("elm", street="", latitude="39.80", longitude="-89.64")
    )
    assert coarse["distance"] == "missing"
    fine = levels_of(
        listed("elm", street=""), listed("elm", street="", latitude="39.7991", longitude="-89.6441")
    )
    assert fine["distance"] == "here"


def test_a_pin_that_many_locations_share_says_nothing() -> None:
    rows = side(frame(*(listed("elm", id=str(number), street=f"{number} Elm St") for number in range(6))))
    listing = side(frame(listed("elm", street="")))
    found = compare(Aligned(listing, rows, ROW, ROW), counts(rows))[:, 0]
    distance = next(at for at, c in enumerate(COMPARISONS) if c.name == "distance")
    assert found[distance] == 0


@pytest.mark.parametrize(
    ("name", "other", "level"),
    [
        ("ライトオン", "Right On", "missing"),
        ("ハナコ", "はなこ", "same"),
        ("六兵衛そば店", "六兵衛", "contains"),
    ],
)
def test_names_of_two_scripts_are_not_compared_and_kana_are_one(name: str, other: str, level: str) -> None:
    assert levels_of(listed("elm", name=name), listed("elm", name=other))["name"] == level


@pytest.mark.parametrize(
    ("category", "other", "level"),
    [("coffee_shop", "Coffee shop", "same"), ("restaurant", "italian_restaurant", "related"),
     ("dentist", "hotel", "other"), ("wine_bar", "sports_bar", "related"), ("", "hotel", "missing")],
)  # fmt: skip
def test_categories_are_held_against_each_other_on_one_tree(category: str, other: str, level: str) -> None:
    assert levels_of(listed("elm", category=category), listed("elm", category=other))["category"] == level
