"""What one crawled listing costs where an organization has many locations, beside rapidfuzz over their names.

    python -m bench.bench_lookup [--locations 100000] [--lookups 500]

The database is a SQLite file. "From words" normalises every location anew, "from kept forms" reads the forms
on the rows; both end with an index that answers, and are made by turns, the quickest of three rounds
counts. The peer compares a listing's name and address as one text with every location's by the token sort
ratio and takes the best.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import sqlalchemy as sa
from rapidfuzz import fuzz, process
from sqlalchemy.orm import Session

import reputation.models  # noqa: F401 - every table has to be known to the metadata
from bench import chain
from listings.clock import now
from listings.db import Database
from listings.limits import limits_of
from listings.link import load_locations
from listings.location_index import Kept
from listings.matching.block import MatchIndex
from listings.matching.link import match_listing
from listings.migrate import upgrade
from listings.models.location import MATCHED, Location, raw_locations
from listings.models.organization import Organization
from listings.normalize.columns import normalise_columns
from listings.records import ListingRecord

AT_ONCE = 250
ROUNDS = 3
T = TypeVar("T")


TEXT = ("name", "street", "city")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def peak() -> float:
    """The most memory so far in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def values(row: dict[str, Any]) -> dict[str, Any]:
    pins = {name: float(row[name]) for name in ("latitude", "longitude")}
    return {**{name: row[name] for name in MATCHED}, **pins}


def fill(database: Database, places: pl.DataFrame) -> int:
    """Save the locations in chunks, as an import does; the id of their organization."""
    with database.write() as session:
        owner = Organization(name="Chain", created_at=now())
        session.add(owner)
    for chunk in places.iter_slices(AT_ONCE):
        with database.write() as session:
            session.add_all(
                Location(
                    organization_id=owner.id,
                    code=row["id"],
                    created_at=now(),
                    updated_at=now(),
                    **values(row),
                )
                for row in chunk.iter_rows(named=True)
            )
    return owner.id


def records(listings: pl.DataFrame) -> Iterator[ListingRecord]:
    for row in listings.iter_rows(named=True):
        known = {name: value for name, value in values(row).items() if name != "category"}
        yield ListingRecord(
            source=row["source"], source_id=row["id"], url=None, shown=frozenset(),
            categories=(row["category"],), **known,
        )  # fmt: skip


def made_from_words(session: Session, owner: int) -> MatchIndex:
    columns = (getattr(Location, name) for name in ("id", *MATCHED))
    rows = session.execute(sa.select(*columns).where(Location.organization_id == owner)).all()
    return MatchIndex(normalise_columns(raw_locations(rows)))


def edit(database: Database) -> None:
    with database.write() as session:
        row = session.scalars(sa.select(Location).order_by(Location.id).limit(1)).one()
        row.phone, row.updated_at = "+12155550188", now()


def made_from_forms(session: Session, owner: int) -> MatchIndex:
    with_limits = limits_of(session, owner)
    return Kept().at(session, owner).index(with_limits)


def index_of(database: Database, owner: int) -> MatchIndex:
    """The index as a crawl asks for it."""
    with database.read() as session:
        return load_locations(session, owner).index


def measure(database: Database, owner: int) -> MatchIndex:
    took: dict[str, list[float]] = {"the locations' words": [], "kept forms": []}
    for _ in range(ROUNDS):
        for name, make in zip(took, (made_from_words, made_from_forms), strict=True):
            with database.read() as session:
                took[name].append(timed(lambda make=make, session=session: make(session, owner))[0])  # type: ignore[misc]
    for name, seconds in took.items():
        print(f"| index made from {name} | {min(seconds):.2f} s |")
    index_of(database, owner)
    again, _ = timed(lambda: index_of(database, owner))
    print(f"| asked for again, nothing changed | {1000 * again:.2f} ms |")
    edit(database)
    anew, index = timed(lambda: index_of(database, owner))
    print(f"| brought up to date after one edit | {anew:.2f} s |")
    return index


def look_up(index: MatchIndex, found: list[ListingRecord], places: pl.DataFrame) -> None:
    match_listing(found[0], index)
    began = time.process_time()
    ours = [timed(partial(match_listing, record, index))[0] for record in found]
    cpu = (time.process_time() - began) / len(found)
    print(f"| one listing | {told(ours)}, {1000 * cpu:.2f} ms of CPU on average |")
    texts = places.select(pl.concat_str(TEXT, separator=" ", ignore_nulls=True)).to_series().to_list()
    theirs = [timed(partial(likeliest, record, texts))[0] for record in found[:50]]
    print(f"| the peer | {told(theirs)} |")


def likeliest(record: ListingRecord, texts: list[str]) -> object:
    text = " ".join(getattr(record, name) or "" for name in TEXT)
    return process.extractOne(text, texts, scorer=fuzz.token_sort_ratio)


def told(seconds: list[float]) -> str:
    """Median and 95th percentile."""
    cuts = statistics.quantiles(seconds, n=20)
    return f"{1000 * statistics.median(seconds):.2f} ms, 95 % under {1000 * cuts[-1]:.2f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--locations", type=int, default=100_000)
    parser.add_argument("--lookups", type=int, default=500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = chain.write(Path(folder) / "chain", given.locations, 4 * given.locations)
        places = pl.read_csv(files / "locations.csv", infer_schema=False)
        listings = pl.read_csv(files / "listings.csv", infer_schema=False).fill_null("")
        found = list(records(listings.sample(given.lookups, seed=7)))
        database = Database(f"sqlite:///{folder}/goodstanding.db")
        upgrade(database)
        saved, owner = timed(lambda: fill(database, places))
        print(f"| `python -m bench lookup`: {given.locations:,} locations of one chain | |\n|---|---|")
        print(f"| saved with their forms, {AT_ONCE} a transaction | {saved:.1f} s |")
        look_up(measure(database, owner), found, places)
        print(f"| memory at the peak, all of the above together | {peak():.0f} MiB |")
        database.dispose()


if __name__ == "__main__":
    main()
