"""One place that stands twice: found by a job, decided on by people, followed at its source, taken back."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings import duplicate_acts as acts
from listings import duplicates
from listings.access import Actor
from listings.db import Database
from listings.link import Decided, decide, link, load_locations, rule
from listings.matching.decision import Decision
from listings.models.duplicate import Duplicate, DuplicateEvent, DuplicateKind, DuplicateState
from listings.models.listing import Listing, Match
from listings.models.location import Location
from listings.models.mismatch import Mismatch, MismatchState
from listings.models.person import PersonLocation, Role
from listings.observe import mark_missing
from listings.reports import REPORTS
from listings.sources import GOOGLE, SOURCES
from tests.domain import DAY, NOW, RIGHT, organization, place, seen, shows, somebody, wrong_phone

pytestmark = pytest.mark.db

SHOWN = {
    "name": "Elm Books",
    "street": "12 Quay Street",
    "city": "Harborview",
    "country": "US",
    "phone": RIGHT,
}


def listed_twice(session: Session) -> tuple[Location, Listing, Listing]:
    """A place with two listings at one source, the second one without a place."""
    location = place(session, organization(session))
    both = [seen(session, location.organization_id, shows(name, **SHOWN)) for name in ("x", "y")]
    for listing in both:
        locations = load_locations(session, location.organization_id)
        link(session, listing, decide(shows(listing.source_id, **SHOWN), locations), NOW)
    return location, both[0], both[1]


def look(session: Session, organization_id: int, now: dt.datetime = NOW) -> None:
    """What the job does after a crawl."""
    duplicates.find_second_listings(session, organization_id, GOOGLE, now, after=0, limit=50)
    duplicates.resolve_second_listings(session, organization_id, GOOGLE, now, limit=50)


def the_one(session: Session) -> Duplicate:
    return session.scalars(sa.select(Duplicate)).one()


def test_a_second_listing_is_found_once_however_often_it_is_looked_for(database: Database) -> None:
    with database.write() as session:
        location, first, second = listed_twice(session)
        for days in range(3):
            look(session, location.organization_id, NOW + days * DAY)
        row = the_one(session)
        assert (row.kind, row.state) == (DuplicateKind.LISTING, DuplicateState.OPEN)
        assert (row.location_id, row.listing_id, row.other_listing_id) == (location.id, first.id, second.id)
        assert row.last_seen_at == NOW + 2 * DAY
        assert [event.act for event in session.scalars(sa.select(DuplicateEvent))] == ["found"]


def test_what_is_called_no_duplicate_never_comes_back_and_is_not_this_place(database: Database) -> None:
    with database.write() as session:
        location, first, second = listed_twice(session)
        ada = somebody(session, location.organization_id)
        look(session, location.organization_id)
        acts.not_duplicate(session, the_one(session), person_id=ada, now=NOW)
        locations = load_locations(session, location.organization_id)
        link(session, second, decide(shows("y", **SHOWN), locations), NOW + DAY)
        look(session, location.organization_id, NOW + DAY)
        assert the_one(session).state is DuplicateState.NOT_DUPLICATE
        assert session.get_one(Match, second.id).decision is Decision.NO_MATCH
        assert first.location_id == location.id


def test_that_it_is_no_duplicate_can_be_taken_back(database: Database) -> None:
    with database.write() as session:
        location, first, second = listed_twice(session)
        ada = somebody(session, location.organization_id)
        look(session, location.organization_id)
        before = session.get_one(Match, second.id).probability
        acts.not_duplicate(session, the_one(session), person_id=ada, now=NOW)
        acts.undo(session, the_one(session), now=NOW)
        match = session.get_one(Match, second.id)
        assert the_one(session).state is DuplicateState.OPEN
        assert (match.decision, match.duplicate_of, match.probability) == (Decision.REVIEW, first.id, before)


def called_second(session: Session) -> tuple[Location, Listing, Listing]:
    """A place with a listing, and one that was in doubt until somebody called it the second listing of the place."""
    location = place(session, organization(session))
    first, second = (seen(session, location.organization_id, shows(name, **SHOWN)) for name in ("x", "y"))
    link(session, first, Decided(location.id, Decision.MATCH, 0.9, ()), NOW)
    link(session, second, Decided(location.id, Decision.REVIEW, 0.4, ()), NOW)
    ada = somebody(session, location.organization_id)
    acts.second(session, second, location.id, person_id=ada, now=NOW)
    return location, first, second


def test_what_a_person_calls_a_second_listing_is_a_duplicate_from_then_on(database: Database) -> None:
    with database.write() as session:
        location, first, second = called_second(session)
        found = the_one(session)
        assert (found.state, found.location_id) == (DuplicateState.OPEN, location.id)
        assert (found.listing_id, found.other_listing_id) == (first.id, second.id)
        link(session, second, Decided(location.id, Decision.REVIEW, 0.4, ()), NOW + DAY)
        look(session, location.organization_id, NOW + DAY)
        assert the_one(session).state is DuplicateState.OPEN
        assert first.location_id == location.id


def test_that_it_is_a_second_listing_can_be_taken_back(database: Database) -> None:
    with database.write() as session:
        _, _, second = called_second(session)
        row = acts.called_second(session, second.id)
        assert row is not None
        acts.undo(session, row, now=NOW)
        match = session.get_one(Match, second.id)
        assert (match.decision, match.duplicate_of, match.probability) == (Decision.REVIEW, None, 0.4)
        assert the_one(session).state is DuplicateState.RESOLVED
        assert acts.called_second(session, second.id) is None


def test_a_second_listing_needs_a_first_one(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        listing = seen(session, location.organization_id, shows("x", **SHOWN))
        ada = somebody(session, location.organization_id)
        with pytest.raises(acts.Refused, match="no other listing"):
            acts.second(session, listing, location.id, person_id=ada, now=NOW)


def test_a_reported_one_that_vanishes_at_its_source_is_resolved_by_what_was_seen(database: Database) -> None:
    with database.write() as session:
        location, _, second = listed_twice(session)
        ada = somebody(session, location.organization_id)
        look(session, location.organization_id)
        acts.report(session, the_one(session), person_id=ada, now=NOW)
        look(session, location.organization_id, NOW + DAY)
        assert the_one(session).state is DuplicateState.REPORTED
        assert the_one(session).expected_by == NOW + 14 * DAY
        mark_missing(session, second, NOW + 2 * DAY)
        look(session, location.organization_id, NOW + 2 * DAY)
        assert the_one(session).state is DuplicateState.RESOLVED
        with pytest.raises(acts.Refused):
            acts.undo(session, the_one(session), now=NOW + 3 * DAY)


def test_one_that_was_resolved_and_stands_there_again_is_open_again(database: Database) -> None:
    with database.write() as session:
        location, _, second = listed_twice(session)
        look(session, location.organization_id)
        mark_missing(session, second, NOW)
        look(session, location.organization_id)
        second.missing_since = None
        look(session, location.organization_id, NOW + DAY)
        assert the_one(session).state is DuplicateState.OPEN
        assert [event.act for event in session.scalars(sa.select(DuplicateEvent))] == [
            "found",
            "gone",
            "came_back",
        ]


def test_keeping_the_second_one_turns_the_two_round_and_back(database: Database) -> None:
    with database.write() as session:
        location, first, second = listed_twice(session)
        ada = somebody(session, location.organization_id)
        look(session, location.organization_id)
        acts.keep_other(session, the_one(session), person_id=ada, now=NOW)
        look(session, location.organization_id)
        assert (first.location_id, second.location_id) == (None, location.id)
        assert (the_one(session).listing_id, the_one(session).state) == (second.id, DuplicateState.OPEN)
        acts.undo(session, the_one(session), now=NOW)
        look(session, location.organization_id)
        assert (first.location_id, second.location_id) == (location.id, None)
        assert (the_one(session).listing_id, the_one(session).state) == (first.id, DuplicateState.OPEN)


def test_a_listing_that_shows_another_place_now_is_no_duplicate_any_more(database: Database) -> None:
    with database.write() as session:
        location, _, second = listed_twice(session)
        look(session, location.organization_id)
        elsewhere = {**SHOWN, "street": "400 Far Rd", "city": "Milltown", "phone": "+13125550199"}
        locations = load_locations(session, location.organization_id)
        link(session, second, decide(shows("y", **elsewhere), locations), NOW)
        look(session, location.organization_id)
        assert the_one(session).state is DuplicateState.RESOLVED


def twice_in_the_file(session: Session) -> tuple[Location, Location]:
    organization_id = organization(session)
    return (
        place(session, organization_id, "A1", postal_code="19125"),
        place(session, organization_id, "B7", name="Elm Books Inc.", postal_code="19125"),
    )


def compare(session: Session, organization_id: int, now: dt.datetime = NOW) -> None:
    found = duplicates.pairs_among(duplicates.own_records(session, organization_id))
    duplicates.note_records(session, organization_id, found, now)
    duplicates.resolve_records(session, organization_id, found, now)


def test_two_own_records_of_one_place_are_found_with_reasons_and_others_are_not(database: Database) -> None:
    with database.write() as session:
        first, second = twice_in_the_file(session)
        place(session, first.organization_id, "C3", street="90 Mill Rd", phone="+12155550177")
        compare(session, first.organization_id)
        row = the_one(session)
        assert (row.kind, row.location_id, row.other_location_id) == (
            DuplicateKind.LOCATION,
            first.id,
            second.id,
        )
        assert any(reason["says"] == "Same address" for reason in row.reasons or [])


def test_a_corrected_record_is_no_pair_any_more(database: Database) -> None:
    with database.write() as session:
        first, second = twice_in_the_file(session)
        compare(session, first.organization_id)
        second.street, second.phone, second.postal_code = "90 Mill Rd", "+12155550177", "19147"
        session.flush()
        compare(session, first.organization_id)
        assert the_one(session).state is DuplicateState.RESOLVED


def test_merged_records_are_one_place_and_everything_is_still_there(database: Database) -> None:
    with database.write() as session:
        first, second = twice_in_the_file(session)
        row = wrong_phone(session, second)
        listing = session.get_one(Listing, row.listing_id)
        ada = somebody(session, first.organization_id)
        compare(session, first.organization_id)
        acts.merge(session, the_one(session), first.id, person_id=ada, now=NOW)
        locations = load_locations(session, first.organization_id)
        assert (second.duplicate_of, listing.location_id) == (first.id, first.id)
        assert locations.ids == {first.id}
        assert locations.id_by_code["B7"] == first.id
        acts.undo(session, the_one(session), now=NOW)
        assert (second.duplicate_of, listing.location_id) == (None, second.id)
        assert the_one(session).state is DuplicateState.OPEN
        assert session.get_one(Mismatch, row.id).state is MismatchState.NOT_OURS


def test_where_the_one_that_stays_has_a_listing_the_others_becomes_a_second_one(database: Database) -> None:
    with database.write() as session:
        first, second = twice_in_the_file(session)
        ours, theirs = (seen(session, first.organization_id, shows(name, **SHOWN)) for name in ("x", "y"))
        locations = load_locations(session, first.organization_id)
        link(session, ours, decide(shows("x", **SHOWN), locations, owner_says=first.id), NOW)
        link(session, theirs, decide(shows("y", **SHOWN), locations, owner_says=second.id), NOW)
        compare(session, first.organization_id)
        ada = somebody(session, first.organization_id)
        acts.merge(session, the_one(session), first.id, person_id=ada, now=NOW)
        look(session, first.organization_id)
        found = session.scalars(sa.select(Duplicate).where(Duplicate.kind == DuplicateKind.LISTING)).one()
        assert (found.listing_id, found.other_listing_id) == (ours.id, theirs.id)


def test_a_word_on_a_record_that_was_merged_counts_for_the_one_that_stays(database: Database) -> None:
    with database.write() as session:
        first, second = twice_in_the_file(session)
        ada = somebody(session, first.organization_id)
        listing = seen(session, first.organization_id, shows("x", **SHOWN))
        link(
            session, listing, decide(shows("x", **SHOWN), load_locations(session, first.organization_id)), NOW
        )
        rule(session, listing, second.id, True, ada, NOW)
        compare(session, first.organization_id)
        acts.merge(session, the_one(session), first.id, person_id=ada, now=NOW)
        locations = load_locations(session, first.organization_id)
        link(session, listing, decide(shows("x", **SHOWN), locations), NOW + DAY)
        assert listing.location_id == first.id


def test_a_manager_sees_a_pair_of_records_only_with_both_of_them(database: Database) -> None:
    with database.write() as session:
        first, second = twice_in_the_file(session)
        compare(session, first.organization_id)
        ada = somebody(session, first.organization_id)
        actor = Actor(ada, first.organization_id, Role.MANAGER, bound=True)
        session.add(PersonLocation(person_id=ada, location_id=first.id))
        session.flush()
        assert session.scalars(duplicates.visible(actor)).all() == []
        session.add(PersonLocation(person_id=ada, location_id=second.id))
        session.flush()
        assert session.scalars(duplicates.visible(actor)).all() == [the_one(session)]


def test_every_source_has_its_way_to_be_told() -> None:
    assert SOURCES.keys() <= REPORTS.keys()
