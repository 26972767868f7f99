"""How a fetch ends when it doesn't end well, and what a whole HTTP answer means whoever sent it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.source import Answer, Outcome


class Reason(StrEnum):
    """Why there is nothing to read."""

    BLOCKED_ADDRESS = "BlockedAddress"  # not a public address, or a name that stands for none
    REFUSED_URL = "RefusedUrl"  # not http(s), with a password in it, or no URL at all
    ROBOTS = "Robots"  # the site's robots.txt keeps us out
    NAME_NOT_FOUND = "NameNotFound"
    NAME_UNRESOLVED = "NameUnresolved"  # the name server didn't say: may work later
    CONNECTION_FAILED = "ConnectionFailed"
    TLS_FAILED = "TlsFailed"
    CONNECTION_LOST = "ConnectionLost"
    BROKEN_ANSWER = "BrokenAnswer"  # cut short, or not HTTP
    DEADLINE = "Deadline"
    TOO_LARGE = "TooLarge"
    UNKNOWN_ENCODING = "UnknownEncoding"
    TOO_MANY_REDIRECTS = "TooManyRedirects"
    HELD = "Held"  # the source told us to wait longer than this fetch may last
    HTTP_STATUS = "HttpStatus"
    WALL = "Wall"  # a challenge, log-in or consent page where the answer should be


NEVER_SENT = frozenset(
    {
        Reason.BLOCKED_ADDRESS, Reason.REFUSED_URL, Reason.ROBOTS, Reason.NAME_NOT_FOUND,
        Reason.NAME_UNRESOLVED, Reason.CONNECTION_FAILED, Reason.TLS_FAILED, Reason.HELD,
    }
)  # fmt: skip
_OUTCOMES = {
    Reason.BLOCKED_ADDRESS: Outcome.BLOCKED,
    Reason.REFUSED_URL: Outcome.BLOCKED,
    Reason.ROBOTS: Outcome.BLOCKED,
    Reason.TOO_LARGE: Outcome.UNREADABLE,
    Reason.UNKNOWN_ENCODING: Outcome.UNREADABLE,
    Reason.HELD: Outcome.QUOTA,
}


class Trouble(Exception):
    """Ends a fetch; `retry_after` is in seconds. Stays below the client, which returns a Failure."""

    def __init__(self, reason: Reason, detail: str, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that brought nothing an adapter may take for data.

    `retry_after` is the source's own wish in seconds. `answer` is there when a whole HTTP answer
    came (an error body, a challenge page): the adapter may read it to say more exactly why, but
    never to make records of it.
    """

    outcome: Outcome
    reason: Reason
    detail: str
    url: str
    retry_after: float | None = None
    answer: Answer | None = None

    @property
    def may_have_arrived(self) -> bool:
        """Whether the source may have acted on the request: ask it before sending again."""
        return self.reason not in NEVER_SENT

    @classmethod
    def of(cls, trouble: Trouble, url: str) -> "Failure":
        """The failure that a trouble on the way to `url` amounts to."""
        outcome = _OUTCOMES.get(trouble.reason, Outcome.UNAVAILABLE)
        return cls(outcome, trouble.reason, trouble.detail, url, trouble.retry_after)


def outcome_of(status: int, headers: Mapping[str, str], body: bytes, url: str = "") -> Outcome:
    """What a whole HTTP answer means before any adapter has looked at it.

    Header names are lower case; `url` is where the answer came from; status 0 (a saved file)
    is taken for 200. Adapters refine it: a 403 may be a quota, a 200 may hold nothing.
    """
    if status in (0, 200):
        return wall_of(headers, body, url) or Outcome.OK
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 200 <= status < 300:
        return Outcome.OK
    if 300 <= status < 400:
        return _redirect(headers.get("location", ""))
    if status >= 500:
        return wall_of(headers, body, url) or Outcome.UNAVAILABLE
    return Outcome.UNREADABLE


_BY_STATUS = {
    304: Outcome.NOT_MODIFIED,
    401: Outcome.BLOCKED,
    403: Outcome.BLOCKED,
    404: Outcome.NOT_FOUND,
    407: Outcome.BLOCKED,
    408: Outcome.UNAVAILABLE,
    410: Outcome.NOT_FOUND,
    425: Outcome.UNAVAILABLE,
    429: Outcome.QUOTA,
    451: Outcome.BLOCKED,
}


def _redirect(location: str) -> Outcome:
    """A redirect that wasn't followed: to a consent host, to a log-in, or simply elsewhere."""
    if _is_consent_host(location):
        return Outcome.CONSENT_WALL
    if _LOGIN_PATH.search(_path(location)):
        return Outcome.BLOCKED
    return Outcome.MOVED


_WALL_BYTES = 100_000
_WALL_TEXT = 1_500
_LOGIN_PATH = re.compile(r"/(?:log[-_]?in|sign[-_]?in|accounts?/login)(?:[/.?]|$)", re.IGNORECASE)
# Plain lower-case phrases, not one regular expression: every small page is searched for them, and
# a substring search is some thirty times as fast.
_CONSENT = (
    b"before you continue to google", b"before you continue to youtube", b"before you continue to yahoo",
    b"consent.google.com/save", b"collectconsent", b"action=\"https://consent.", b"action='https://consent.",
    b"action=\"https://guce.", b"action='https://guce.",
)  # fmt: skip
_CHALLENGE = (
    b"you are human", b"you're human", b"you are a human", b"you are a real person", b"are you a human",
    b"you are not a robot", b"you're not a robot", b"you&#39;re not a robot", b"are you a robot", b"robot check",
    b"you are not a bot", b"unusual traffic from your", b"checking your browser", b"<title>just a moment",
    b"attention required! | cloudflare", b"_cf_chl_opt", b"captcha-delivery.com", b"px-captcha",
    b"access to this page has been denied", b"pardon our interruption", b"incapsula incident id",
    b"complete the captcha", b"solve the captcha", b"solve this captcha", b"complete the security check",
    b"automated access", b"automated requests", b"automated queries", b"enable js and disable any ad blocker",
)  # fmt: skip
_LOGIN = (b"type=password", b'type="password"', b"type='password'")
_BUSINESS = (b"application/ld+json", b"itemtype", b"href=tel:", b'href="tel:', b"href='tel:")


def wall_of(headers: Mapping[str, str], body: bytes, url: str = "") -> Outcome | None:
    """BLOCKED for a challenge or log-in page, CONSENT_WALL for a consent page, else None.

    A page counts as a wall only when it is HTML, has hardly any words and shows nothing a business
    would publish: a captcha under a contact form or a log-in corner doesn't make one.
    """
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return Outcome.BLOCKED
    if _is_consent_host(url):
        return Outcome.CONSENT_WALL
    if len(body) > _WALL_BYTES or not _is_html(headers, body):
        return None
    markup = body.lower()
    if _has(markup, _BUSINESS):
        return None
    if _has(markup, _CONSENT):
        found = Outcome.CONSENT_WALL
    elif _has(markup, _CHALLENGE) or _has(markup, _LOGIN):
        found = Outcome.BLOCKED
    else:
        return None
    return found if _visible_text(body) <= _WALL_TEXT else None


def _has(markup: bytes, phrases: tuple[bytes, ...]) -> bool:
    return any(phrase in markup for phrase in phrases)


def _is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Markup by its label or, under whatever label, by its first character."""
    return (
        "html" in headers.get("content-type", "").lower()
        or body[:256].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    )


def _is_consent_host(url: str) -> bool:
    """consent.google.com, consent.yahoo.com, guce.yahoo.com and their like."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.startswith(("consent.", "guce."))


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _visible_text(body: bytes) -> int:
    """How many characters a reader would see."""
    tree = LexborHTMLParser(body)
    tree.strip_tags(["script", "style", "noscript", "template", "svg"])
    return len(" ".join(tree.body.text(separator=" ").split())) if tree.body else 0
