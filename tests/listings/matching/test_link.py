import polars as pl
import pytest

from listings.matching.block import MatchIndex, match_block, score_aligned
from listings.matching.decision import Decision
from listings.matching.duplicates import find_duplicates
from listings.matching.explain import explanation
from listings.matching.link import Verdicts, link, match_listing
from tests.listings.matching.scene import CHAIN, chain, frame, listed, record


def linked(*listings: dict[str, str], verdicts: Verdicts = Verdicts()) -> list[tuple[str, str, str]]:  # noqa: B008
    """Location, decision and winner of each listing of one source."""
    table = link(MatchIndex(chain()), frame(*listings), [None] * len(listings), verdicts).table
    return list(table.select("location_id", "decision", "duplicate_of").iter_rows())


def test_every_location_finds_its_own_listing() -> None:
    rows = linked(*(listed(record["id"]) for record in CHAIN))
    assert rows == [("elm", "match", ""), ("oak", "match", ""), ("bakery", "match", "")]


def test_a_wrong_phone_alone_does_not_part_a_listing_from_its_location() -> None:
    assert linked(listed("elm", phone="217-555-0199")) == [("elm", "match", "")]


def test_another_business_at_the_address_is_not_linked() -> None:
    stranger = listed("bakery", name="Quick Loans", phone="217-555-0987", website="")
    assert linked(stranger)[0][1] != "match"


def test_a_sibling_branch_is_not_linked() -> None:
    branch = listed("elm", street="4100 Walnut Parkway", postal_code="62711", phone="217-555-0888",
                    website="https://harbordental.example", latitude="", longitude="")  # fmt: skip
    assert linked(branch)[0][1] != "match"


def test_a_second_listing_of_a_location_is_for_review_and_names_the_first() -> None:
    rows = linked(listed("elm"), listed("elm", id="again", website=""))
    assert rows == [("elm", "match", ""), ("elm", "review", "listing-elm")]


def test_a_listing_that_shares_nothing_has_no_location() -> None:
    assert linked({"id": "x", "name": "Zyx", "city": "Bangor"}) == [("", "no_match", "")]


def test_an_empty_listing_has_no_location() -> None:
    assert linked({"id": "x", "name": "", "phone": ""}) == [("", "no_match", "")]


def test_a_rejected_pair_is_never_linked_again() -> None:
    assert linked(listed("elm"), verdicts=Verdicts(rejected=[("listing-elm", "elm")]))[0][0] != "elm"


def test_a_confirmed_pair_holds_against_all_evidence() -> None:
    verdicts = Verdicts(confirmed=[("listing-elm", "bakery"), ("gone", "elm")])
    assert linked(listed("elm"), verdicts=verdicts) == [("bakery", "match", "")]


def test_without_locations_nothing_is_linked() -> None:
    index = MatchIndex(chain().clear())
    assert link(index, frame(listed("elm")), [None]).table["decision"].to_list() == ["no_match"]


@pytest.mark.parametrize(
    "odd",
    [
        {"name": "x" * 10_000, "street": "1 " * 5_000},
        {"name": "120 Elm Street", "street": "Harbor Dental", "phone": "Springfield", "city": "62701"},
        {"latitude": "0", "longitude": "0"},
        {"name": "\u202e🍕 مطعم", "street": "東京都千代田区1-2-3"},
    ],
)
def test_odd_values_still_get_a_decision(odd: dict[str, str]) -> None:
    assert linked(listed("elm", **odd))[0][1] in set(Decision)


@pytest.mark.parametrize(
    "changed", [{}, {"phone": "217-555-0199"}, {"street": "9 Oak Ave"}, {"name": "Quick Loans"}]
)
def test_one_listing_gets_the_answer_of_the_batch(changed: dict[str, str]) -> None:
    index = MatchIndex(chain())
    batch = link(index, frame(listed("elm", **changed)), [None]).table.row(0, named=True)
    single = match_listing(record("elm", **changed), index)
    assert single.location_id == batch["location_id"]
    assert single.decision == batch["decision"]
    assert single.probability == pytest.approx(batch["probability"], abs=1e-12)
    assert single.candidates[0].location_id == single.location_id


def test_reasons_name_the_evidence_in_plain_words() -> None:
    says = {reason.about: reason.says for reason in match_listing(record("elm"), MatchIndex(chain())).reasons}
    assert says["phone"] == "Same phone number"
    assert says["place"] == "Same address"


def test_an_explanation_tells_for_against_and_what_would_change_it() -> None:
    index = MatchIndex(chain())
    found = link(index, frame(listed("elm", phone="217-555-0199", website="")), [None])
    told = explanation(index.scorecard, "link", found.levels[:, 0], -1.0)
    assert "Same address" in {reason["says"] for reason in told["for"]}
    assert "Another phone number" in {reason["says"] for reason in told["against"]}
    assert told["would_change"] == "A phone number that agrees would make this a match."


def test_a_block_gives_the_same_rows_in_parts_as_in_whole() -> None:
    listings = frame(*(listed(record["id"]) for record in CHAIN))
    whole = match_block(chain(), listings)
    parts = [
        match_block(chain(), listings[row]).with_columns(listing=pl.lit(row, pl.Int64)) for row in range(3)
    ]
    assert whole.equals(pl.concat(parts))


def test_a_pair_is_judged_by_itself() -> None:
    alone = score_aligned(frame(listed("elm")), frame(listed("elm")), "pairs")["log_odds"].to_list()
    many = score_aligned(frame(*[listed("elm")] * 20), frame(*[listed("elm")] * 20), "pairs")[
        "log_odds"
    ].to_list()
    assert many == alone * 20


def test_duplicates_are_found_within_a_source_only() -> None:
    rows = frame(listed("elm", id="a"), listed("oak", id="b"), listed("elm", id="c", website=""))
    assert find_duplicates(rows, [None] * 3).select("listing", "location").rows() == [(0, 2)]
    assert find_duplicates(rows, ["google", "google", "yelp"]).height == 0
