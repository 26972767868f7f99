"""Google for owners: a token, the accounts, their locations once each, then each one's reviews."""

from collections.abc import Generator, Sequence

from crawlers.plan import (
    Access,
    ConsentGone,
    Fetch,
    ListingsComplete,
    Plan,
    ReviewsComplete,
    Step,
    Stopped,
    Target,
    needed,
)
from crawlers.source import Outcome, Reading
from crawlers.sources.google import Credential, Google


def plan(adapter: Google, access: Access, targets: Sequence[Target], *, narrowed: bool) -> Plan:
    """Everything the credential reaches, or with `narrowed` only the targets' own listings."""
    token = yield from token_of(adapter, access)
    if narrowed:
        named = [target.api_name for target in targets if target.api_name]
        for name in named:
            account, location = split(name)
            yield Fetch(adapter.get_location(location, token))
            yield from _reviews(adapter, token, account, location)
        return
    accounts = yield from _accounts(adapter, token)
    # The same location may be reached through several accounts; the first one speaks for it.
    reached: dict[str, str] = {}
    for account in accounts:
        for location in (yield from _locations(adapter, token, account)):
            reached.setdefault(location, account)
    yield ListingsComplete()
    for location, account in reached.items():
        yield from _reviews(adapter, token, account, location)


def token_of(adapter: Google, access: Access) -> Generator[Step, Reading, str]:
    """An access token for the stored consent. Raises Stopped when the consent is gone."""
    credential = Credential(access["client_id"], access["client_secret"], access["refresh_token"])
    reading = yield Fetch(adapter.token_refresh(credential), secret=True)
    if reading.outcome is Outcome.BLOCKED:
        raise ConsentGone(reading.outcome, reading.detail or "the sign-in was refused")
    needed(reading, "sign-in")
    token = reading.extra.get("access_token")
    if not isinstance(token, str):
        raise Stopped(Outcome.UNREADABLE, "sign-in: the answer holds no access token")
    return token


def split(api_name: str) -> tuple[str, str]:
    """ "accounts/1/locations/2" as its account and its location."""
    account, _, location = api_name.partition("/locations/")
    return account, f"locations/{location}"


def _accounts(adapter: Google, token: str) -> Generator[Step, Reading, list[str]]:
    names: list[str] = []
    page: str | None = None
    while True:
        reading = needed((yield Fetch(adapter.list_accounts(token, page), secret=True)), "accounts")
        names += [account["name"] for account in reading.extra.get("accounts", ()) if account.get("name")]
        page = reading.next_page
        if page is None:
            return names


def _locations(adapter: Google, token: str, account: str) -> Generator[Step, Reading, list[str]]:
    names: list[str] = []
    page: str | None = None
    while True:
        fetch = Fetch(adapter.list_locations(account, token, page), api_account=account)
        reading = needed((yield fetch), f"locations of {account}")
        names += [listing.source_id for listing in reading.listings if listing.source_id]
        page = reading.next_page
        if page is None:
            return names


def _reviews(adapter: Google, token: str, account: str, location: str) -> Plan:
    page: str | None = None
    total: int | None = None
    while True:
        request = adapter.list_reviews(account, location, token, page)
        reading = yield Fetch(request, reviews_of=location)
        if reading.outcome is not Outcome.OK:
            return
        total = reading.total if reading.total is not None else total
        page = reading.next_page
        if page is None:
            yield ReviewsComplete(location, total)
            return
