import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from listings.matching.block import match_block
from listings.matching.cells import (
    Overview,
    best,
    duplicates_overview,
    link_overview,
    match_cell,
    spread,
)
from listings.matching.duplicates import find_duplicates
from listings.normalize.columns import normalise_columns
from tests.listings.matching import invented


def numbered(raw: pl.DataFrame) -> pl.DataFrame:
    return normalise_columns(raw).with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))


def in_cells(places: pl.DataFrame, records: pl.DataFrame, overview: Overview) -> pl.DataFrame:
    """Listings read in pieces, every cell on its own, the listings of each in two parts."""
    found = pl.concat(spread(piece, overview) for piece in records.iter_slices(90))
    answers = []
    for (cell,), listings in found.group_by("cell"):
        here = places.filter(pl.Series(overview.cell) == cell)
        answers += [match_cell(here, listings.gather_every(2, part), overview) for part in (0, 1)]
    return best(pl.concat(answers), overview.task)


@pytest.mark.parametrize("cells", [1, 7, 150])
def test_cells_link_as_one_piece_does(cells: int) -> None:
    raw = invented.locations(300, seed=4)
    places, records = numbered(raw), numbered(invented.listings(raw, 900, seed=5))
    assert_frame_equal(in_cells(places, records, link_overview(places, cells)), match_block(places, records))


def test_cells_find_the_duplicates_that_one_piece_finds() -> None:
    raw = invented.listings(invented.locations(60, seed=8), 400, seed=9)
    records, sources = numbered(raw), raw["source"].to_list()
    overview = duplicates_overview(records, np.unique(sources, return_inverse=True)[1], 9)
    assert_frame_equal(in_cells(records, records, overview), find_duplicates(records, sources))


def test_no_locations_give_no_candidates() -> None:
    records = numbered(invented.listings(invented.locations(5, seed=1), 10, seed=2))
    assert spread(records, link_overview(records.clear(), 1)).is_empty()
