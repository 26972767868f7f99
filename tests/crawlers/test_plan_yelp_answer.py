"""What is said to Yelp when an answer is put below a review, and what its refusals become."""

import json

import pytest

from crawlers.plan import Delivered, Fetch, ReplyText
from crawlers.plans.yelp_answer import UNSURE, answer
from crawlers.source import Answer, Request
from crawlers.sources.yelp import Yelp

ADAPTER = Yelp()


def talk(status: int, code: str = "", *, may_be_there: bool = False) -> tuple[Request, Delivered]:
    """The request of a conversation, and how it ended at an answer with that status and error id."""
    talking = answer(ADAPTER, {"api_key": "k", "answer_token": "t"}, ReplyText("a/b", "Thanks", may_be_there))
    fetch = next(talking)
    assert isinstance(fetch, Fetch)
    body = json.dumps({"error": {"id": code, "description": "words"}} if code else {}).encode()
    with pytest.raises(StopIteration) as end:
        talking.send(ADAPTER.read(Answer(fetch.request.url, status, {}, body, asked=fetch.request)))
    assert isinstance(end.value.value, Delivered)
    return fetch.request, end.value.value


def test_the_request_is_the_documented_one() -> None:
    request, delivered = talk(200)
    assert (request.method, request.url) == ("POST", "https://partner-api.yelp.com/reviews/v1/a%2Fb")
    assert request.headers["Authorization"] == "Bearer t"
    assert json.loads(request.body or b"") == {"response_text": "Thanks", "response_type": "public_comment"}
    assert delivered.done


@pytest.mark.parametrize(
    ("status", "code", "again"),
    [
        (401, "INVALID_TOKEN", False),
        (400, "R2R_PERMISSION_DENIED", False),
        (400, "R2R_REVIEW_DOES_NOT_EXIST", False),
        (400, "R2R_INVALID_RESPONSE_TEXT", False),
        (400, "SOMETHING_NEW", False),
        (400, "R2R_COMMENT_QUOTA_EXCEEDED", True),
        (500, "", True),
        (503, "", True),
    ],
)
def test_only_what_passes_by_itself_is_tried_again(status: int, code: str, again: bool) -> None:
    delivered = talk(status, code)[1]
    assert (delivered.done, delivered.again) == (False, again)
    assert (code or str(status)) in (delivered.detail or "")


def test_a_refusal_after_a_silence_is_told_as_unsure() -> None:
    delivered = talk(400, "R2R_INVALID_RESPONSE_TEXT", may_be_there=True)[1]
    assert not delivered.again
    assert UNSURE in (delivered.detail or "")
    assert UNSURE not in (talk(401, "INVALID_TOKEN", may_be_there=True)[1].detail or "")
