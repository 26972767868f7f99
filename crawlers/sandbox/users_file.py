"""The user's own file of the invented chain, ready to be imported."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import TextIO

from crawlers.sandbox import bbb, bing, yahoo
from crawlers.sandbox.facts import national, osm_hours, osm_special
from crawlers.sandbox.planting import Listing, named_by_the_user, slot
from crawlers.sandbox.world import HOST, World

PAGES: Mapping[str, Callable[[World, Listing], str]] = {
    "bbb": bbb.page_url,
    "yahoo": yahoo.page_url,
    "bing": bing.page_url,
}
"""The sources whose pages the file names, and the address of an entry's page there."""

FRONT_PAGE_ONLY = frozenset({1, 14})
"""Slots of the locations for which the user knows the chain's website, and not the page of their own."""

COLUMNS = (
    "code", "name", "street", "city", "region", "postal_code", "country", "phone", "website", "category",
    "latitude", "longitude", "hours", "special_hours", "status", "time_zone", "locale", "place", "manager",
    *(f"{source}_url" for source in PAGES),
)  # fmt: skip
"""The user's file: our columns, two of the user's own, and the pages that the user knows."""


def locations_csv(world: World) -> str:
    """The user's import file with every location but the siblings, as CSV with a header row."""
    text = io.StringIO(newline="")
    write_csv(world, text)
    return text.getvalue()


def write_csv(world: World, file: TextIO) -> None:
    """Write the user's import file row by row; `file` is open for text with newline=""."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(_row(world, index) for index in range(world.locations))


def _row(world: World, index: int) -> tuple[object, ...]:
    home, facts = world.home(index), world.facts(index)
    website = f"https://{HOST}/" if slot(world, index) in FRONT_PAGE_ONLY else facts.website
    return (
        world.code(index), facts.name, facts.street, facts.city, facts.region, facts.postal_code, "US",
        national(facts.phone), website, facts.category, facts.latitude, facts.longitude,
        osm_hours(facts.hours), osm_special(facts.special_hours), facts.status.value,
        home.city.time_zone, "en-US", f"{home.city.name}, {home.area.name}", world.manager(index),
        *(_page(world, source, index) for source in PAGES),
    )  # fmt: skip


def _page(world: World, source: str, index: int) -> str:
    entry = named_by_the_user(world, source, index)
    return PAGES[source](world, entry) if entry else ""
