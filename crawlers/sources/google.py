"""Google for owners: the Business Profile APIs v1, and reviews and replies by the API v4."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from crawlers.formats import google_answers, google_attributes
from crawlers.formats.google_errors import error_reading
from crawlers.formats.google_patch import patch
from crawlers.formats.http_answer import refused
from crawlers.formats.json_answer import answers_in, decode, merged, unreadable
from crawlers.formats.links import parameter
from crawlers.source import Adapter, Answer, Outcome, Reading, Request

TOKENS = "https://oauth2.googleapis.com"
REVOKE = "/revoke"
ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
LOCATIONS = "https://mybusinessbusinessinformation.googleapis.com"
REVIEWS = "https://mybusiness.googleapis.com"
NOTIFICATIONS = "https://mybusinessnotifications.googleapis.com"
ANNOUNCED = (
    "GOOGLE_UPDATE",
    "NEW_REVIEW",
    "UPDATED_REVIEW",
    "DUPLICATE_LOCATION",
    "VOICE_OF_MERCHANT_UPDATED",
)

READ_MASK = (
    "name,languageCode,storeCode,title,phoneNumbers,categories,storefrontAddress,websiteUri,regularHours,"
    "specialHours,serviceArea,labels,latlng,openInfo,metadata"
)
"""Everything of a location that a listing shows."""

ORDER = "update_time desc"
REPLY_LIMIT = 4096
"""Bytes of UTF-8 that a reply may have."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What the owner's consent left behind: an OAuth client and its refresh token."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


class Google(Adapter):
    """Locations and reviews of the accounts that an owner or manager has connected.

    Every method that asks for data takes the access token of `token_refresh`'s answer.
    """

    source = "google"
    reader_version = "google-1"

    def token_refresh(self, credential: Credential) -> Request:
        """A new access token (RFC 6749 section 6); read leaves it in `extra["access_token"]`."""
        form = {
            "client_id": credential.client_id, "client_secret": credential.client_secret,
            "refresh_token": credential.refresh_token, "grant_type": "refresh_token",
        }  # fmt: skip
        return self._form(form)

    def redeem_code(
        self, client_id: str, client_secret: str, code: str, *, verifier: str, redirect_uri: str
    ) -> Request:
        """The tokens that a person's consent brought (RFC 6749 section 4.1.3, RFC 7636 section 4.5)."""
        form = {
            "client_id": client_id, "client_secret": client_secret, "code": code,
            "code_verifier": verifier, "redirect_uri": redirect_uri, "grant_type": "authorization_code",
        }  # fmt: skip
        return self._form(form)

    def revoke(self, token: str) -> Request:
        """Take back what a person allowed (RFC 7009 section 2.1); whatever the source answers with 200 is a yes.

        https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
        """
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return Request(self.at(f"{TOKENS}{REVOKE}"), "POST", headers, urlencode({"token": token}).encode())

    def list_accounts(self, token: str, page: str | None = None) -> Request:
        """A page of the accounts behind the token, 20 at most; they stand in `extra["accounts"]`."""
        return self._get(f"{ACCOUNTS}/v1/accounts", token, pageSize=20, pageToken=page)

    def list_locations(
        self, account: str, token: str, page: str | None = None, mask: str = READ_MASK
    ) -> Request:
        """A page of an account's locations ("accounts/1", or "accounts/-" for all reachable)."""
        url = f"{LOCATIONS}/v1/{_path(account)}/locations"
        return self._get(url, token, readMask=mask, pageSize=100, pageToken=page)

    def get_location(self, location: str, token: str, mask: str = READ_MASK) -> Request:
        """One location by its name, "locations/1"."""
        return self._get(f"{LOCATIONS}/v1/{_path(location)}", token, readMask=mask)

    def get_google_updated(self, location: str, token: str, mask: str = READ_MASK) -> Request:
        """The location as Google shows it, with the fields in which it differs from the owner's."""
        return self._get(f"{LOCATIONS}/v1/{_path(location)}:getGoogleUpdated", token, readMask=mask)

    def set_notifications(self, account: str, topic: str, token: str) -> Request:
        """Have Google announce an account's changes in a Pub/Sub topic."""
        query = urlencode({"updateMask": "pubsubTopic,notificationTypes"})
        body = {
            "name": f"{account}/notificationSetting",
            "pubsubTopic": topic,
            "notificationTypes": list(ANNOUNCED),
        }
        return self._send(
            "PATCH", f"{NOTIFICATIONS}/v1/{_path(account)}/notificationSetting?{query}", token, body
        )

    def get_attributes(self, location: str, token: str) -> Request:
        """The attributes of a location (wheelchair access, links …); they stand in the record's extra."""
        return self._get(f"{LOCATIONS}/v1/{_path(location)}/attributes", token)

    def patch_attributes(self, location: str, attributes: Mapping[str, Any], token: str) -> Request:
        """Set attributes by their names, "attributes/…"; None or an empty list takes one away.

        A value is true or false, one word of the attribute's own, addresses (for names that begin
        with url_), or for an attribute of several words {"set": […], "unset": […]}.
        """
        body, mask = google_attributes.patch(location, attributes)
        query = urlencode({"attributeMask": ",".join(mask)})
        return self._send("PATCH", f"{LOCATIONS}/v1/{_path(location)}/attributes?{query}", token, body)

    def list_reviews(
        self, account: str, location: str, token: str, page: str | None = None, order: str = ORDER
    ) -> Request:
        """A page of a location's reviews, 50 at most, the last changed first."""
        url = f"{REVIEWS}/v4/{_path(account)}/{_path(location)}/reviews"
        return self._get(url, token, pageSize=50, pageToken=page, orderBy=order)

    def batch_get_reviews(
        self, account: str, locations: Sequence[str], token: str, page: str | None = None
    ) -> Request:
        """A page of the reviews of several locations of one account; each says of which it is."""
        url = f"{REVIEWS}/v4/{_path(account)}/locations:batchGetReviews"
        body = {
            "locationNames": [f"{account}/{location}" for location in locations],
            "pageSize": 50, "orderBy": ORDER, "ignoreRatingOnlyReviews": False,
        }  # fmt: skip
        return self._send("POST", url, token, body | ({"pageToken": page} if page else {}))

    def get_review(self, review: str, token: str) -> Request:
        """One review by its name, "accounts/1/locations/2/reviews/3"."""
        return self._get(f"{REVIEWS}/v4/{_path(review)}", token)

    def reply(self, review: str, text: str, token: str) -> Request:
        """Write or replace the reply below a review.

        Raises ValueError for a reply of more than REPLY_LIMIT bytes.
        """
        if len(text.encode()) > REPLY_LIMIT:
            raise ValueError(
                f"a reply at Google may have {REPLY_LIMIT} bytes, this one has {len(text.encode())}"
            )
        return self._send("PUT", f"{REVIEWS}/v4/{_path(review)}/reply", token, {"comment": text})

    def delete_reply(self, review: str, token: str) -> Request:
        """Take the reply below a review away; the answer is {}."""
        return self._send("DELETE", f"{REVIEWS}/v4/{_path(review)}/reply", token)

    def patch_location(
        self, location: str, fields: Mapping[str, Any], token: str, *, validate_only: bool = False
    ) -> Request:
        """Change fields of a location, named and shaped as in ListingRecord.

        An address is replaced whole: all of its parts that Google shall show have to be given.
        Raises ValueError for a field that can't be written here.
        """
        body, mask = patch(fields)
        query = urlencode({"updateMask": ",".join(mask), "validateOnly": str(validate_only).lower()})
        return self._send("PATCH", f"{LOCATIONS}/v1/{_path(location)}?{query}", token, body)

    def read(self, answer: Answer) -> Reading:
        """Any answer of these APIs, told apart by its shape.

        Accounts, tokens, replies and Google's masks stand in `extra`; they hold no record. `total`
        is the source's own number of reviews.
        """
        if answer.status == 200 and urlsplit(answer.url).path.endswith(REVOKE):
            # RFC 7009 section 2.2: the body has no meaning.
            return Reading(Outcome.OK)
        document = decode(answer)
        if isinstance(document, Reading):
            return document
        readings = [self._one(answer, one) for one in answers_in(document, google_answers.KNOWN)]
        return merged(readings, "the list holds no answer")

    def _one(self, answer: Answer, document: Any) -> Reading:
        refusal = error_reading(document, answer.status) or refused(answer)
        if refusal is not None:
            return refusal
        try:
            reading = google_answers.reading_of(document, _mask(answer), answer.url)
        except msgspec.ValidationError as error:
            return unreadable(f"the schema is not the one this reader knows: {error}")
        return reading or unreadable("this is no answer of the Business Profile APIs")

    def _form(self, form: Mapping[str, str]) -> Request:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return Request(self.at(f"{TOKENS}/token"), "POST", headers, urlencode(form).encode())

    def _get(self, url: str, token: str, **query: Any) -> Request:
        asked = urlencode({key: value for key, value in query.items() if value is not None})
        return Request(self.at(f"{url}?{asked}" if asked else url), headers=_headers(token))

    def _send(
        self, method: Literal["POST", "PUT", "PATCH", "DELETE"], url: str, token: str, body: Any = None
    ) -> Request:
        if body is None:
            return Request(self.at(url), method, _headers(token))
        headers = {**_headers(token), "Content-Type": "application/json"}
        return Request(self.at(url), method, headers, json.dumps(body, ensure_ascii=False).encode())


def _mask(answer: Answer) -> frozenset[str]:
    url = answer.asked.url if answer.asked else answer.url
    return frozenset(part for value in parameter(url, "readMask") for part in value.split(","))


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def _path(name: str) -> str:
    return quote(name, safe="/-")
