"""Signed in at Google: an access token per consent, renewed when it runs out, and who may be asked."""

from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, TypeVar

from crawlers.plan import Access, ConsentGone, Fetch, Step, Stopped, needed
from crawlers.source import Outcome, Reading, Request
from crawlers.sources.google import Credential, Google

ELSEWHERE = (Outcome.BLOCKED, Outcome.NOT_FOUND)
"""What another consent may still be allowed or able to see."""

T = TypeVar("T")
Asking = Generator[Step, Reading, Reading]


def token_of(adapter: Google, access: Access) -> Generator[Step, Reading, str]:
    """An access token for the stored consent. Raises Stopped when the consent is gone."""
    credential = Credential(access["client_id"], access["client_secret"], access["refresh_token"])
    reading = yield Fetch(adapter.token_refresh(credential), secret=True)
    if reading.outcome is Outcome.BLOCKED:
        raise ConsentGone(reading.outcome, reading.detail or "the sign-in was refused", access.get("id"))
    needed(reading, "sign-in")
    token = reading.extra.get("access_token")
    if not isinstance(token, str):
        raise Stopped(Outcome.UNREADABLE, "sign-in: the answer holds no access token")
    return token


class SignedIn:
    """One consent. Its token holds for an hour; a crawl may last longer."""

    def __init__(self, adapter: Google, access: Access) -> None:
        self.adapter = adapter
        self._access = access
        self._token: str | None = None

    def ask(self, make: Callable[[str], Request], **about: Any) -> Asking:
        """The reading of what `make` asks for with the token; a refused token is renewed once.

        `about` are further members of the Fetch. Raises Stopped when there is no token to be had.
        """
        if self._token is None:
            self._token = yield from token_of(self.adapter, self._access)
        reading = yield Fetch(make(self._token), **about)
        if not reading.extra.get("token_refused"):
            return reading
        self._token = yield from token_of(self.adapter, self._access)
        return (yield Fetch(make(self._token), **about))


def sessions(adapter: Google, access: Access) -> list[SignedIn]:
    """One for every consent that the organization has given, in the order they came."""
    return [SignedIn(adapter, one) for one in access.get("every", (access,))]


def ask_any(found: Sequence[SignedIn], make: Callable[[str], Request], **about: Any) -> Asking:
    """The first answer that isn't a refusal, else the last refusal. Raises Stopped when none can sign in."""
    reading: Reading | None = None
    gone: ConsentGone | None = None
    for session in found:
        try:
            reading = yield from session.ask(make, **about)
        except ConsentGone as withdrawn:
            gone = withdrawn
            continue
        if reading.outcome not in ELSEWHERE:
            return reading
    if reading is None:
        raise gone or Stopped(Outcome.BLOCKED, "no account is connected")
    return reading


def split(api_name: str) -> tuple[str, str]:
    """ "accounts/1/locations/2" as its account and its location."""
    account, _, location = api_name.partition("/locations/")
    return account, f"locations/{location}"


def chunked(things: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """The things in groups of `size`."""
    return (things[first : first + size] for first in range(0, len(things), size))
