"""Which location a listing belongs to: people's words, owners' words, the engine's, and contests between listings."""

import pytest
import sqlalchemy as sa

from listings.candidates import Candidate, stored
from listings.db import Database
from listings.link import Decided, ask_again, decide, link, load_locations, rule, rule_out, take_back
from listings.matching.decision import Decision
from listings.models.listing import DecidedBy, Listing, Match, Verdict
from listings.models.mismatch import MismatchState
from tests.domain import DAY, NOW, RIGHT, organization, place, seen, shows, somebody, wrong_phone

pytestmark = pytest.mark.db

SHOWN = {
    "name": "Elm Books",
    "street": "12 Quay Street",
    "city": "Harborview",
    "country": "US",
    "phone": RIGHT,
}


def sure(location_id: int, probability: float = 0.99) -> Decided:
    return Decided(location_id, Decision.MATCH, probability, ())


def test_the_surest_listing_keeps_a_location_and_the_other_is_asked_about(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        location = place(session, organization_id)
        weak, strong = (seen(session, organization_id, shows(name, **SHOWN)) for name in ("x", "y"))
        assert link(session, weak, sure(location.id, 0.9), NOW) == location.id
        assert link(session, strong, sure(location.id, 0.95), NOW) == location.id
        assert link(session, weak, sure(location.id, 0.9), NOW) is None
        found = session.get_one(Match, weak.id)
        assert (weak.location_id, found.decision, found.duplicate_of) == (None, Decision.REVIEW, strong.id)


def test_a_person_outranks_the_owners_code_and_the_newest_person_the_one_before(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        location = place(session, organization_id)
        first, second = (seen(session, organization_id, shows(name, **SHOWN)) for name in ("x", "y"))
        ada = somebody(session, organization_id)
        link(session, first, sure(location.id, 1.0), NOW)
        rule(session, second, location.id, True, ada, NOW)
        assert (first.location_id, second.location_id) == (None, location.id)
        assert link(session, first, sure(location.id, 1.0), NOW + DAY) is None
        rule(session, first, location.id, True, ada, NOW + DAY)
        assert (first.location_id, second.location_id) == (location.id, None)
        assert link(session, second, sure(location.id, 1.0), NOW + DAY) is None


def test_what_a_person_calls_a_second_listing_gives_way_however_sure_the_engine_is(
    database: Database,
) -> None:
    with database.write() as session:
        organization_id = organization(session)
        location = place(session, organization_id)
        first, second = (seen(session, organization_id, shows(name, **SHOWN)) for name in ("x", "y"))
        ada = somebody(session, organization_id)
        link(session, first, sure(location.id, 0.8), NOW)
        rule(session, second, location.id, True, ada, NOW, second=True)
        for listing in (second, first, second):
            link(session, listing, sure(location.id, 0.99), NOW + DAY)
        found = session.get_one(Match, second.id)
        assert (first.location_id, second.location_id) == (location.id, None)
        assert (found.decision, found.duplicate_of) == (Decision.REVIEW, first.id)
        first.missing_since = NOW + DAY
        session.flush()
        assert link(session, second, sure(location.id), NOW + DAY) == location.id


def test_the_newest_word_on_a_listing_decides_between_two_locations(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        first, second = place(session, organization_id), place(session, organization_id, "A2")
        ada, listing = somebody(session, organization_id), seen(session, organization_id, shows(**SHOWN))
        rule(session, listing, second.id, True, ada, NOW)
        rule(session, listing, first.id, True, ada, NOW + DAY)
        link(session, listing, sure(second.id), NOW + 2 * DAY)
        assert listing.location_id == first.id


def test_a_rejected_location_is_never_taken_again_until_the_word_is_taken_back(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        row = wrong_phone(session, location)
        listing, ada = session.get_one(Listing, row.listing_id), somebody(session, row.organization_id)
        rule(session, listing, location.id, False, ada, NOW)
        assert (listing.location_id, row.state) == (None, MismatchState.NOT_OURS)
        assert link(session, listing, sure(location.id, 1.0), NOW) is None
        take_back(session, listing, location.id, NOW)
        assert listing.location_id == location.id
        assert session.scalars(sa.select(Verdict)).all() == []


def test_the_owners_word_decides_and_the_engine_where_there_is_none(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        location, other = (
            place(session, organization_id),
            place(session, organization_id, "A2", street="9 Mill Rd"),
        )
        locations = load_locations(session, organization_id)
    record = shows(**SHOWN)
    assert decide(record, locations, owner_says=other.id).location_id == other.id
    assert decide(record, locations).location_id == location.id
    assert decide(record, locations, owner_says=999_999).location_id == location.id


def test_another_organizations_locations_are_no_candidates(database: Database) -> None:
    with database.write() as session:
        place(session, organization(session))
        nobody = load_locations(session, organization(session, "Oak Books"))
    assert decide(shows(**SHOWN), nobody).location_id is None
    assert nobody.ids == frozenset()


def weighed(location_id: int, probability: float) -> Candidate:
    reason = {"about": "place", "points": 1.0, "says": "Same address"}
    return Candidate(location_id, probability, 1.0, 0.0, 0.0, (reason,), "")


def doubtful(*candidates: Candidate) -> Decided:
    best = candidates[0]
    return Decided(best.location_id, Decision.REVIEW, best.probability, best.reasons, candidates=candidates)


def test_a_word_keeps_what_the_engine_thought_and_taking_it_back_asks_as_before(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        location = place(session, organization_id)
        ada, listing = somebody(session, organization_id), seen(session, organization_id, shows(**SHOWN))
        link(session, listing, doubtful(weighed(location.id, 0.6)), NOW)
        for same in (True, False):
            rule(session, listing, location.id, same, ada, NOW)
            assert session.scalars(sa.select(Verdict)).one().probability == 0.6
            ask_again(session, listing, location.id, NOW)
            match = session.get_one(Match, listing.id)
            assert (match.location_id, match.decision, match.probability, match.by) == (
                location.id, Decision.REVIEW, 0.6, DecidedBy.ENGINE,
            )  # fmt: skip
            assert [one.probability for one in stored(match.candidates)] == [0.6]
            assert listing.location_id is None


def test_when_the_best_is_ruled_out_the_next_best_is_asked_about_and_never_linked(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        first, second = place(session, organization_id), place(session, organization_id, "A2")
        ada, listing = somebody(session, organization_id), seen(session, organization_id, shows(**SHOWN))
        thought = doubtful(weighed(first.id, 0.7), weighed(second.id, 0.4))
        link(session, listing, thought, NOW)
        rule(session, listing, first.id, False, ada, NOW)
        link(session, listing, thought, NOW + DAY)
        match = session.get_one(Match, listing.id)
        assert (match.location_id, match.decision, match.probability) == (second.id, Decision.REVIEW, 0.4)


def test_none_of_them_rules_all_of_them_out_and_is_taken_back_at_once(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        first, second = place(session, organization_id), place(session, organization_id, "A2")
        ada, listing = somebody(session, organization_id), seen(session, organization_id, shows(**SHOWN))
        thought = doubtful(weighed(first.id, 0.7), weighed(second.id, 0.4))
        link(session, listing, thought, NOW)
        rule_out(session, listing, [first.id, second.id], ada, NOW)
        link(session, listing, thought, NOW + DAY)
        assert session.get_one(Match, listing.id).decision is Decision.NO_MATCH
        ask_again(session, listing, first.id, NOW + DAY)
        assert session.scalars(sa.select(Verdict)).all() == []
        link(session, listing, thought, NOW + DAY)
        assert session.get_one(Match, listing.id).location_id == first.id
