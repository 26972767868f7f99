"""Yelp's Respond to Reviews: one public answer a review, from an owner whose token a partner holds.

https://docs.developer.yelp.com/reference/create-review-response
"""

import re

from crawlers.sandbox.planting import listings
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked, GoogleError, json_answer, json_body
from crawlers.sandbox.yelp_json import guests, review_id

HOST = "partner-api.yelp.com"
OWNER_TOKEN = "sandbox-yelp-owner-0123456789"  # noqa: S105 - the sandbox's own
LONGEST = 5000


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """Take an answer to a review, or refuse it in Yelp's form."""
    match = re.fullmatch(r"/reviews/v1/([^/]+)", asked.path)
    if match is None or asked.method != "POST":
        return _refusal(404, "NOT_FOUND", "Resource could not be found.")
    if asked.headers.get("authorization") != f"Bearer {OWNER_TOKEN}":
        return _refusal(401, "INVALID_TOKEN", "The access token provided is expired or revoked.")
    try:
        body = json_body(asked)
    except GoogleError:
        body = {}
    text = body.get("response_text")
    if not isinstance(text, str) or body.get("response_type") != "public_comment":
        return _refusal(400, "INVALID_REQUEST", "Missing a required parameter.")
    return _taken(sandbox, match[1], text)


def _taken(sandbox: Sandbox, review: str, text: str) -> Answered:
    ids = (review_id(one) for entry in listings(sandbox.world, "yelp") for one in guests(sandbox, entry))
    if review not in ids:
        return _refusal(400, "R2R_REVIEW_DOES_NOT_EXIST", "Review does not exist.")
    with sandbox.lock:
        if not text or len(text) > LONGEST or review in sandbox.yelp_answers:
            return _refusal(400, "R2R_INVALID_RESPONSE_TEXT", "Invalid response text.")
        sandbox.yelp_answers[review] = text
    return json_answer({})


def _refusal(status: int, code: str, description: str) -> Answered:
    told = {"id": code, "description": description, "http_code": f"{status}"}
    return json_answer({"error": told}, status)
