"""The pages that owners name: set, changed, taken away and taken back, each act in the trail."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.access import Actor, actor_of, scoped
from listings.db import Database
from listings.given_urls import Overtaken, give, given_url, given_urls, take_away, take_back
from listings.listing_pages import BadListingPage
from listings.models.given_url import GivenUrl
from listings.models.organization import AuditEntry
from listings.models.person import Person, Role
from tests.domain import DAY, NOW, organization, place, somebody

pytestmark = pytest.mark.db

FIRST, SECOND = "https://local.yahoo.com/info-1-elm", "https://local.yahoo.com/info-2-elm"


def actor_in(session: Session, organization_id: int) -> Actor:
    return actor_of(session, session.get_one(Person, somebody(session, organization_id)))


def test_a_page_is_named_changed_and_taken_away_and_each_act_is_in_the_trail(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        ada = actor_in(session, location.organization_id)
        give(session, location, "yahoo", FIRST + "/?guccounter=1", NOW, actor=ada)
        assert given_url(session, location.id, "yahoo") == FIRST
        give(session, location, "yahoo", SECOND, NOW + DAY, actor=ada)
        assert given_urls(session, [location.id]) == {location.id: {"yahoo": SECOND}}
        take_away(session, location, "yahoo", NOW + 2 * DAY, actor=ada)
        assert given_urls(session, [location.id]) == {}
        acts = session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)).all()
        assert acts == ["given_url.set", "given_url.set", "given_url.removed"]


def test_the_newest_change_can_be_taken_back_and_an_older_one_not_any_more(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        ada = actor_in(session, location.organization_id)
        give(session, location, "yahoo", FIRST, NOW, actor=ada)
        give(session, location, "yahoo", SECOND, NOW + DAY, actor=ada)
        with pytest.raises(Overtaken, match="changed again since"):
            take_back(session, location, "yahoo", NOW, actor=ada, now=NOW + 2 * DAY)
        assert take_back(session, location, "yahoo", NOW + DAY, actor=ada, now=NOW + 2 * DAY).url == FIRST
        assert (
            take_back(session, location, "yahoo", NOW + 2 * DAY, actor=ada, now=NOW + 3 * DAY).url == SECOND
        )


def test_the_first_page_taken_back_leaves_none(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        ada = actor_in(session, location.organization_id)
        give(session, location, "yahoo", FIRST, NOW, actor=ada)
        take_back(session, location, "yahoo", NOW, actor=ada, now=NOW + DAY)
        assert given_url(session, location.id, "yahoo") is None


def test_naming_the_same_page_again_is_no_change(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        ada = actor_in(session, location.organization_id)
        give(session, location, "yahoo", FIRST, NOW, actor=ada)
        row = give(session, location, "yahoo", FIRST, NOW + DAY, actor=ada)
        assert (row.before, row.given_at) == (None, NOW)


def test_a_page_of_another_site_is_refused_and_nothing_is_written(database: Database) -> None:
    with database.write() as session:
        location = place(session, organization(session))
        ada = actor_in(session, location.organization_id)
        with pytest.raises(BadListingPage):
            give(session, location, "yahoo", "https://elm.example/info-1", NOW, actor=ada)
        assert session.scalar(sa.select(sa.func.count()).select_from(GivenUrl)) == 0


def test_a_page_is_seen_by_those_who_see_its_location(database: Database) -> None:
    with database.write() as session:
        ours, theirs = (place(session, organization(session, name)) for name in ("Elm", "Oak"))
        ada = actor_in(session, ours.organization_id)
        give(session, ours, "yahoo", FIRST, NOW, actor=ada)
        stranger = actor_in(session, theirs.organization_id)
        bound = Actor(ada.person_id, ours.organization_id, Role.MANAGER, bound=True)
        assert [len(session.scalars(scoped(who, GivenUrl)).all()) for who in (ada, stranger, bound)] == [
            1,
            0,
            0,
        ]
