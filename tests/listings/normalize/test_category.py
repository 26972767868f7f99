import pytest

from listings.normalize.category import Relation, node, relation


@pytest.mark.parametrize(
    ("category", "source", "expected"),
    [
        ("gcid:pizza_restaurant", "google", "pizza_restaurant"),
        ("Pizza Restaurant", "google", "pizza_restaurant"),
        ("pizza", "yelp", "pizza_restaurant"),
        ("https://schema.org/AutoRepair", "website", "auto_repair_shop"),
        ("Dining and Drinking > Restaurant > Thai Restaurant", None, "thai_restaurant"),
        ("Women's Clothing Store", "google", "womens_clothing_store"),
        ("LocalBusiness", "website", None),
        ("", None, None),
    ],
)
def test_the_sources_words_lead_to_one_node(category: str, source: str | None, expected: str | None) -> None:
    assert node(category, source) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Pizza", "pizza_restaurant", Relation.SAME),
        ("Pizza", "Restaurant", Relation.PARENT),
        ("Restaurant", "Sushi", Relation.CHILD),
        ("Peruvian restaurant", "Restaurant", Relation.PARENT),
        ("Thai", "Sushi", Relation.DIFFERENT),
        ("Plumber", "Electrician", Relation.DIFFERENT),
        ("Plumber", "LocalBusiness", Relation.UNKNOWN),
        ("zorbing", "plumber", Relation.UNKNOWN),
    ],
)
def test_how_categories_stand_to_each_other(first: str, second: str, expected: Relation) -> None:
    assert relation(first, second) is expected


def test_parent_and_child_mirror_each_other() -> None:
    assert relation("hotel", "motel") is Relation.CHILD
    assert relation("motel", "hotel") is Relation.PARENT
