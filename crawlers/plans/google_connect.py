"""Google for owners: a consent's code made into an access, what it reaches, and the access given back."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from crawlers.plan import Access, Delivered, Fetch, Sending, Step, refused
from crawlers.source import Outcome, Reading
from crawlers.sources.google import Google

SCOPE = "https://www.googleapis.com/auth/business.manage"
NO_REFRESH = (
    "Google gave no lasting access. Remove Goodstanding under “Third-party access” in your Google account, "
    "then connect again."
)
NO_SCOPE = (
    "The permission to manage your business listings wasn’t given. Connect again and leave its box ticked."
)
MOST_ACCOUNTS = 200


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What came of a code: the tokens and what they reach, or why there are none.

    `name` tells the person's account at Google; `found` lists name, label, type and number of
    locations of every account it reaches. `cause` beside a refresh token is what to mend first.
    """

    refresh_token: str | None = None
    name: str = ""
    found: tuple[Mapping[str, Any], ...] = ()
    cause: str | None = None


Redeeming = Generator[Step, Reading, Redeemed]


def redeem(
    adapter: Google, client: tuple[str, str], code: str, *, verifier: str, redirect_uri: str, topic: str = ""
) -> Redeeming:
    """Hand the code in, look what the access reaches, and have its changes announced in `topic`."""
    request = adapter.redeem_code(*client, code, verifier=verifier, redirect_uri=redirect_uri)
    reading = yield Fetch(request, secret=True)
    if reading.outcome is not Outcome.OK:
        return Redeemed(cause=f"Google did not accept the sign-in: {reading.detail}")
    token, refresh = reading.extra.get("access_token"), reading.extra.get("refresh_token")
    if SCOPE not in str(reading.extra.get("scope", SCOPE)).split():
        return Redeemed(cause=NO_SCOPE)
    if not isinstance(refresh, str) or not isinstance(token, str):
        return Redeemed(cause=NO_REFRESH)
    accounts, cause = yield from _accounts(adapter, token)
    found = []
    for account in accounts:
        count, more = yield from _count(adapter, token, account["name"])
        found.append(
            {
                "name": account["name"], "label": account.get("accountName") or account["name"],
                "type": account.get("type") or "", "locations": count, "more": more,
            }
        )  # fmt: skip
        if topic and count:
            told = yield Fetch(adapter.set_notifications(account["name"], topic, token))
            if told.outcome is not Outcome.OK:
                cause = cause or f"Connected, but Google won’t announce its changes: {told.detail}"
    return Redeemed(refresh, _person(accounts), tuple(found), cause)


def _accounts(
    adapter: Google, token: str
) -> Generator[Step, Reading, tuple[list[dict[str, Any]], str | None]]:
    found: list[dict[str, Any]] = []
    page: str | None = None
    while len(found) < MOST_ACCOUNTS:
        reading = yield Fetch(adapter.list_accounts(token, page), secret=True)
        if reading.outcome is not Outcome.OK:
            return found, f"Connected, but its accounts can’t be listed: {reading.detail}"
        found += [account for account in reading.extra.get("accounts", ()) if account.get("name")]
        page = reading.next_page
        if page is None:
            break
    return found, None


def _count(adapter: Google, token: str, account: str) -> Generator[Step, Reading, tuple[int | None, bool]]:
    """How many locations an account has on its first page of a hundred, and whether there are more."""
    reading = yield Fetch(adapter.list_locations(account, token, mask="name,title"))
    if reading.outcome is not Outcome.OK:
        return None, False
    return len(reading.listings), reading.next_page is not None


def _person(accounts: list[dict[str, Any]]) -> str:
    """The account that stands for the person: everybody has one of the type PERSONAL."""
    for account in accounts:
        if account.get("type") == "PERSONAL":
            return str(account["name"])
    return str(accounts[0]["name"]) if accounts else ""


def revoke(adapter: Google, access: Access) -> Sending:
    """Give a permission back; one that has ended already needs no giving back."""
    reading = yield Fetch(adapter.revoke(access["refresh_token"]), secret=True)
    if reading.outcome is Outcome.OK or reading.extra.get("oauth_error") == "invalid_token":
        return Delivered(done=True, again=False, detail=None)
    return refused(reading)
