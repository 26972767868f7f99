"""Answers on Yelp: with an owner's token they go out, without one they are a link as before."""

import pytest
import sqlalchemy as sa

from crawlers.deliver_reply import deliver_reply
from crawlers.sandbox.yelp import API_KEY
from crawlers.sandbox.yelp_partner import OWNER_TOKEN
from listings.answers import opens_answers, takes_answers
from listings.models.crawl import Credential
from listings.source_terms import Door
from listings.sources import GOOGLE, SOURCES, YELP
from reputation.models.reply import Reply, ReplyState
from reputation.models.review import Review
from reputation.reply import Refused
from tests.flows.conftest import Loop
from tests.flows.test_reply import CONTEXT, WORDS, reply_of, unanswered, write


def hold(loop: Loop, token: str = OWNER_TOKEN) -> None:
    secret = {"api_key": API_KEY, "answer_token": token}
    with loop.database.write() as session:
        (row,) = session.scalars(sa.select(Credential).where(Credential.source == YELP))
        row.secret = loop.door.vault.seal(secret)
        row.answers = opens_answers(SOURCES[YELP], secret)


def sent(loop: Loop, text: str = WORDS) -> Reply:
    review_id = unanswered(loop)
    deliver_reply(loop.door, CONTEXT, write(loop, review_id, text))
    return reply_of(loop, review_id)


def test_with_an_owners_token_an_answer_goes_below_its_review(loop: Loop) -> None:
    loop.crawl(YELP)
    hold(loop)
    reply = sent(loop)
    assert (reply.state, reply.detail) == (ReplyState.SENT, None)
    with loop.database.read() as session:
        review = session.get_one(Review, reply.review_id)
    assert loop.server.sandbox.yelp_answers == {review.source_review_id: WORDS}


def test_without_one_no_answer_is_taken(loop: Loop) -> None:
    loop.crawl(YELP)
    with pytest.raises(Refused, match="on its own page only"):
        write(loop, unanswered(loop))
    assert loop.server.sandbox.yelp_answers == {}


def test_a_token_of_another_organization_opens_nothing(loop: Loop) -> None:
    hold(loop)
    with loop.database.read() as session:
        assert takes_answers(session, loop.organization_id, SOURCES[YELP])
        assert not takes_answers(session, loop.organization_id + 1, SOURCES[YELP])
        assert takes_answers(session, loop.organization_id + 1, SOURCES[GOOGLE])
    assert SOURCES[YELP].reply is Door.LINK


def test_a_token_that_has_ended_leaves_the_words_as_a_draft(loop: Loop) -> None:
    loop.crawl(YELP)
    hold(loop, "another")
    reply = sent(loop)
    assert (reply.state, reply.text) == (ReplyState.DRAFT, WORDS)
    assert reply.detail is not None
    assert "store a new one" in reply.detail


def test_a_token_that_was_taken_away_while_the_answer_waited_stops_it(loop: Loop) -> None:
    loop.crawl(YELP)
    hold(loop)
    review_id = unanswered(loop)
    payload = write(loop, review_id)
    hold(loop, "")
    deliver_reply(loop.door, CONTEXT, payload)
    assert reply_of(loop, review_id).state is ReplyState.DRAFT
    assert loop.server.sandbox.yelp_answers == {}


def test_a_review_takes_one_answer(loop: Loop) -> None:
    loop.crawl(YELP)
    hold(loop)
    reply = sent(loop)
    deliver_reply(loop.door, CONTEXT, write(loop, reply.review_id, "Other words."))
    again = reply_of(loop, reply.review_id)
    assert (again.state, again.text) == (ReplyState.DRAFT, "Other words.")
    assert list(loop.server.sandbox.yelp_answers.values()) == [WORDS]
