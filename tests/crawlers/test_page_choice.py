"""Which page may be a location's is judged by code, postal code, street and town."""

import pytest

from crawlers.plan import Target
from crawlers.plans.page_choice import LIKELY, is_locator, points, words_of

SACO = Target(
    1, "Tern & Pebble", "2 Main Street, Suite 4", "Saco", "ME", "04072", "US", code="0117",
)  # fmt: skip
QUEBEC = Target(2, "Sterne", "5 rue du Quai", "Québec", "QC", "G1K 3A1", "CA", code="q2")


def of(target: Target, path: str, words: str = "") -> float:
    return points(target, words_of(f"https://tern.example{path}", words))


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (SACO, "/stores/me/saco"),
        (SACO, "/store/117"),
        (SACO, "/locations/04072"),
        (SACO, "/l/2-main-street"),
        (QUEBEC, "/succursales/qu%C3%A9bec"),
        (QUEBEC, "/magasins?store=Q2"),
    ],
)
def test_an_address_may_tell_whose_page_it_is(target: Target, path: str) -> None:
    assert of(target, path) >= LIKELY


@pytest.mark.parametrize(
    "path", ["/", "/about", "/stores/me/portland", "/news/117000", "/stores/me", "/l/9-elm-street"]
)
def test_a_page_of_another_place_or_of_none_is_not_likely(path: str) -> None:
    assert of(SACO, path) < LIKELY


def test_more_of_the_address_says_more() -> None:
    assert of(SACO, "/stores/me/saco/2-main-street") > of(SACO, "/stores/me/saco") > of(SACO, "/stores/saco")
    assert of(SACO, "/stores/12", "Saco, 2 Main Street") > of(SACO, "/stores/12", "Saco")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/locations", ""),
        ("/storelocator/", ""),
        ("/x", "Find us"),
        ("/unsere-filialen", ""),
        ("/our_stores", ""),
    ],
)
def test_a_store_locator_is_known_by_its_words(path: str, words: str) -> None:
    assert is_locator(f"https://tern.example{path}", words)
    assert not is_locator("https://tern.example/history", "Our history")
