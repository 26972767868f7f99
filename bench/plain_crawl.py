"""What bench_crawl measures against: the same pages with httpx.Client, json and BeautifulSoup, nothing kept."""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from bs4 import BeautifulSoup

from crawlers.sandbox import google, oauth
from crawlers.sandbox.world import make_world
from listings import clock

MASK = (
    "name,storeCode,title,phoneNumbers,categories,storefrontAddress,websiteUri,regularHours,specialHours,"
    "openInfo,latlng,metadata"
)


def measured(pages: int, began: float, cpu: float) -> None:
    """Print pages, pages per second, CPU milliseconds a page and peak memory in MB."""
    took, used = time.perf_counter() - began, time.process_time() - cpu
    # getrusage would count what the parent held when it started this process.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1_000
    print(json.dumps([pages, pages / took, 1_000 * used / pages, peak]))


def theirs(address: str, source: str, locations: int) -> None:
    """Ask for the same pages one after another and read them."""
    world = make_world(7, locations, now=clock.now())
    urls = [world.facts(index).website for index in range(locations)]
    with httpx.Client(trust_env=False, base_url=f"http://{address}", follow_redirects=True) as client:
        began, cpu = time.perf_counter(), time.process_time()
        pages = _google(client) if source == "google" else _website(client, urls)
        measured(sum(1 for _ in pages), began, cpu)


def _google(client: httpx.Client) -> Iterator[None]:
    form = {
        "grant_type": "refresh_token",
        "client_id": oauth.CLIENT_ID,
        "client_secret": oauth.CLIENT_SECRET,
        "refresh_token": oauth.REFRESH_TOKEN,
    }
    token = client.post(f"/{oauth.HOST}/token", data=form).json()["access_token"]
    client.headers["authorization"] = f"Bearer {token}"
    yield
    accounts = f"/{google.LOCATIONS_HOST}/v1/accounts/{google.CHAIN}/locations"
    names: list[str] = []
    for page in _paged(client, accounts, {"readMask": MASK, "pageSize": "100"}):
        names += [row["name"] for row in page.get("locations", ())]
        yield
    for name in names:
        reviews = f"/{google.REVIEWS_HOST}/v4/accounts/{google.CHAIN}/{name}/reviews"
        for _ in _paged(client, reviews, {"pageSize": "50"}):
            yield


def _paged(
    client: httpx.Client, path: str, wanted: dict[str, str]
) -> Iterator[dict[str, list[dict[str, str]]]]:
    token = ""
    while True:
        answer = client.get(path, params=wanted | ({"pageToken": token} if token else {}))
        answer.raise_for_status()
        page = answer.json()
        yield page
        token = page.get("nextPageToken", "")
        if not token:
            return


def _website(client: httpx.Client, urls: list[str]) -> Iterator[None]:
    for url in urls:
        at = urlsplit(url)
        soup = BeautifulSoup(client.get(f"/{at.hostname}{at.path}").content, "lxml")
        for script in soup.find_all("script", type="application/ld+json"):
            json.loads(script.get_text())
        for link in soup.select("a[href^='tel:']"):
            link.get_text()
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locations", type=int, required=True)
    parser.add_argument("--measure", nargs=2, required=True)
    given = parser.parse_args()
    address, source = given.measure
    theirs(address, source, given.locations)


if __name__ == "__main__":
    main()
