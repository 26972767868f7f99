"""Invented towns in five countries, and what four sources of different habits show of their businesses.

    python -m bench.towns DIR [--locations 2000] [--seed 1]

Writes locations.csv, listings.csv, gold.csv (listing_id, location_id) and kinds.csv (listing_id,
kind). The faults are those of sources rather than of typists: a register that knows the legal name,
the head office and the owner's mobile; a crowd map with part of the name, the district for the town
and a pin on the town hall; a directory that has not noticed the move or the new number; a
navigation map with its own category words. Listings without a location are a former or next-door
tenant of the same trade, a person who works there, a department, a cash machine, and branches that
aren't the customer's.
"""

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.town_words import (
    CHAINS,
    DEPARTMENTS,
    FANCY,
    FREE_NUMBERS,
    GIVEN,
    LEGAL,
    STREET_TYPES,
    STREETS,
    SURNAMES,
    TOWNS,
    TRADES,
)

COLUMNS = (
    "id", "name", "street", "city", "region", "postal_code", "country", "phone", "website", "category",
    "latitude", "longitude", "source",
)  # fmt: skip
SOURCES = ("register", "crowd", "directory", "navigation")


@dataclass(frozen=True, slots=True)
class Shop:
    """A business as it really is."""

    name: str
    trade: str
    country: str
    town: int
    number: int
    road: str
    kind: int
    unit: str
    phone: str
    website: str
    chain: bool
    at: tuple[float, float]


def write(folder: Path, locations: int, seed: int) -> Path:
    """Write the four files; returns the folder."""
    draw = random.Random(seed)
    shops = list(_shops(draw, locations))
    listed = [row for at, shop in enumerate(shops) for row in _listed(draw, at, shop)]
    draw.shuffle(listed)
    rows = [(f"l{at}", *row) for at, (_, _, row) in enumerate(listed)]
    folder.mkdir(parents=True, exist_ok=True)
    _table(
        folder / "locations.csv",
        COLUMNS[:-1],
        [(f"s{at}", *_row(draw, shop)) for at, shop in enumerate(shops)],
    )
    _table(folder / "listings.csv", COLUMNS, rows)
    gold = [
        (row[0], f"s{owner}") for row, (owner, _, _) in zip(rows, listed, strict=True) if owner is not None
    ]
    _table(folder / "gold.csv", ("listing_id", "location_id"), gold)
    kinds = [(row[0], kind) for row, (_, kind, _) in zip(rows, listed, strict=True)]
    _table(folder / "kinds.csv", ("listing_id", "kind"), kinds)
    return folder


def _shops(draw: random.Random, count: int) -> Iterator[Shop]:
    """Businesses: a third of them a chain's, a fifth in the house of the one before."""
    former: Shop | None = None
    for _ in range(count):
        shop = _shop(draw)
        if former and draw.random() < 0.2:
            shop = replace(
                shop, country=former.country, town=former.town, number=former.number, road=former.road,
                kind=former.kind, unit=str(draw.randint(2, 90)), at=former.at, phone=_phone(draw, former.country),
            )  # fmt: skip
        yield (former := shop)


def _shop(draw: random.Random) -> Shop:
    country = draw.choices(list(TOWNS), (8, 1, 3, 2, 2))[0]
    town = draw.randrange(len(TOWNS[country]))
    chain = draw.random() < 0.35
    name = draw.choice(CHAINS)
    trade = list(TRADES)[sum(map(ord, name)) % len(TRADES)] if chain else draw.choice(list(TRADES))
    name = name if chain else _name(draw, trade)
    slug = "".join(letter for letter in name.lower() if letter.isalnum())
    branch = f"/branches/{draw.randint(100, 99999)}" if draw.random() < 0.6 else ""
    website = f"https://{slug}.example{branch}" if chain else f"https://www.{slug}.example"
    free = chain and sum(map(ord, name)) % 3 == 0
    return Shop(
        name=name, trade=trade, country=country, town=town, number=draw.randint(1, 240), road=draw.choice(STREETS),
        kind=draw.randrange(len(STREET_TYPES[country])), unit="" if draw.random() < 0.8 else str(draw.randint(1, 60)),
        phone=_free_phone(name, country) if free else _phone(draw, country),
        website="" if draw.random() < 0.3 else website, chain=chain,
        at=(_centre(country, town)[0] + draw.gauss(0, 0.02), _centre(country, town)[1] + draw.gauss(0, 0.03)),
    )  # fmt: skip


def _name(draw: random.Random, trade: str) -> str:
    word = draw.choice(TRADES[trade][0].split())
    return draw.choice((
        f"{draw.choice(FANCY)} {draw.choice(FANCY)} {word}", f"{draw.choice(SURNAMES)}'s {word}",
        f"{word} {draw.choice(SURNAMES)}", f"The {draw.choice(FANCY)} {word}", f"{draw.choice(STREETS)} Street {word}",
        f"{draw.choice(SURNAMES)} & {draw.choice(SURNAMES)} {word}", f"{draw.choice(GIVEN)} {draw.choice(SURNAMES)}",
    ))  # fmt: skip


def _centre(country: str, town: int) -> tuple[float, float]:
    base = {
        "US": (40.1, -88.2),
        "CA": (46.8, -71.2),
        "GB": (53.4, -1.9),
        "DE": (51.2, 10.4),
        "FR": (45.8, 3.1),
    }[country]
    return base[0] + 0.31 * town, base[1] + 0.27 * town


def _phone(draw: random.Random, country: str) -> str:
    line = draw.randint(2_000_000, 9_999_999)
    return {
        "US": f"+1 217 {str(line)[:3]} {str(line)[3:]}", "CA": f"+1 418 {str(line)[:3]} {str(line)[3:]}",
        "GB": f"0161 {str(line)[:3]} {str(line)[3:]}", "DE": f"+49 361 {line}", "FR": f"+33 4 73 {line % 1000000:06d}",
    }[country]  # fmt: skip


def _free_phone(name: str, country: str) -> str:
    """The one number of a chain."""
    return f"{FREE_NUMBERS[country]} {sum(map(ord, name)) * 7919 % 900000 + 5100000}"


def _row(draw: random.Random, shop: Shop, short: bool = False) -> tuple[object, ...]:
    return (
        shop.name, _street(shop, short=short), _town(shop), _region(shop.country), _postal(shop), shop.country,
        shop.phone, shop.website, draw.choice((shop.trade, *TRADES[shop.trade][1])),
        round(shop.at[0], 6), round(shop.at[1], 6),
    )  # fmt: skip


def _town(shop: Shop, part: int = 0) -> str:
    return TOWNS[shop.country][shop.town].split("|")[part]


def _region(country: str) -> str:
    return {"US": "IL", "CA": "QC", "GB": "", "DE": "Thüringen", "FR": ""}[country]


def _postal(shop: Shop) -> str:
    return {
        "US": f"6{1800 + shop.town * 7 + shop.number % 3}", "CA": f"G{shop.town + 1}K {shop.number % 9}A1",
        "GB": f"M{shop.town + 11} {shop.number % 9}QT", "DE": f"99{shop.town * 11 + 100 + shop.number % 4}",
        "FR": f"6{3000 + shop.town * 100}",
    }[shop.country]  # fmt: skip


def _street(shop: Shop, *, short: bool) -> str:
    kind = STREET_TYPES[shop.country][shop.kind][short]
    if shop.country == "DE":
        return f"{shop.road}{kind} {shop.number}" + (f", {shop.unit}. OG" if shop.unit and not short else "")
    if shop.country == "FR":
        return f"{shop.number} {kind} {shop.road}" + (f", Bâtiment {shop.unit}" if shop.unit else "")
    unit = ("Unit" if shop.country == "GB" else "#" if short else "Suite") if shop.unit else ""
    line = f"{shop.number} {shop.road} {kind}"
    return (
        f"{unit} {shop.unit}, {line}"
        if unit == "Unit"
        else f"{line} {unit}{'' if short else ' '}{shop.unit}".strip()
    )


Listed = tuple[int | None, str, tuple[object, ...]]


def _listed(draw: random.Random, at: int, shop: Shop) -> Iterator[Listed]:
    """What the sources show of one business: its own listings, and those that only look like them."""
    for source in SOURCES:
        if draw.random() < 0.8:
            yield at, source, (*HABITS[source](draw, shop), source)
        if draw.random() < 0.12:
            kind, other = _stranger(draw, shop)
            yield None, f"neg_{kind}", (*HABITS[source](draw, other), source)


def _stranger(draw: random.Random, shop: Shop) -> tuple[str, Shop]:
    """A business that isn't in the file and is easily taken for one that is."""
    other = _shop(draw)
    if shop.chain:
        kind = draw.choice(("branch", "branch", "department", "machine"))
        if kind == "branch":
            free = (
                shop.phone
                if shop.phone.startswith(FREE_NUMBERS[shop.country])
                else _phone(draw, shop.country)
            )
            nearby = replace(
                other, name=shop.name, trade=shop.trade, country=shop.country, town=shop.town, phone=free
            )
            away = (
                _centre(shop.country, shop.town)[0] + draw.gauss(0, 0.02),
                shop.at[1] + draw.gauss(0, 0.03),
            )
            return kind, replace(
                nearby, kind=shop.kind, at=away, website=shop.website.partition("/branches")[0], chain=True
            )
        part = "ATM" if kind == "machine" else draw.choice(DEPARTMENTS)
        return kind, replace(
            shop, name=f"{shop.name} {part}", trade=other.trade, phone=_phone(draw, shop.country)
        )
    kind = draw.choice(("tenant", "neighbour", "person"))
    if kind == "person":
        name = f"{draw.choice(GIVEN)} {draw.choice(SURNAMES)}"
        return kind, replace(shop, name=name, website="" if draw.random() < 0.5 else f"{shop.website}/team")
    unit = shop.unit if kind == "tenant" else str(draw.randint(61, 99))
    here = replace(
        shop, name=_name(draw, shop.trade), unit=unit, phone=_phone(draw, shop.country), website=other.website
    )
    return kind, here if here.name != shop.name else replace(here, name=other.name)


def _register(draw: random.Random, shop: Shop) -> tuple[object, ...]:
    """Legal name, sometimes the head office or a box, the owner's mobile; no pin."""
    known = replace(shop, name=f"{shop.name} {draw.choice(LEGAL[shop.country])}")
    if draw.random() < 0.15:
        known = replace(known, phone=_phone(draw, shop.country))
    if draw.random() < 0.08:
        known = replace(known, number=draw.randint(1, 240), road=draw.choice(STREETS), unit="")
    row = list(_row(draw, known))
    return (
        *(row if draw.random() > 0.03 else [row[0], f"PO Box {draw.randint(1, 900)}", *row[2:]])[:7],
        "",
        row[8],
        "",
        "",
    )


def _crowd(draw: random.Random, shop: Shop) -> tuple[object, ...]:
    """Part of the name, the district for the town, the town hall's pin, often neither phone nor postal code."""
    name = shop.name
    if draw.random() < 0.3:
        name = draw.choice(
            (name.removeprefix("The "), name.upper(), f"{name} {_town(shop)}", name.rsplit(" ", 1)[0])
        )
    row = list(_row(draw, replace(shop, name=name, unit=""), short=draw.random() < 0.5))
    row[2] = _town(shop, int(draw.random() < 0.3))
    row[4] = row[4] if draw.random() < 0.5 else ""
    row[6] = row[6] if draw.random() < 0.4 else ""
    if draw.random() < 0.25:
        row[1] = ""
    if draw.random() < 0.3:
        row[9:11] = (f"{coordinate:.2f}" for coordinate in _centre(shop.country, shop.town))
    return tuple(row)


def _directory(draw: random.Random, shop: Shop) -> tuple[object, ...]:
    """What was true some years ago: the former number, the former door; short words."""
    known = shop
    if draw.random() < 0.12:
        known = replace(known, phone=_phone(draw, shop.country))
    if draw.random() < 0.07:
        known = replace(known, number=draw.randint(1, 240), road=draw.choice(STREETS))
    if draw.random() < 0.06 and not shop.chain:
        known = replace(known, name=_name(draw, shop.trade))
    row = _row(draw, known, short=True)
    return (
        *row[:7],
        row[7] if draw.random() < 0.5 else f"https://www.facebook.com/{draw.randint(10**8, 10**9)}",
        *row[8:9],
        "",
        "",
    )


def _navigation(draw: random.Random, shop: Shop) -> tuple[object, ...]:
    """Words added to the name, a tracking number, a pin at the car park."""
    name = shop.name
    if draw.random() < 0.25:
        road = f"{shop.road} {STREET_TYPES[shop.country][shop.kind][0]}"
        trade = shop.trade.replace("_", " ").title()
        name = draw.choice((f"{name} - {_town(shop, 1)}", f"{name} ({road})", f"{name} {trade}"))
    known = replace(
        shop, name=name, at=(shop.at[0] + draw.gauss(0, 0.0006), shop.at[1] + draw.gauss(0, 0.0006))
    )
    if draw.random() < 0.08:
        known = replace(known, phone=f"{FREE_NUMBERS[shop.country]} {draw.randint(2000000, 9999999)}")
    if known.website and draw.random() < 0.4:
        known = replace(known, website=known.website + "?utm_source=nav&utm_medium=map")
    return _row(draw, known, short=draw.random() < 0.5)


HABITS = {"register": _register, "crowd": _crowd, "directory": _directory, "navigation": _navigation}


def _table(path: Path, header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--locations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    write(given.folder, given.locations, given.seed)


if __name__ == "__main__":
    main()
