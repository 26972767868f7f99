"""Limits of an organization: what follows from them, what moving them moves, and what they never touch."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.db import Database
from listings.limits import (
    BadLimits,
    Limits,
    checked,
    limits_of,
    moved,
    newest,
    set_limits,
    shipped_limits,
)
from listings.link import Decided, Locations, decide, link, load_locations, rule
from listings.matching.decision import Decision
from listings.models.listing import DecidedBy, Listing, Match
from listings.models.location import Location
from listings.rematch import sort_anew
from tests.domain import NOW, RIGHT, organization, place, seen, shows, somebody

pytestmark = pytest.mark.db

LOOSE, STRICT = Limits(0.5, 0.1), Limits(0.99, 0.6)


def in_doubt(
    session: Session, organization_id: int, location: Location, probability: float, name: str = "x"
) -> Listing:
    """A listing that the engine was that sure of, under the limits that hold now."""
    listing = seen(session, organization_id, shows(name, name="Elm Books", phone=RIGHT))
    decision = limits_of(session, organization_id).decision(probability)
    link(session, listing, Decided(location.id, decision, probability, ()), NOW)
    return listing


def apply(session: Session, organization_id: int, limits: Limits) -> list[int]:
    """Set limits and do what their job does; the ids of the listings that were sorted anew."""
    row = set_limits(session, organization_id, limits, person_id=None, now=NOW)
    done, after = [], 0
    while found := sort_anew(session, row.id, NOW, after=after, limit=1):
        after = found[-1].id
        done.append(after)
    return done


def belongs(listing: Listing) -> int | None:
    """Read anew: for mypy an attribute stays what it was compared with."""
    return listing.location_id


def test_without_limits_of_their_own_the_shipped_ones_hold(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        assert limits_of(session, organization_id) == shipped_limits()
        set_limits(session, organization_id, LOOSE, person_id=None, now=NOW)
        assert limits_of(session, organization_id) == LOOSE
        assert limits_of(session, organization(session, "Oak Books")) == shipped_limits()


def test_lower_limits_link_what_was_asked_about_and_the_way_back_asks_again(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        location = place(session, organization_id)
        listing = in_doubt(session, organization_id, location, 0.7)
        assert apply(session, organization_id, LOOSE) == [listing.id]
        assert belongs(listing) == location.id
        apply(session, organization_id, shipped_limits())
        match = session.get_one(Match, listing.id)
        assert (belongs(listing), match.decision, match.probability) == (None, Decision.REVIEW, 0.7)
        row = newest(session, organization_id)
        assert row is not None
        assert row.applied_at == NOW


def test_people_and_owners_outrank_every_limit(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        first, second = place(session, organization_id), place(session, organization_id, "A2")
        ada = somebody(session, organization_id)
        confirmed = in_doubt(session, organization_id, first, 0.7)
        rule(session, confirmed, first.id, True, ada, NOW)
        owned = seen(session, organization_id, shows("y", name="Elm Books"))
        said = Decided(second.id, Decision.MATCH, 1.0, (), DecidedBy.OWNER)
        link(session, owned, said, NOW)
        assert apply(session, organization_id, STRICT) == []
        assert (confirmed.location_id, owned.location_id) == (first.id, second.id)


def test_what_a_preview_names_is_what_is_sorted_anew(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        chances = (0.05, 0.15, 0.3, 0.6, 0.7, 0.92, 0.97, 0.995)
        for number, chance in enumerate(chances):
            location = place(session, organization_id, f"B{number}")
            in_doubt(session, organization_id, location, chance, f"listing {number}")
        for limits in (LOOSE, STRICT, Limits(0.95, 0.94), shipped_limits()):
            former = limits_of(session, organization_id)
            named = session.scalars(moved(sa.select(Match), former, limits)).all()
            differ = [
                match.listing_id
                for match in named
                if former.decision(match.probability) is not limits.decision(match.probability)
            ]
            assert sorted(match.listing_id for match in named) == sorted(differ)
            assert sorted(differ) == apply(session, organization_id, limits)
            for match in session.scalars(sa.select(Match)):
                assert match.decision is limits.decision(match.probability)


def test_a_crawl_decides_by_the_limits_that_hold(database: Database) -> None:
    record = shows(name="Elm Books", street="77 Quay Street", city="Harborview", phone="+12155550177")
    with database.write() as session:
        organization_id = organization(session)
        place(session, organization_id)

        def decision(locations: Locations) -> Decision:
            return decide(record, locations).decision

        chance = decide(record, load_locations(session, organization_id)).probability
        assert 0.02 < chance < 0.98
        set_limits(session, organization_id, Limits(chance - 0.01, 0.01), person_id=None, now=NOW)
        assert decision(load_locations(session, organization_id)) is Decision.MATCH
        set_limits(session, organization_id, Limits(0.99, chance + 0.01), person_id=None, now=NOW)
        assert decision(load_locations(session, organization_id)) is Decision.NO_MATCH


@pytest.mark.parametrize(("match", "review"), [(0.0, 0.0), (0.3, 0.6), (1.0, 0.2), (float("nan"), 0.2)])
def test_limits_that_cannot_be_are_refused(match: float, review: float) -> None:
    with pytest.raises(BadLimits):
        checked(match, review)
