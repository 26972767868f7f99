"""Google Business Profile as the owner reaches it: accounts, locations, fixes, reviews, tokens."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from crawlers.sandbox import google_reviews, oauth
from crawlers.sandbox.google_location import FIELDS, changes, location_json
from crawlers.sandbox.ids import location_id, location_number
from crawlers.sandbox.planting import Listing, listing, listings_of
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import (
    Answered,
    Asked,
    GoogleError,
    bad_request,
    json_answer,
    json_body,
    not_found,
    page_size,
    project,
)
from crawlers.sandbox.world import World

SOURCE = "google"
ACCOUNTS_HOST = "mybusinessaccountmanagement.googleapis.com"
LOCATIONS_HOST = "mybusinessbusinessinformation.googleapis.com"
REVIEWS_HOST = "mybusiness.googleapis.com"
NOTIFICATIONS_HOST = "mybusinessnotifications.googleapis.com"
HOSTS = frozenset(
    {ACCOUNTS_HOST, LOCATIONS_HOST, REVIEWS_HOST, NOTIFICATIONS_HOST, oauth.HOST, oauth.CONSENT_HOST}
)

PERSON = "104558219406722113358"
PARTNER = "108834417250963361190"
CHAIN = "112093847756120394857"
REGION = "117730942285610477301"
REACH: dict[str, int] = {CHAIN: 1, REGION: 4}
"""Which locations an account reaches: every one, or every fourth. The people's own accounts none."""
OF: dict[str, frozenset[str]] = {
    oauth.MAYA: frozenset({PERSON, CHAIN, REGION}),
    oauth.PAUL: frozenset({PARTNER, REGION}),
}
"""Which accounts each person has a part in."""

ACCOUNTS: tuple[dict[str, Any], ...] = (
    {
        "name": f"accounts/{PERSON}", "accountName": "Maya Ellison", "type": "PERSONAL",
        "role": "PRIMARY_OWNER", "verificationState": "UNVERIFIED", "vettedState": "NOT_VETTED",
    },
    {
        "name": f"accounts/{PARTNER}", "accountName": "Paul Renner", "type": "PERSONAL",
        "role": "PRIMARY_OWNER", "verificationState": "UNVERIFIED", "vettedState": "NOT_VETTED",
    },
    {
        "name": f"accounts/{CHAIN}", "accountName": "Ostermill Bakery", "type": "LOCATION_GROUP",
        "role": "OWNER", "permissionLevel": "OWNER_LEVEL", "accountNumber": "2093847756",
        "verificationState": "VERIFIED", "vettedState": "VETTED",
    },
    {
        "name": f"accounts/{REGION}", "accountName": "Ostermill Bakery, franchise partners",
        "type": "LOCATION_GROUP", "role": "MANAGER", "permissionLevel": "MEMBER_LEVEL",
        "accountNumber": "7730942285", "verificationState": "VERIFIED", "vettedState": "NOT_VETTED",
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Route:
    host: str
    method: str
    pattern: re.Pattern[str]
    act: Callable[..., Answered]


def source_id(world: World, entry: Listing) -> str:  # noqa: ARG001 - one shape for all twins
    """The location id, as in "locations/{id}"."""
    return location_id(entry.number)


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one request at any of HOSTS."""
    if asked.host in {oauth.HOST, oauth.CONSENT_HOST}:
        return oauth.answer(sandbox, asked)
    try:
        for route in ROUTES:
            match = route.pattern.fullmatch(asked.path)
            if match and (route.host, route.method) == (asked.host, asked.method):
                person = oauth.check_bearer(sandbox, asked)
                _check_part(person, match.groupdict())
                return route.act(sandbox, asked, **match.groupdict())
    except GoogleError as refusal:
        return refusal.answer()
    # Google answers an unknown path with a page, not with JSON.
    html = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p><b>404.</b></html>"
    return Answered(404, html.encode(), {"content-type": "text/html; charset=UTF-8"})


def _check_part(person: str, named: dict[str, str]) -> None:
    """Raises GoogleError for an account in which, or a location at which, the person has no part."""
    account, location = named.get("account", "-"), named.get("location")
    if account in {*REACH, PERSON, PARTNER} and account not in OF[person]:
        raise GoogleError(403, "PERMISSION_DENIED", "The caller does not have permission")
    steps = [REACH[one] for one in OF[person] if one in REACH]
    if account == "-" and location is not None and not any(_number(location) % step == 0 for step in steps):
        raise GoogleError(403, "PERMISSION_DENIED", "The caller does not have permission")


def _number(location: str) -> int:
    try:
        return location_number(location) // 4
    except KeyError as missing:
        raise not_found() from missing


def _accounts(sandbox: Sandbox, asked: Asked) -> Answered:
    theirs = [
        one for one in ACCOUNTS if one["name"].partition("/")[2] in OF[oauth.check_bearer(sandbox, asked)]
    ]
    start = int(_unpack(asked.query.get("pageToken", ""), "accounts", "0")[0])
    end = start + page_size(asked.query, 20, 20)
    body: dict[str, Any] = {"accounts": theirs[start:end]}
    if end < len(theirs):
        body["nextPageToken"] = _pack("accounts", end)
    return json_answer(body)


def _locations(sandbox: Sandbox, asked: Asked, account: str) -> Answered:
    mask, size = _read_mask(asked), page_size(asked.query, 10, 100)
    step = _step(account)
    if "filter" in asked.query:
        return _filtered(sandbox, asked.query["filter"], step, mask)
    index, skip = map(int, _unpack(asked.query.get("pageToken", ""), account, "0", "0"))
    page: list[dict[str, Any]] = []
    for entry, rank in _reached(sandbox, step, index, skip):
        if len(page) == size:
            token = _pack(account, entry.index, rank)
            return json_answer({"locations": page, "nextPageToken": token})
        page.append(project(location_json(sandbox, entry), mask))
    return json_answer({"locations": page} if page else {})


def _reached(sandbox: Sandbox, step: int, start: int, skip: int) -> Iterator[tuple[Listing, int]]:
    if step == 0:
        return
    world = sandbox.world
    for index in range(start, world.locations + world.siblings, step):
        for rank, entry in enumerate(listings_of(world, SOURCE, index)):
            if index > start or rank >= skip:
                yield entry, rank


def _filtered(sandbox: Sandbox, condition: str, step: int, mask: list[str]) -> Answered:
    match = re.fullmatch(r'store_?[cC]ode\s*=\s*"([^"]*)"', condition.strip())
    if match is None:
        raise bad_request("Invalid filter.")
    try:
        index = sandbox.world.index_of(match[1])
    except KeyError:
        return json_answer({})
    rows = [
        project(body, mask)
        for entry in listings_of(sandbox.world, SOURCE, index)
        if step and index % step == 0 and "storeCode" in (body := location_json(sandbox, entry))
    ]
    return json_answer({"locations": rows, "totalSize": len(rows)} if rows else {})


def _location(sandbox: Sandbox, asked: Asked, location: str) -> Answered:
    mask = _read_mask(asked)
    return json_answer(project(location_json(sandbox, _entry(sandbox, location)), mask))


def _google_updated(sandbox: Sandbox, asked: Asked, location: str) -> Answered:
    mask, entry = _read_mask(asked), _entry(sandbox, location)
    body = location_json(sandbox, entry, consumers=True)
    waiting = {part for fix in sandbox.fixes_of(entry) if fix.visible > sandbox.now for part in fix.values}
    answer: dict[str, Any] = {"location": project(body, mask)}
    for key, parts in (("diffMask", sandbox.overruled(entry)), ("pendingMask", waiting)):
        names = sorted({MASK_OF[part] for part in parts if part in MASK_OF})
        if names:
            answer[key] = ",".join(names)
    return json_answer(answer)


MASK_OF = {
    "name": "title", "phone": "phoneNumbers", "lines": "storefrontAddress", "city": "storefrontAddress",
    "region": "storefrontAddress", "postal_code": "storefrontAddress", "website": "websiteUri",
    "hours": "regularHours", "special_hours": "specialHours", "status": "openInfo", "latitude": "latlng",
    "longitude": "latlng", "category": "categories",
}  # fmt: skip


def _patch(sandbox: Sandbox, asked: Asked, location: str) -> Answered:
    entry, body = _entry(sandbox, location), json_body(asked)
    mask = _mask(asked.query.get("updateMask", ""))
    if not mask:
        raise bad_request("Update mask is required.")
    values = changes(body, mask)
    answer = location_json(sandbox, entry)
    answer |= {path.partition(".")[0]: body.get(path.partition(".")[0]) for path in mask}
    if asked.query.get("validateOnly", "").lower() != "true":
        sandbox.fix(entry, values)
        answer["metadata"] = {**answer["metadata"], "hasPendingEdits": True}
    return json_answer({key: value for key, value in answer.items() if value is not None})


def _notifications(sandbox: Sandbox, asked: Asked, account: str) -> Answered:
    topic = str(json_body(asked).get("pubsubTopic", ""))
    if topic and not re.fullmatch(r"projects/[^/]+/topics/[^/]+", topic):
        raise GoogleError(400, "INVALID_ARGUMENT", "Invalid topic.", "INVALID_PUBSUB_TOPIC")
    setting = {"name": f"accounts/{account}/notificationSetting", **json_body(asked)}
    sandbox.announced[account] = topic
    return json_answer(setting)


def _attributes(sandbox: Sandbox, asked: Asked, location: str) -> Answered:  # noqa: ARG001
    entry = _entry(sandbox, location)
    shown = {**_offers(entry), **sandbox.attributes.get(entry.number, {})}
    rows = [{"name": name, **value} for name, value in shown.items() if value]
    # proto3 leaves a list without entries out.
    return json_answer({"name": f"locations/{location}/attributes", **({"attributes": rows} if rows else {})})


def _offers(entry: Listing) -> dict[str, dict[str, Any]]:
    """What the bakery offers before its owner says otherwise."""
    return {
        "attributes/has_takeout": {"valueType": "BOOL", "values": [True]},
        "attributes/wi_fi": {"valueType": "ENUM", "values": ["free_wi_fi" if entry.index % 2 else "no_wi_fi"]},
        "attributes/url_menu": {
            "valueType": "URL", "uriValues": [{"uri": "https://www.ostermill.example/menu"}],
        },
    }  # fmt: skip


def _patch_attributes(sandbox: Sandbox, asked: Asked, location: str) -> Answered:
    entry, body = _entry(sandbox, location), json_body(asked)
    mask = [name for name in asked.query.get("attributeMask", "").split(",") if name]
    if not mask or not all(name.startswith("attributes/") for name in mask):
        raise bad_request("Attribute mask is required.")
    given = {str(row.get("name")): row for row in body.get("attributes", []) if isinstance(row, dict)}
    changed = {
        name: {key: part for key, part in given.get(name, {}).items() if key != "name"} for name in mask
    }
    with sandbox.lock:
        # A deprecated attribute is taken without an error and without effect.
        saved = {name: value for name, value in changed.items() if name not in sandbox.deprecated}
        sandbox.attributes.setdefault(entry.number, {}).update(saved)
    return _attributes(sandbox, asked, location)


def _reviews(sandbox: Sandbox, asked: Asked, account: str, location: str) -> Answered:
    entry = _owned(sandbox, account, location)
    return google_reviews.list_reviews(
        sandbox, google_reviews.parent_name(account, entry), entry, asked.query
    )


def _review(sandbox: Sandbox, asked: Asked, account: str, location: str, review: str) -> Answered:  # noqa: ARG001
    entry = _owned(sandbox, account, location)
    return google_reviews.one_review(sandbox, google_reviews.parent_name(account, entry), entry, review)


def _reply(sandbox: Sandbox, asked: Asked, account: str, location: str, review: str) -> Answered:
    entry = _owned(sandbox, account, location)
    if asked.method == "PUT":
        return google_reviews.put_reply(sandbox, asked, entry, review)
    return google_reviews.delete_reply(sandbox, entry, review)


def _batch(sandbox: Sandbox, asked: Asked, account: str) -> Answered:
    found = []
    names = json_body(asked).get("locationNames")
    if not isinstance(names, list) or not names:
        raise bad_request("Location names are required.")
    for name in names:
        match = re.fullmatch(r"accounts/(?P<account>[^/]+)/locations/(?P<location>[^/]+)", str(name))
        if match is None or match["account"] != account:
            raise bad_request("Invalid location name.")
        found.append((str(name), _owned(sandbox, account, match["location"])))
    return google_reviews.batch(sandbox, asked, found)


def _route(host: str, method: str, pattern: str, act: Callable[..., Answered]) -> _Route:
    named = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/:]+)", pattern)
    return _Route(host, method, re.compile(named), act)


_REVIEW = "/v4/accounts/{account}/locations/{location}/reviews/{review}"
ROUTES = (
    _route(ACCOUNTS_HOST, "GET", "/v1/accounts", _accounts),
    _route(LOCATIONS_HOST, "GET", "/v1/accounts/{account}/locations", _locations),
    _route(LOCATIONS_HOST, "GET", "/v1/locations/{location}", _location),
    _route(LOCATIONS_HOST, "GET", "/v1/locations/{location}:getGoogleUpdated", _google_updated),
    _route(LOCATIONS_HOST, "PATCH", "/v1/locations/{location}", _patch),
    _route(LOCATIONS_HOST, "GET", "/v1/locations/{location}/attributes", _attributes),
    _route(LOCATIONS_HOST, "PATCH", "/v1/locations/{location}/attributes", _patch_attributes),
    _route(NOTIFICATIONS_HOST, "PATCH", "/v1/accounts/{account}/notificationSetting", _notifications),
    _route(REVIEWS_HOST, "GET", "/v4/accounts/{account}/locations/{location}/reviews", _reviews),
    _route(REVIEWS_HOST, "POST", "/v4/accounts/{account}/locations:batchGetReviews", _batch),
    _route(REVIEWS_HOST, "GET", _REVIEW, _review),
    _route(REVIEWS_HOST, "PUT", _REVIEW + "/reply", _reply),
    _route(REVIEWS_HOST, "DELETE", _REVIEW + "/reply", _reply),
)


def _entry(sandbox: Sandbox, location: str) -> Listing:
    try:
        return listing(sandbox.world, SOURCE, location_number(location))
    except KeyError as missing:
        raise not_found() from missing


def _owned(sandbox: Sandbox, account: str, location: str) -> Listing:
    entry, step = _entry(sandbox, location), _step(account)
    if step == 0 or entry.index % step:
        raise GoogleError(403, "PERMISSION_DENIED", "The caller does not have permission")
    return entry


def _step(account: str) -> int:
    if account == "-":
        return 1
    if account not in REACH and account not in {PERSON, PARTNER}:
        raise not_found()
    return REACH.get(account, 0)


def _read_mask(asked: Asked) -> list[str]:
    mask = _mask(asked.query.get("readMask", ""))
    if not mask:
        raise bad_request("Request contains an invalid argument. readMask is required.")
    for path in mask:
        if path.partition(".")[0] not in FIELDS:
            raise bad_request(f"Invalid field mask provided: {path}")
    return mask


def _mask(text: str) -> list[str]:
    # Field masks come in lowerCamel or in the proto's own snake_case.
    paths = [path.strip() for path in text.split(",") if path.strip()]
    return [re.sub(r"_(\w)", lambda part: part[1].upper(), path) for path in paths]


def _pack(*parts: object) -> str:
    return base64.urlsafe_b64encode("|".join(map(str, parts)).encode()).decode().rstrip("=")


def _unpack(token: str, scope: str, *first: str) -> list[str]:
    """The parts of a page token; `first` without one. A token of another list is refused."""
    if not token:
        return list(first)
    try:
        parts = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().split("|")
        numbers = [str(int(part)) for part in parts[1:]]
    except ValueError as broken:
        raise bad_request("Invalid page token.") from broken
    if parts[0] != scope or len(numbers) != len(first):
        raise bad_request("Invalid page token.")
    return numbers
