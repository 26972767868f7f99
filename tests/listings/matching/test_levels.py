import numpy as np
import pytest

from listings.matching.features import Counts, compare
from listings.matching.layout import side
from listings.matching.levels import COMPARISONS
from listings.matching.sides import Aligned
from tests.listings.matching.scene import frame, listed


def level(comparison: str, left: dict[str, str], right: dict[str, str]) -> str:
    """The level that one comparison gives two raw records."""
    row = np.zeros(1, np.int64)
    levels = compare(Aligned(side(frame(left)), side(frame(right)), row, row), Counts.unknown(1))
    at = next(at for at, each in enumerate(COMPARISONS) if each.name == comparison)
    found: str = COMPARISONS[at].levels[int(levels[at, 0])].key
    return found


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Harbor Dental", "HARBOR DENTAL, LLC", "same"),
        ("Harbor Dental", "Harbour Dental", "slip"),
        ("Harbor Dental", "Hrabor Dental", "slip"),
        ("Harbor Dental", "Harbor Dental Care", "near"),
        ("Pier 4", "Pier 5", "similar"),
        ("Nowak & Sons Bakery", "Nowak and Sons Bakery", "same"),
        ("Harbor Dental", "Blue Lagoon Pools", "other"),
        ("Harbor Dental", "", "missing"),
        ("寿司太郎", "寿司太郎", "same"),
        ("مطعم النخيل", "مطعم الشرق", "little"),
    ],
)
def test_names(left: str, right: str, expected: str) -> None:
    assert level("name", {"id": "a", "name": left}, {"id": "b", "name": right}) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "door"),
        ({"street": "120 Elm St."}, "door"),
        ({"street": "124 Elm Street"}, "next_door"),
        ({"street": "980 Elm Street"}, "other_number"),
        ({"street": "5 Birch Lane"}, "same_postal"),
        ({"street": "5 Birch Lane", "postal_code": "62704"}, "same_town"),
        ({"street": "5 Birch Lane", "postal_code": "97201", "city": "Portland", "latitude": ""}, "elsewhere"),
        ({"street": ""}, "town_only"),
        ({"street": "Elm Street"}, "street"),
    ],
)
def test_places(changed: dict[str, str], expected: str) -> None:
    assert level("place", listed("elm", **changed), listed("elm")) == expected


def test_suites_count_only_at_the_same_door() -> None:
    assert level("unit", listed("oak", street="9 Oak Ave Ste 7"), listed("oak")) == "other"
    assert level("unit", listed("oak", street="9 Oak Ave # 4"), listed("oak")) == "same"
    assert level("unit", listed("oak", street="9 Oak Ave"), listed("oak")) == "one_sided"
    assert level("unit", listed("oak", street="500 Pine Rd Ste 7"), listed("oak")) == "none"


def test_a_department_is_another_kind_of_name() -> None:
    assert (
        level("kind", {"id": "a", "name": "Mercy Cardiology"}, {"id": "b", "name": "Mercy Neurology"})
        == "other"
    )
    assert (
        level("kind", {"id": "a", "name": "Harbor Foods Pharmacy"}, {"id": "b", "name": "Harbor Foods"})
        == "one_sided"
    )


def test_phones() -> None:
    assert level("phone", listed("elm", phone="+1 217-555-0142"), listed("elm")) == "same"
    assert level("phone", listed("elm", phone="217-555-0199"), listed("elm")) == "other"
    assert level("phone", listed("elm", phone="800-555-0199"), listed("elm")) == "toll_free"
    assert level("phone", listed("elm", phone=""), listed("elm")) == "missing"


def test_websites() -> None:
    assert (
        level("web", listed("elm", website="harbordental.example/springfield?utm_source=g"), listed("elm"))
        == "page"
    )
    assert level("web", listed("elm", website="harbordental.example"), listed("elm")) == "site"
    assert level("web", listed("elm"), listed("oak")) == "other_page"
    assert level("web", listed("elm", website="https://facebook.com/harbor"), listed("elm")) == "missing"
