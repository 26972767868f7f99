"""Invented chains of any size, and what sources make of them: enough of everything to crowd keys."""

import random

import polars as pl

WORDS = ("Harbor", "Maple", "Aurora", "Cedar", "Summit", "Willow", "Granite", "Meadow", "Falcon", "Juniper")
TRADES = ("Dental", "Bakery", "Books", "Glass", "Pharmacy", "Garage")
TOWNS = (
    ("Salem", "OR", "97301"),
    ("Peoria", "IL", "61602"),
    ("Bangor", "ME", "04401"),
    ("Salem", "MA", "01970"),
)
COLUMNS = (
    "id", "name", "street", "city", "region", "postal_code", "country", "phone", "website", "category",
    "latitude", "longitude", "source",
)  # fmt: skip


def locations(count: int, seed: int) -> pl.DataFrame:
    """Locations of one large brand, two small ones and strangers, with a call centre and shared sites."""
    draw = random.Random(seed)
    return _table([_location(draw, number) for number in range(count)])


def listings(of: pl.DataFrame, count: int, seed: int) -> pl.DataFrame:
    """Listings of those locations as several sources write them, strangers, and rows with little in them."""
    draw = random.Random(seed)
    known = of.rows(named=True)
    rows = [_listed(draw, draw.choice(known)) for _ in range(count)]
    return _table([{**row, "id": f"x{number}"} for number, row in enumerate(rows)])


def _table(rows: list[dict[str, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def _location(draw: random.Random, number: int) -> dict[str, str | None]:
    city, region, postal = draw.choice(TOWNS)
    chain = draw.random() < 0.7
    name = "Harbor Dental" if chain else f"{draw.choice(WORDS)} {draw.choice(TRADES)}"
    site = "harbordental" if chain else name.lower().replace(" ", "")
    return {
        "id": f"a{number}",
        "name": name,
        "street": f"{draw.randint(1, 400)} {draw.choice(WORDS)} Street",
        "city": city,
        "region": region,
        "postal_code": postal,
        "country": "US",
        "phone": "800-555-0100" if draw.random() < 0.2 else f"503-555-{number % 10_000:04}",
        "website": f"https://{site}.example/{number}" if draw.random() < 0.6 else f"https://{site}.example",
        "category": draw.choice(TRADES),
        "latitude": f"{44 + draw.random():.5f}",
        "longitude": f"{-123 + draw.random():.5f}",
    }


def _listed(draw: random.Random, row: dict[str, str | None]) -> dict[str, str | None]:
    changed = dict(row)
    changed["source"] = draw.choice(("google", "yelp", "bing"))
    street, name = changed["street"] or "", changed["name"] or ""
    if draw.random() < 0.3:
        changed["street"] = street.replace("Street", "St")
    if draw.random() < 0.2:
        changed["name"] = f"{name} of {changed['city']}"
    if draw.random() < 0.2:
        changed["name"] = name.replace("a", "e")
    for column in ("phone", "website", "latitude", "street", "postal_code", "city", "category"):
        if draw.random() < 0.25:
            changed[column] = None
    if draw.random() < 0.1:
        changed = {"name": name[:7], "source": changed["source"]}
    return changed
