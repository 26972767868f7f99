"""Reviews and replies of Business Profile (My Business API v4), with the fields added in 2026."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from crawlers.sandbox.ids import location_id
from crawlers.sandbox.planting import Listing
from crawlers.sandbox.reviews import Review, reviews_at
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked, bad_request, json_answer, json_body, not_found, page_size

MOST = 50
STARS = ("ONE", "TWO", "THREE", "FOUR", "FIVE")
REPLY_BYTES = 4096
ORDERS = {"", "rating", "rating desc", "updateTime desc", "update_time desc"}


def list_reviews(sandbox: Sandbox, parent: str, entry: Listing, query: Mapping[str, str]) -> Answered:
    """GET …/reviews: one page, the average and the count of them all; `{}` when there are none."""
    order, start = query.get("orderBy", ""), _offset(query.get("pageToken", ""))
    if order not in ORDERS:
        raise bad_request("Invalid order_by.")
    found = ordered(reviews_at(sandbox.world, entry, sandbox.now), order)
    if not found:
        return json_answer({})
    end = start + page_size(query, MOST, MOST)
    body: dict[str, Any] = {
        "reviews": [review_json(sandbox, parent, entry, review) for review in found[start:end]],
        "averageRating": round(sum(review.rating for review in found) / len(found), 1),
        "totalReviewCount": len(found),
    }
    if end < len(found):
        body["nextPageToken"] = _token(end)
    return json_answer(body)


def ordered(found: list[Review], order: str) -> list[Review]:
    """The reviews in one of the API's orders; newest change first is the default."""
    if not order.startswith("rating"):
        return found
    return sorted(found, key=lambda review: review.rating, reverse=order.endswith("desc"))


def one_review(sandbox: Sandbox, parent: str, entry: Listing, review_id: str) -> Answered:
    """GET …/reviews/{id}."""
    return json_answer(review_json(sandbox, parent, entry, _find(sandbox, entry, review_id)))


def batch(sandbox: Sandbox, asked: Asked, found: Sequence[tuple[str, Listing]]) -> Answered:
    """POST …/locations:batchGetReviews over locations that are already looked up."""
    body = json_body(asked)
    rows = [
        {"name": parent, "review": review_json(sandbox, parent, entry, review)}
        for parent, entry in found
        for review in ordered(reviews_at(sandbox.world, entry, sandbox.now), str(body.get("orderBy", "")))
        if review.text is not None or not body.get("ignoreRatingOnlyReviews")
    ]
    start = _offset(body.get("pageToken", ""))
    end = start + page_size(body, MOST, MOST)
    answer: dict[str, Any] = {"locationReviews": rows[start:end]} if rows else {}
    if end < len(rows):
        answer["nextPageToken"] = _token(end)
    return json_answer(answer)


def put_reply(sandbox: Sandbox, asked: Asked, entry: Listing, review_id: str) -> Answered:
    """PUT …/reply: creates or replaces; 400 for nothing or more than 4,096 bytes."""
    _find(sandbox, entry, review_id)
    comment = json_body(asked).get("comment")
    if not isinstance(comment, str) or not comment.strip():
        raise bad_request("Review reply comment is required.")
    if len(comment.encode()) > REPLY_BYTES:
        raise bad_request("Review reply is longer than 4096 bytes.")
    sent = sandbox.reply(entry.number, review_id, comment)
    return json_answer(_reply(comment, sent.at, sandbox.reply_state(sent)))


def delete_reply(sandbox: Sandbox, entry: Listing, review_id: str) -> Answered:
    """DELETE …/reply: 404 when there is no reply to delete."""
    review = _find(sandbox, entry, review_id)
    if reply_json(sandbox, entry, review) is None:
        raise not_found()
    sandbox.reply(entry.number, review_id, None)
    return json_answer({})


def review_json(sandbox: Sandbox, parent: str, entry: Listing, review: Review) -> dict[str, Any]:
    """One Review resource below `parent` ("accounts/…/locations/…")."""
    reviewer: dict[str, Any] = {"displayName": review.author}
    if review.anonymous:
        reviewer["isAnonymous"] = True
    body: dict[str, Any] = {
        "name": f"{parent}/reviews/{review.id}",
        "reviewId": review.id,
        "reviewer": reviewer,
        "starRating": STARS[review.rating - 1],
        "createTime": rfc3339(review.created),
        "updateTime": rfc3339(review.updated),
    }
    if review.comment is not None:
        body["comment"] = review.comment
    reply = reply_json(sandbox, entry, review)
    if reply is not None:
        body["reviewReply"] = reply
    return body


def reply_json(sandbox: Sandbox, entry: Listing, review: Review) -> dict[str, Any] | None:
    """The owner's reply as the API shows it: the last one sent, else the one of the world's past."""
    with sandbox.lock:
        sent = sandbox.replies.get((entry.number, review.id))
    if sent is not None:
        return None if sent.text is None else _reply(sent.text, sent.at, sandbox.reply_state(sent))
    if review.reply is None:
        return None
    return _reply(review.reply.text, review.reply.at, "APPROVED")


def parent_name(account: str, entry: Listing) -> str:
    """The v4 name of a listing, which keeps the account."""
    return f"accounts/{account}/locations/{location_id(entry.number)}"


def rfc3339(moment: dt.datetime) -> str:
    """A time in UTC with no, three or six digits of a second, as protobuf prints it."""
    digits = "auto" if moment.microsecond % 1000 else "milliseconds" if moment.microsecond else "seconds"
    return moment.astimezone(dt.UTC).isoformat(timespec=digits).replace("+00:00", "Z")


def _reply(text: str, at: dt.datetime, state: str) -> dict[str, Any]:
    return {"comment": text, "updateTime": rfc3339(at), "reviewReplyState": state}


def _find(sandbox: Sandbox, entry: Listing, review_id: str) -> Review:
    for review in reviews_at(sandbox.world, entry, sandbox.now):
        if review.id == review_id:
            return review
    raise not_found()


def _token(offset: int) -> str:
    return f"R{offset:x}"


def _offset(token: object) -> int:
    if not token:
        return 0
    try:
        return max(0, int(str(token).removeprefix("R"), 16))
    except ValueError as broken:
        raise bad_request("Invalid page token.") from broken
