"""Files to match: an invented chain's locations, and what several sources show of them with known truth.

    python -m bench.chain DIR [--locations 10000] [--listings 40000]

Writes locations.csv, listings.csv and gold.csv (listing_id, location_id): the one entry of each source
that is the location's own, so neither duplicates nor businesses that took a place over. The sources carry the
sandbox's wrong phones, old addresses, duplicates and missing entries; beyond its own three, further
sources write the same facts in other hands.
"""

import argparse
import csv
import datetime as dt
import random
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from crawlers.sandbox.facts import Facts
from crawlers.sandbox.planting import Role, listings_of, planted
from crawlers.sandbox.twins import TWINS
from crawlers.sandbox.world import World, make_world

COLUMNS = (
    "id", "name", "street", "city", "region", "postal_code", "country", "phone", "website", "category",
    "latitude", "longitude",
)  # fmt: skip
BEGAN = dt.datetime(2026, 9, 5, 12, 0, tzinfo=dt.UTC)
SHORT = {"Street": "St", "Avenue": "Ave", "Road": "Rd", "Boulevard": "Blvd", "Suite": "Ste", "North": "N"}


def write(folder: Path, locations: int, listings: int) -> Path:
    """Write the three files; returns the folder."""
    world = make_world(7, locations, now=BEGAN)
    folder.mkdir(parents=True, exist_ok=True)
    _table(
        folder / "locations.csv",
        COLUMNS,
        (_row(world.code(index), world.facts(index)) for index in range(locations)),
    )
    found = list(islice(_listings(world), listings))
    _table(folder / "listings.csv", (*COLUMNS, "source"), (row for row, _ in found))
    _table(
        folder / "gold.csv", ("listing_id", "location_id"), ((row[0], code) for row, code in found if code)
    )
    return folder


def _listings(world: World) -> Iterator[tuple[tuple[object, ...], str]]:
    """Every source's rows, each with the code of the location whose own it is, else ""; without end."""
    draw = random.Random(7)
    for number in count():
        known = list(TWINS)[number] if number < len(TWINS) else None
        for index in range(world.locations):
            for entry in listings_of(world, known or "google", index):
                shown = planted(world, entry, 0.0)
                row = _row(f"{number}-{entry.number}", shown if known else _other_hand(shown, draw))
                own = world.code(index) if entry.role is Role.OWN else ""
                yield (*row, known or f"directory {number}"), own


def _row(name: str, facts: Facts) -> tuple[object, ...]:
    return (
        name, facts.name, facts.street, facts.city, facts.region, facts.postal_code, "US", facts.phone,
        facts.website, facts.category, facts.latitude, facts.longitude,
    )  # fmt: skip


def _other_hand(facts: Facts, draw: random.Random) -> Facts:
    """The same place as another directory writes it."""
    lines = facts.lines if draw.random() < 0.5 else tuple(_shortened(line) for line in facts.lines)
    name = draw.choice((facts.name, facts.name.upper(), f"{facts.name} LLC"))
    phone = draw.choice((facts.phone, f"({facts.phone[2:5]}) {facts.phone[5:8]}-{facts.phone[8:]}", ""))
    return Facts(
        name, lines, facts.city, facts.region, facts.postal_code, phone, facts.website, facts.category,
        facts.latitude + draw.gauss(0, 2e-4), facts.longitude + draw.gauss(0, 2e-4), facts.hours,
        facts.special_hours, facts.status,
    )  # fmt: skip


def _shortened(line: str) -> str:
    return " ".join(SHORT.get(word, word) for word in line.split())


def _table(path: Path, header: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--locations", type=int, default=10_000)
    parser.add_argument("--listings", type=int, default=40_000)
    given = parser.parse_args()
    write(given.folder, given.locations, given.listings)


if __name__ == "__main__":
    main()
