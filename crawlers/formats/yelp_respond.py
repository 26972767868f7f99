"""What Yelp says to an answer that a partner puts below a review.

https://docs.developer.yelp.com/reference/create-review-response
"""

from collections.abc import Mapping
from typing import Any

from crawlers.formats.http_answer import outcome_of
from crawlers.formats.json_answer import decode
from crawlers.source import Answer, Outcome, Reading

PATH = "/reviews/v1/"
_SAYS = {
    "INVALID_TOKEN": (Outcome.BLOCKED, "the owner's token has ended or was withdrawn: store a new one"),
    "INSUFFICIENT_SCOPE": (Outcome.BLOCKED, "the owner's token was not given for answering reviews"),
    "R2R_COMMENTS_NOT_ALLOWED": (Outcome.BLOCKED, "Yelp has not opened answers for this business"),
    "R2R_PROBLEM_WITH_USER_PHOTO": (Outcome.BLOCKED, "the owner needs a photo of their own on Yelp for Business"),
    "R2R_UNACCEPTABLE_BIZ_USER_NAME": (Outcome.BLOCKED, "Yelp doesn't accept the owner's name"),
    "R2R_BUSINESS_NOT_CLAIMED": (Outcome.BLOCKED, "Yelp can't tell whether the business is claimed"),
    "R2R_PERMISSION_DENIED": (Outcome.BLOCKED, "the owner has not claimed this business"),
    "R2R_PUBLIC_COMMENTS_DISABLED": (Outcome.BLOCKED, "public answers are switched off"),
    "R2R_REVIEW_DOES_NOT_EXIST": (Outcome.NOT_FOUND, "the review is not there any more"),
    "R2R_INVALID_RESPONSE_TEXT": (
        Outcome.UNREADABLE, "Yelp takes no emoji, no foul words, at most 5,000 characters, nothing said there before",
    ),
    "R2R_COMMENT_QUOTA_EXCEEDED": (Outcome.QUOTA, "20 answers a day and business are used up"),
}  # fmt: skip


def reading(answer: Answer) -> Reading:
    """OK when the answer was taken; `extra["of_the_answer"]` when only its words or its place are refused."""
    if 200 <= answer.status < 300:
        return Reading(Outcome.OK)
    document = decode(answer)
    error = document.get("error") if isinstance(document, Mapping) else None
    told: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    code, words = str(told.get("id") or answer.status), str(told.get("description") or "")[:200]
    outcome = outcome_of(answer.status)
    outcome, cause = _SAYS.get(code, (outcome, words or "Yelp refused the answer"))
    of_the_answer = outcome is Outcome.UNREADABLE
    return Reading(outcome, detail=f"{code}: {cause}", extra={"of_the_answer": True} if of_the_answer else {})
