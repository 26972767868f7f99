"""The inbox: who sees what, in which order, how far down."""

import pytest

from listings.db import Database
from reputation.inbox import Filter, Tab, add_note, counts, one, rows, set_status
from reputation.models.reply import ReplyState
from reputation.models.review import ReviewStatus
from tests.domain import DAY, NOW, somebody
from tests.reputation.rows import answer, linked_listing, review

pytestmark = pytest.mark.db


def test_an_answered_a_closed_and_a_gone_review_wait_for_nothing(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        waiting = review(session, listing, "1")
        answer(session, review(session, listing, "2"), ReplyState.PUBLISHED)
        draft = review(session, listing, "3")
        answer(session, draft, ReplyState.DRAFT)
        review(session, listing, "4", status=ReviewStatus.CLOSED)
        review(session, listing, "5", vanished_at=NOW)
        wanted = Filter(listing.organization_id)
        assert {row.review.id for row in rows(session, wanted, NOW)} == {waiting.id, draft.id}
        found = counts(session, wanted, NOW)
    assert found == {Tab.UNANSWERED: 2, Tab.ANSWERED: 1, Tab.CLOSED: 1, Tab.ALL: 5}


def test_every_review_is_met_once_on_the_way_down_even_without_a_time(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        times = [None, NOW, NOW, NOW - DAY, None, NOW - 2 * DAY, None]
        made = [review(session, listing, str(n), written_at=at).id for n, at in enumerate(times)]
        met: list[int] = []
        wanted = Filter(listing.organization_id)
        while page := rows(session, wanted, NOW, limit=2):
            met += [row.review.id for row in page]
            last = page[-1].review
            wanted = Filter(listing.organization_id, before=(last.written_at, last.id))
    assert met == [made[n] for n in (2, 1, 3, 5, 6, 4, 0)]


def test_words_whose_time_is_over_are_unreadable_from_that_second_on(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        row = review(session, listing, "1", expires_at=NOW + DAY)
        wanted = Filter(listing.organization_id)
        assert one(session, wanted, row.id, NOW) is not None
        assert one(session, wanted, row.id, NOW + DAY) is None
        assert rows(session, wanted, NOW + DAY) == []


def test_nobody_sees_another_organization_or_a_place_that_is_not_theirs(database: Database) -> None:
    with database.write() as session:
        listing, other = linked_listing(session), linked_listing(session, "Oak Books")
        mine, theirs = review(session, listing, "1"), review(session, other, "1")
        assert one(session, Filter(listing.organization_id), theirs.id, NOW) is None
        assert one(session, Filter(listing.organization_id, location_ids=()), mine.id, NOW) is None
        assert [row.review.id for row in rows(session, Filter(other.organization_id), NOW)] == [theirs.id]


def test_a_search_takes_its_signs_as_they_are(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        review(session, listing, "1", text="100% rye")
        review(session, listing, "2", text="1000 ryes")
        found = rows(session, Filter(listing.organization_id, search="100%"), NOW)
    assert [row.review.text for row in found] == ["100% rye"]


def test_a_status_and_a_note_are_kept_and_an_empty_note_is_none(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        row, ada = review(session, listing, "1"), somebody(session, listing.organization_id)
        set_status(session, row, ReviewStatus.CLOSED, person_id=ada, now=NOW)
        assert row.status is ReviewStatus.CLOSED
        assert add_note(session, row, " Called her ", person_id=ada, now=NOW).text == "Called her"
        with pytest.raises(ValueError, match="empty"):
            add_note(session, row, " ", person_id=ada, now=NOW)
