"""What a whole HTTP answer means, before any adapter has looked at it."""

import pytest

from crawlers.outcomes import outcome_of
from crawlers.source import Outcome

HTML = {"content-type": "text/html; charset=utf-8"}
WORDS = b"<p>" + b"Our sourdough is baked before dawn in a stone oven. " * 60 + b"</p>"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (0, Outcome.OK), (200, Outcome.OK), (201, Outcome.OK), (204, Outcome.OK), (304, Outcome.NOT_MODIFIED),
        (301, Outcome.MOVED), (308, Outcome.MOVED), (302, Outcome.MOVED), (400, Outcome.UNREADABLE),
        (401, Outcome.BLOCKED), (403, Outcome.BLOCKED), (404, Outcome.NOT_FOUND), (410, Outcome.NOT_FOUND),
        (408, Outcome.UNAVAILABLE), (429, Outcome.QUOTA), (500, Outcome.UNAVAILABLE), (503, Outcome.UNAVAILABLE),
        (599, Outcome.UNAVAILABLE),
    ],
)  # fmt: skip
def test_each_status_has_one_meaning(status: int, outcome: Outcome) -> None:
    assert outcome_of(status, {}, b"") is outcome


@pytest.mark.parametrize(
    "body",
    [
        b"<html><form>Please verify you are human</form></html>",
        b"<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>",
        b"<!doctype html><title>Attention Required! | Cloudflare</title><p>Sorry, you have been blocked</p>",
        b"<html><body>Our systems have detected unusual traffic from your computer network.</body></html>",
        b"<html><script src='https://geo.captcha-delivery.com/captcha/'></script><p>Please enable JS</p></html>",
        b"<html><head><title>Robot Check</title></head><body>Enter the characters you see below</body></html>",
        b"<html><form action=/session><input name=user><input type=password name=pw></form></html>",
        b"\xef\xbb\xbf  <html><body>To continue, confirm that you're not a robot</body></html>",
    ],
)
def test_a_challenge_or_login_page_with_200_is_blocked(body: bytes) -> None:
    assert outcome_of(200, HTML, body) is Outcome.BLOCKED
    assert outcome_of(200, {"content-type": "application/json"}, body) is Outcome.BLOCKED
    assert outcome_of(503, HTML, body) is Outcome.BLOCKED


def test_a_challenge_announced_by_header_is_blocked() -> None:
    assert outcome_of(200, HTML | {"cf-mitigated": "challenge"}, b"<html>") is Outcome.BLOCKED


@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://consent.yahoo.com/v2/collectConsent?sessionId=1", b"<html>"),
        ("https://guce.example.com/consent", b"<html>"),
        ("https://maps.example.com/", b"<html><h1>Before you continue to Google</h1></html>"),
        ("https://maps.example.com/", b"<html><form action='https://consent.google.com/save'></form></html>"),
    ],
)
def test_a_consent_page_is_a_consent_wall(url: str, body: bytes) -> None:
    assert outcome_of(200, HTML, body, url) is Outcome.CONSENT_WALL


@pytest.mark.parametrize(
    ("location", "outcome"),
    [
        ("https://consent.google.com/m?continue=x", Outcome.CONSENT_WALL),
        ("/login?next=/biz", Outcome.BLOCKED),
        ("https://shop.example/accounts/login/", Outcome.BLOCKED),
        ("https://shop.example/logins-and-locks", Outcome.MOVED),
        ("http://[::1", Outcome.MOVED),
    ],
)
def test_a_redirect_that_was_not_followed_says_where_it_leads(location: str, outcome: Outcome) -> None:
    assert outcome_of(302, {"location": location}, b"") is outcome


@pytest.mark.parametrize(
    "body",
    [
        b"<html><h1>Bakery</h1>" + WORDS + b"<form>Verify you are human <input></form></html>",
        b"<html><h1>Bakery</h1>" + WORDS + b"<form><input type=password></form></html>",
        b"<html><a href='tel:+15035550142'>call</a><form>you are not a robot</form></html>",
        b"<html><script type='application/ld+json'>{}</script><input type=password></html>",
        b"<html><body>Robotics club. Captcha is a poem.</body></html>",
        b'{"text": "verify you are human, said the chef"}',
        b"",
    ],
)
def test_a_page_of_a_business_is_no_wall(body: bytes) -> None:
    assert (
        outcome_of(200, {"content-type": "text/html" if body[:1] == b"<" else "application/json"}, body)
        is Outcome.OK
    )
