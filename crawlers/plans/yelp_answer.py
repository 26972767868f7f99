"""Yelp's Respond to Reviews, for partners: one public answer below a review."""

from crawlers.plan import Access, Delivered, Fetch, ReplyText, Sending, refused
from crawlers.source import Outcome
from crawlers.sources.yelp import Yelp

NO_TOKEN = "The stored access has no owner's token; answer on Yelp, or store one."  # noqa: S105 - words
UNSURE = "An attempt before had no answer, and now Yelp refuses: look on Yelp whether the words stand there."


def answer(adapter: Yelp, access: Access, reply: ReplyText) -> Sending:
    """Put the answer below its review. Yelp shows no answers, so nothing can be read back before a retry.

    It takes one answer a review, so that the same words are never there twice.
    """
    token = access.get("answer_token")
    if not token:
        return Delivered(done=False, again=False, detail=NO_TOKEN)
    sent = yield Fetch(adapter.respond(token, reply.api_name, reply.text))
    if sent.outcome is Outcome.OK:
        return Delivered(done=True, again=False, detail=None)
    if reply.may_be_there and sent.extra.get("of_the_answer"):
        return Delivered(done=False, again=False, detail=f"{UNSURE} {sent.detail}")
    return refused(sent)
