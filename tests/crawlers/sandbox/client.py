"""A plain HTTP client for the sandbox: real addresses in, answers out."""

import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from crawlers.sandbox import google, oauth, places
from crawlers.sandbox.ledger import mismatches
from crawlers.sandbox.planting import listings_of
from crawlers.sandbox.server import SandboxServer
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.twins import TWINS
from crawlers.sandbox.wire import Answered

ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com/v1/accounts"
INFORMATION = "https://mybusinessbusinessinformation.googleapis.com/v1"
REVIEWS = f"https://mybusiness.googleapis.com/v4/accounts/{google.CHAIN}"
PLACES = "https://places.googleapis.com/v1/places"
EVERYTHING = (
    "name,storeCode,title,phoneNumbers,categories,storefrontAddress,websiteUri,regularHours,"
    "specialHours,openInfo,latlng,metadata"
)


def all_mismatches(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The mismatches of the ledger, without the cost of its reviews."""
    return [
        row
        for index in range(sandbox.world.locations)
        for source in TWINS
        for entry in listings_of(sandbox.world, source, index)
        for row in mismatches(sandbox, entry)
    ]


class Client:
    """Asks one running sandbox over one connection at a time."""

    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self.bearer: dict[str, str] = {}

    def ask(
        self, url: str, method: str = "GET", body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        """The answer to a request for a real address, its header names in lower case."""
        at = urlsplit(self.server.address(url) if url.startswith("https:") else self.server.origin + url)
        raw = json.dumps(body).encode() if isinstance(body, dict) else body
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            target = at.path + (f"?{at.query}" if at.query else "")
            connection.request(method, target, raw, dict(headers or {}))
            reply = connection.getresponse()
            found = {name.lower(): value for name, value in reply.getheaders()}
            return Answered(reply.status, reply.read(), found)
        finally:
            connection.close()

    def token(self, **changed: str) -> Answered:
        """The token endpoint's answer to a refresh."""
        form = {
            "grant_type": "refresh_token",
            "client_id": oauth.CLIENT_ID,
            "client_secret": oauth.CLIENT_SECRET,
            "refresh_token": oauth.REFRESH_TOKEN,
        }
        return self.ask(f"https://{oauth.HOST}/token", "POST", urlencode(form | changed).encode())

    def log_in(self) -> None:
        """Take a fresh access token for `as_owner`."""
        self.bearer = {"authorization": f"Bearer {json.loads(self.token().body)['access_token']}"}

    def as_owner(self, url: str, method: str = "GET", body: Any = None) -> Answered:
        """One Business Profile call with a token that holds."""
        if not self.bearer:
            self.log_in()
        answer = self.ask(url, method, body, self.bearer)
        if answer.status == 401:
            self.log_in()
            answer = self.ask(url, method, body, self.bearer)
        return answer

    def pages(self, url: str, key: str) -> Iterator[dict[str, Any]]:
        """Every row of a paged Business Profile list."""
        token = ""
        while True:
            body = json.loads(self.as_owner(f"{url}&pageToken={token}" if token else url).body)
            yield from body.get(key, [])
            token = body.get("nextPageToken", "")
            if not token:
                return

    def locations(self, account: str = google.CHAIN, size: int = 100) -> list[dict[str, Any]]:
        """Every location an account reaches, whole."""
        url = f"{INFORMATION}/accounts/{account}/locations?readMask={EVERYTHING}&pageSize={size}"
        return list(self.pages(url, "locations"))

    def seen_locations(self) -> list[dict[str, Any]]:
        """Every location as customers see it, which isn't always what its owner entered."""
        rows = self.locations()
        for at, row in enumerate(rows):
            if row["metadata"].get("hasGoogleUpdated"):
                url = f"{INFORMATION}/{row['name']}:getGoogleUpdated?readMask={EVERYTHING}"
                rows[at] = json.loads(self.as_owner(url).body)["location"]
        return rows

    def location(self, code: str) -> dict[str, Any]:
        """The location with a store code."""
        return next(row for row in self.locations() if row.get("storeCode") == code)

    def reviews(self, name: str) -> list[dict[str, Any]]:
        """Every review of a location ("locations/…")."""
        return list(self.pages(f"{REVIEWS}/{name}/reviews?pageSize=50", "reviews"))

    def place(self, place: str, mask: str = "*", **headers: str) -> Answered:
        """One Place by id."""
        known = {"x-goog-api-key": places.API_KEY, "x-goog-fieldmask": mask}
        return self.ask(f"{PLACES}/{place}", headers=known | headers)

    def search(self, mask: str = "places.id,places.displayName,nextPageToken", **body: Any) -> dict[str, Any]:
        """A text search's answer."""
        known = {"x-goog-api-key": places.API_KEY, "x-goog-fieldmask": mask}
        found: dict[str, Any] = json.loads(self.ask(f"{PLACES}:searchText", "POST", body, known).body)
        return found

    def mismatches(self) -> list[dict[str, Any]]:
        """The mismatches of now."""
        return all_mismatches(self.server.sandbox)

    def control(self, path: str, method: str = "POST", body: Any = None) -> Any:
        """A control call's answer, decoded."""
        return json.loads(self.ask(f"/_control/{path}", method, body).body)
