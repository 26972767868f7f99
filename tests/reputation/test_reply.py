"""Answering: the outbox, its way back, and which press of Send a job carries out."""

import datetime as dt

import pytest

from listings.db import Database
from listings.sources import GOOGLE, WEBSITE, facts
from reputation.models.reply import ReplyState
from reputation.reply import OUTBOX, Refused, check_text, delivery_of, due, send, take_back
from tests.domain import NOW, SOMEBODY
from tests.reputation.rows import linked_listing, review

pytestmark = pytest.mark.db

WORDS = "Thank you, Rosa."


def test_a_reply_waits_in_the_outbox_and_can_be_taken_back_until_it_leaves(database: Database) -> None:
    with database.write() as session:
        reply = send(
            session, review(session, linked_listing(session), "1"), WORDS, person_id=SOMEBODY, now=NOW
        )
        assert (reply.state, reply.send_after) == (ReplyState.QUEUED, NOW + OUTBOX)
        assert not take_back(session, reply, NOW + OUTBOX)
        assert take_back(session, reply, NOW + OUTBOX - dt.timedelta(seconds=1))
        assert (reply.state, reply.text) == (ReplyState.DRAFT, WORDS)


def test_a_job_carries_out_only_the_press_of_send_it_was_made_for(database: Database) -> None:
    with database.write() as session:
        row = review(session, linked_listing(session), "1")
        first = delivery_of(send(session, row, WORDS, person_id=SOMEBODY, now=NOW))
        later = NOW + OUTBOX / 2
        reply = send(session, row, WORDS, person_id=SOMEBODY, now=NOW)
        take_back(session, reply, NOW)
        assert not due(reply, first)
        reply = send(session, row, WORDS, person_id=SOMEBODY, now=later)
        assert not due(reply, first), "the same words sent again have an outbox time of their own"
        assert due(reply, delivery_of(reply))
        second = delivery_of(reply)
        assert not due(send(session, row, "Other words", person_id=SOMEBODY, now=later), second)


def test_a_review_that_is_gone_or_at_a_source_without_replies_gets_none(database: Database) -> None:
    with database.write() as session:
        listing = linked_listing(session)
        with pytest.raises(Refused, match="no longer shows"):
            send(session, review(session, listing, "1", vanished_at=NOW), WORDS, person_id=SOMEBODY, now=NOW)
        with pytest.raises(Refused, match="its own page"):
            send(session, review(session, listing, "2", source=WEBSITE), WORDS, person_id=SOMEBODY, now=NOW)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_reply_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="empty"):
        check_text(facts(GOOGLE), text)


def test_the_limit_is_counted_in_bytes() -> None:
    assert check_text(facts(GOOGLE), "ä" * 2048)
    with pytest.raises(Refused, match="Shorten it by 2"):
        check_text(facts(GOOGLE), "ä" * 2049)
