"""What bench_pages measures against: Scrapy with lxml, every page read and stored with a commit of its own.

Runs under a Python that has Scrapy, and imports nothing of ours:

    PYTHON scrapy_crawl.py PATHS FOLDER BASE

PATHS has one path a line, BASE is the local server, FOLDER takes the database.
"""

import hashlib
import json
import sqlite3
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess

TABLES = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE body (sha256 TEXT PRIMARY KEY, compressed BLOB);
CREATE TABLE snapshot (id INTEGER PRIMARY KEY, url TEXT, status INTEGER, sha256 TEXT, fetched_at REAL);
CREATE TABLE listing (url TEXT PRIMARY KEY, snapshot_id INTEGER, record TEXT);
"""


class Store:
    """Keeps the answer and the record as ours does, in one transaction a page."""

    def open_spider(self) -> None:
        """An empty database."""
        self._rows = sqlite3.connect(Path(sys.argv[2]) / "scrapy.db")
        self._rows.executescript(TABLES)

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """One page: its bytes once, the answer, the record."""
        digest = hashlib.sha256(item["body"]).hexdigest()
        with self._rows as rows:
            rows.execute("INSERT OR IGNORE INTO body VALUES (?, ?)", (digest, zlib.compress(item["body"])))
            stored = rows.execute(
                "INSERT INTO snapshot (url, status, sha256, fetched_at) VALUES (?, 200, ?, ?)",
                (item["url"], digest, time.monotonic()),
            )
            rows.execute(
                "INSERT OR REPLACE INTO listing VALUES (?, ?, ?)",
                (item["url"], stored.lastrowid, json.dumps(item["record"])),
            )
        return item


class Pages(scrapy.Spider):  # type: ignore[misc]
    """Asks for every path and reads the business of its JSON-LD."""

    name = "pages"
    paths = tuple(Path(sys.argv[1]).read_text(encoding="utf-8").split()) if len(sys.argv) > 1 else ()
    read = 0

    async def start(self) -> Any:
        """Every path of the file."""
        for path in self.paths:
            yield scrapy.Request(sys.argv[3] + path)

    def parse(self, response: Any) -> Any:
        """The record of one page, with its bytes for the store."""
        text = response.xpath("//script[@type='application/ld+json']/text()").get()
        node = json.loads(text)
        address = node["address"]
        record = {
            "name": node["name"],
            "phone": node.get("telephone"),
            "street": address.get("streetAddress"),
            "city": address.get("addressLocality"),
            "postal_code": address.get("postalCode"),
            "hours": node.get("openingHours"),
            "heading": response.xpath("//h1/text()").get(),
            "phones": response.xpath("//a[starts-with(@href, 'tel:')]/@href").getall(),
        }
        Pages.read += 1
        yield {"url": response.url, "body": response.body, "record": record}


def main() -> None:
    """Crawl, then print pages, pages per second, CPU milliseconds a page and peak memory in MB."""
    process = CrawlerProcess(
        {
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "ROBOTSTXT_OBEY": False,
            "DOWNLOAD_DELAY": 0,
            "CONCURRENT_REQUESTS": 16,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
            "ITEM_PIPELINES": {Store: 1},
        }
    )
    process.crawl(Pages)
    began, cpu = time.perf_counter(), time.process_time()
    process.start()
    took, used = time.perf_counter() - began, time.process_time() - cpu
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1_000
    print(json.dumps([Pages.read, Pages.read / took, 1_000 * used / Pages.read, peak]))


if __name__ == "__main__":
    main()
