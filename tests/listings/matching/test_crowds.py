"""Many listings, many locations, much that is shared: the same answers, and work that grows with the listings."""

from dataclasses import fields

import numpy as np
import polars as pl
import pytest

from listings.matching.block import MatchIndex
from listings.matching.candidates import MOST, KeyIndex
from listings.matching.layout import few_side, side
from listings.matching.link import link, match_listing
from listings.matching.names import name_levels
from listings.matching.sides import Aligned, Encoded
from listings.normalize.columns import normalise_columns
from listings.records import ListingRecord
from tests.listings.matching.invented import listings, locations
from tests.listings.matching.scene import CHAIN, chain, frame, listed

LOCATIONS, LISTINGS = 400, 1_200


@pytest.fixture(scope="module")
def raw() -> tuple[pl.DataFrame, pl.DataFrame]:
    places = locations(LOCATIONS, 3)
    return places, listings(places, LISTINGS, 4)


def record(row: dict[str, str | None]) -> ListingRecord:
    latitude, longitude = (float(pin) if (pin := row[axis]) else None for axis in ("latitude", "longitude"))
    return ListingRecord(
        source=row["source"] or "", source_id=row["id"], url=None, shown=frozenset(), name=row["name"],
        street=row["street"], city=row["city"], region=row["region"], postal_code=row["postal_code"],
        country=row["country"], phone=row["phone"], website=row["website"],
        categories=(row["category"],) if row["category"] else None, latitude=latitude, longitude=longitude,
    )  # fmt: skip


def test_listings_one_by_one_get_the_answers_of_all_at_once(raw: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    index = MatchIndex(normalise_columns(raw[0]))
    alone = [str(row) for row in range(LISTINGS)]  # each its own source: nobody contests
    table = link(index, normalise_columns(raw[1]), alone).table
    for row, batch in list(zip(raw[1].rows(named=True), table.rows(named=True), strict=True))[::10]:
        single = match_listing(record(row), index)
        assert (single.location_id or "", single.decision) == (batch["location_id"], batch["decision"])
        assert single.probability == pytest.approx(batch["probability"], abs=1e-9)


ODD = {
    "id": "odd",
    "name": "\u0663\u0664 Caf\u00e9 \u6771\u4eac III #12 " + "of the long name " * 20,
    "city": "\u6771\u4eac\u90fd",
    "street": "12b-14 Rue de l'\u00c9glise",
    "phone": "800-555-0100",
    "latitude": "0.12",
    "longitude": "-7.5",
    "website": "https://stores.shop.example/locations/4?x=1",
    "category": "Coffee, tea & more",
}


def test_records_read_one_by_one_are_those_read_by_the_column(raw: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    forms = pl.concat([normalise_columns(raw[1]), frame(ODD, {"id": "empty"})])
    few, many = few_side(forms.rows(named=True)), side(forms)
    assert few.texts.keys() == many.texts.keys()
    for column, texts in many.texts.items():
        assert few.texts[column].to_list() == texts.fill_null("").to_list()
    for part in fields(many):
        if part.name != "texts":
            one, other = (_by_row(getattr(side, part.name), forms.height) for side in (few, many))
            np.testing.assert_equal(one, other, err_msg=part.name)


def _by_row(part: object, rows: int) -> object:
    """A part of a side with a value a row, whether it keeps each value once or not."""
    if isinstance(part, Encoded):
        return part[np.arange(rows)]
    return {name: _by_row(each, rows) for name, each in part.items()} if isinstance(part, dict) else part


def test_keys_that_are_spared_would_not_have_changed_a_match(raw: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    places, records = (normalise_columns(part) for part in raw)
    sparing, thorough = MatchIndex(places), MatchIndex(places)
    thorough._keys = KeyIndex(side(places))
    sources = raw[1]["source"].to_list()
    tables = [link(index, records, sources).table for index in (sparing, thorough)]
    matches = [
        table.filter(pl.col("decision") == "match").select("listing_id", "location_id") for table in tables
    ]
    assert matches[0].height > LISTINGS / 10
    assert matches[0].equals(matches[1])


def test_names_compared_once_have_the_levels_of_each_pair(raw: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    places, records = (side(normalise_columns(part)) for part in raw)
    pairs = Aligned(records, places, *KeyIndex(places).pairs(records))
    named, which = pairs.distinct_names()
    assert len(named.i) < len(pairs.i) / 2
    once = name_levels(named)
    for name, level in name_levels(pairs).items():
        assert np.array_equal(once[name][which], level), name


SHARED = {
    "postcode": {"postal_code": "10001", "city": "New York"},
    "phone": {"phone": "800-555-0100"},
    "brand": {"name": "Mega Kiosk", "website": "https://kiosk.example"},
    "everything": {"name": "Mega Kiosk", "postal_code": "10001", "city": "New York", "phone": "800-555-0100"},
}


def crowd(shared: dict[str, str], size: int, times: int = 1) -> pl.DataFrame:
    records = [
        {"name": f"Shop {at}", "street": f"{at + 1} Elm Street", "phone": f"212555{at:04}", **shared}
        for at in range(size)
        for _ in range(times)
    ]
    return frame(*({"id": str(row), **record} for row, record in enumerate(records)))


@pytest.mark.parametrize("shared", SHARED.values(), ids=SHARED)
def test_a_crowd_grows_the_candidates_with_the_listings_and_not_with_itself(shared: dict[str, str]) -> None:
    keys = KeyIndex(side(crowd(shared, MOST * 10)), sparing=True)
    once, twice = (keys.pairs(side(crowd(shared, MOST * 10, times))) for times in (1, 2))
    assert len(twice[0]) == 2 * len(once[0])
    assert np.bincount(twice[0]).max() <= MOST
    assert set(zip(*(rows.tolist() for rows in once), strict=True)) >= {(at, at) for at in range(MOST * 10)}


def test_an_id_that_stands_twice_gets_a_row_each_time() -> None:
    table = link(MatchIndex(chain()), frame(listed("elm"), listed("elm")), ["google", "yelp"]).table
    assert (
        table.select("listing_id", "location_id", "decision").rows() == [("listing-elm", "elm", "match")] * 2
    )


def test_swapped_columns_and_null_island_are_decided_without_a_match_to_a_stranger() -> None:
    elm = CHAIN[0]
    swapped = listed("elm", name=elm["street"], street=elm["name"], latitude="0", longitude="0")
    row = link(MatchIndex(chain()), frame(swapped), [None]).table.row(0, named=True)
    assert row["location_id"] in ("", "elm")
