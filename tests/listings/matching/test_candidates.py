import numpy as np
import polars as pl

from listings.matching.candidates import MOST, KeyIndex
from listings.matching.layout import side
from listings.matching.ngrams import NEAREST, NgramIndex
from tests.listings.matching.scene import chain, frame


def found(*listings: dict[str, str]) -> set[tuple[int, int]]:
    i, j = KeyIndex(side(chain())).pairs(side(frame(*listings)))
    return set(zip(i.tolist(), j.tolist(), strict=True))


def test_a_shared_phone_alone_makes_a_candidate() -> None:
    assert (0, 1) in found({"id": "x", "phone": "+1 309 555 0177"})


def test_a_shared_door_alone_makes_a_candidate() -> None:
    assert found({"id": "x", "street": "77 Mill Rd", "postal_code": "62703"}) == {(0, 2)}


def test_nearby_pins_alone_make_a_candidate() -> None:
    assert found({"id": "x", "latitude": "39.7651", "longitude": "-89.6301"}) == {(0, 2)}


def test_a_stranger_has_no_candidate() -> None:
    assert not found({"id": "x", "name": "Aurora Glass", "city": "Bangor", "phone": "207-555-0100"})


def crowd(size: int) -> pl.DataFrame:
    """Locations that share their name, phone, postal code and city."""
    shared = {"name": "Mega Kiosk", "city": "Reno", "postal_code": "89501", "phone": "775-555-0100"}
    return frame(*({"id": f"c{k}", "street": f"{k + 1} Desert Way", **shared} for k in range(size)))


def test_a_crowded_key_falls_back_to_a_finer_one() -> None:
    index = KeyIndex(side(crowd(MOST * 4)))
    i, j = index.pairs(side(crowd(MOST * 4)[[17]]))
    assert 17 in j
    assert len(i) < MOST


def test_however_many_share_a_postcode_each_listing_has_few_candidates() -> None:
    index = KeyIndex(side(crowd(MOST * 4)))
    i, _ = index.pairs(side(crowd(MOST * 4)))
    assert np.bincount(i).max() < MOST


def test_trigrams_find_a_misspelt_name_and_no_more_than_asked() -> None:
    index = NgramIndex(chain()["compact"])
    i, j = index.pairs(pl.Series(["novaksonsbakery", "zzzz"]))
    assert (i.tolist()[0], j.tolist()[0]) == (0, 2)
    assert len(i) <= NEAREST
