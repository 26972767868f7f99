"""The answer that a source shows, against the reply that we hold."""

import pytest
import sqlalchemy as sa

from listings.db import Database
from reputation.answers import settle_answer
from reputation.models.reply import Reply, ReplyState
from reputation.records import ReplyRecord
from tests.domain import NOW
from tests.reputation.rows import HOUR, answer, linked_listing, review

pytestmark = pytest.mark.db

OURS, THEIRS = "Thank you, Rosa.", "Somebody wrote this at the source."


def test_an_answer_given_at_the_source_is_known_as_one_that_is_not_ours(database: Database) -> None:
    with database.write() as session:
        row = review(session, linked_listing(session), "1")
        settle_answer(session, row, None, ReplyRecord(THEIRS, NOW), NOW)
        reply = session.scalars(sa.select(Reply)).one()
        assert (reply.text, reply.ours, reply.state) == (THEIRS, False, ReplyState.PUBLISHED)
        settle_answer(session, row, reply, None, NOW)
        assert session.scalars(sa.select(Reply)).all() == []


@pytest.mark.parametrize("state", [ReplyState.DRAFT, ReplyState.AWAITING_APPROVAL, ReplyState.QUEUED])
@pytest.mark.parametrize("shown", [None, ReplyRecord(THEIRS, NOW)])
def test_words_that_have_not_left_are_kept(
    database: Database, state: ReplyState, shown: ReplyRecord | None
) -> None:
    with database.write() as session:
        row = review(session, linked_listing(session), "1")
        reply = answer(session, row, state)
        settle_answer(session, row, reply, shown, NOW)
        assert (reply.text, reply.state, reply.ours) == (OURS, state, True)


def test_a_sent_reply_is_not_overwritten_by_the_one_it_replaces(database: Database) -> None:
    with database.write() as session:
        row = review(session, linked_listing(session), "1")
        reply = answer(session, row, ReplyState.SENT, sent_at=NOW)
        settle_answer(session, row, reply, ReplyRecord(THEIRS, NOW - HOUR), NOW)
        assert (reply.text, reply.state) == (OURS, ReplyState.SENT)
        settle_answer(session, row, reply, ReplyRecord("Thank you,\n Rosa.", NOW + HOUR), NOW)
        assert (reply.text, reply.state, reply.ours) == (OURS, ReplyState.PUBLISHED, True)


def test_an_answer_changed_at_the_source_after_ours_is_the_one_that_stands(database: Database) -> None:
    with database.write() as session:
        row = review(session, linked_listing(session), "1")
        reply = answer(session, row, ReplyState.SENT, sent_at=NOW)
        settle_answer(session, row, reply, ReplyRecord(THEIRS, NOW + HOUR), NOW)
        assert (reply.text, reply.ours, reply.state) == (THEIRS, False, ReplyState.PUBLISHED)


@pytest.mark.parametrize(
    ("state", "expected"),
    [("pending", ReplyState.SENT), ("REJECTED", ReplyState.REJECTED), (None, ReplyState.PUBLISHED)],
)
def test_the_sources_own_word_on_a_reply_is_heeded(
    database: Database, state: str | None, expected: ReplyState
) -> None:
    with database.write() as session:
        row = review(session, linked_listing(session), "1")
        reply = answer(session, row, ReplyState.SENT, sent_at=NOW)
        settle_answer(session, row, reply, ReplyRecord(OURS, NOW, state), NOW)
        assert reply.state is expected


def test_a_rejected_reply_says_why_until_it_is_published(database: Database) -> None:
    with database.write() as session:
        row = review(session, linked_listing(session), "1")
        reply = answer(session, row, ReplyState.SENT, sent_at=NOW)
        settle_answer(session, row, reply, ReplyRecord(OURS, NOW, "rejected", "off topic"), NOW)
        assert "off topic" in (reply.detail or "")
        settle_answer(session, row, reply, ReplyRecord(OURS, NOW, "approved"), NOW)
        assert (reply.state, reply.detail) == (ReplyState.PUBLISHED, None)


def test_a_published_reply_that_is_no_longer_shown_is_told(database: Database) -> None:
    with database.write() as session:
        row = review(session, linked_listing(session), "1")
        reply = answer(session, row, ReplyState.PUBLISHED)
        settle_answer(session, row, reply, None, NOW)
        assert reply.state is ReplyState.REJECTED
        assert reply.detail
