"""The invented chain: every location is computed from the seed and its index when it is asked for.

Nothing is kept, so a world of 100,000 locations costs as much memory as one of 24. The brand, its
people and its telephone numbers (555-01xx, set aside for fiction) exist nowhere else; cities, ZIP
codes and area codes are real so that address and telephone readers have something true to chew.
"""

import datetime as dt
import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from crawlers.sandbox.cities import CITIES, STREETS, Area, City
from crawlers.sandbox.facts import ALL_DAY, Facts, Week, holidays
from listings.records import OpenStatus, Period, SpecialDay

BRAND = "Ostermill Bakery"
HOST = "www.ostermill.example"
PLACES_PER_CITY = 3
FIRST_CODE = 101
SIBLINGS_PER = 24
"""One branch in so many more is a sibling that the user's file doesn't have."""

FIRST_NAMES = (
    "Denise", "Marcus", "Aisha", "Tom", "Priya", "Luis", "Hannah", "Dmitri", "Grace", "Omar", "Ellen",
    "Kofi", "Rosa", "Peter", "Mei", "Jamal", "Ingrid", "Carlos", "Beth", "Anil", "Nora", "Sam", "Lucia",
    "Walter", "Yuki", "Dale", "Fatima", "Greg", "Marisol", "Ruth",
)  # fmt: skip
LAST_NAMES = (
    "Okafor", "Whitfield", "Ramirez", "Novak", "Patel", "Lindqvist", "Brandt", "Castellano", "Huang",
    "Mercer", "Dubois", "Abernathy", "Sato", "Kowalski", "Freeman", "Haddad", "Jensen", "Moreau",
    "Ortega", "Pruitt", "Ivanova", "Tran", "Becker", "Osei", "Delgado", "Stokes", "Rinaldi", "Yoon",
)  # fmt: skip

_DAY: Period = ("06:30", "18:00")
_HOURS: tuple[tuple[int, Week], ...] = (
    (40, (*((_DAY,),) * 5, (("07:00", "17:00"),), (("07:30", "15:00"),))),
    (25, (*((("07:00", "19:00"),),) * 6, (("08:00", "16:00"),))),
    (15, ((), *((("07:00", "15:00"),),) * 6)),
    (8, (*((("06:00", "14:00"), ("16:00", "20:00")),) * 5, *((("07:00", "18:00"),),) * 2)),
    (8, (*((("06:30", "22:00"),),) * 4, *((("06:30", "01:00"),),) * 2, (("07:00", "21:00"),))),
    (4, ((ALL_DAY,),) * 7),
)
"""How often, and when the branches are open: plain weeks, a closed Monday, a lunch break, past
midnight, around the clock."""


@dataclass(frozen=True)
class Home:
    """Where a location stands, apart from what is published of it."""

    city: City
    area: Area
    ordinal: int
    """How many branches of the same city come before it."""


@dataclass(frozen=True)
class World:
    """The chain as it truly is. `now` is the moment the world starts at, aware, in UTC.

    Indexes 0 to locations-1 are in the user's file, the `siblings` after them are not.
    """

    seed: int
    locations: int
    now: dt.datetime

    @cached_property
    def siblings(self) -> int:
        """How many branches exist that the user's file leaves out."""
        return -(-self.locations // SIBLINGS_PER)

    @cached_property
    def first_city(self) -> int:
        """Where in CITIES the chain begins."""
        return self.rng("city").randrange(len(CITIES))

    @cached_property
    def special_hours(self) -> tuple[SpecialDay, ...]:
        """The chain's hours on the next three holidays, the same for every branch."""
        early: tuple[Period, ...] = (("07:00", "14:00"),)
        return tuple(SpecialDay(day, () if closed else early) for day, closed in holidays(self.now.date(), 3))

    def rng(self, *key: object) -> random.Random:
        """A generator that depends on the seed and the key alone, in any process."""
        return random.Random("/".join(map(str, (self.seed, *key))))  # noqa: S311 - a stage, not a secret

    def home(self, index: int) -> Home:
        """City, area and rank in the city of the location at `index`; IndexError outside the world."""
        if not 0 <= index < self.locations + self.siblings:
            raise IndexError(index)
        group, place = divmod(index, PLACES_PER_CITY)
        round_, _ = divmod(group, len(CITIES))
        city = CITIES[(self.first_city + group) % len(CITIES)]
        return Home(city, city.areas[place], round_ * PLACES_PER_CITY + place)

    def neighbours(self, city: City, areas: Collection[Area] = ()) -> Iterator[int]:
        """The indexes of all branches in a city, or in some of its areas, without building any."""
        group = (CITIES.index(city) - self.first_city) % len(CITIES)
        while group * PLACES_PER_CITY < self.locations + self.siblings:
            for place, here in enumerate(city.areas):
                index = group * PLACES_PER_CITY + place
                if (not areas or here in areas) and index < self.locations + self.siblings:
                    yield index
            group += len(CITIES)

    def code(self, index: int) -> str:
        """The user's own store code: four digits or more, with leading zeros."""
        return f"{index + FIRST_CODE:04d}"

    def index_of(self, code: str) -> int:
        """The index behind a store code; KeyError when the world has no such branch."""
        index = int(code) - FIRST_CODE if code.isascii() and code.isdigit() else -1
        if not 0 <= index < self.locations + self.siblings or self.code(index) != code:
            raise KeyError(code)
        return index

    def manager(self, index: int) -> str:
        """Who runs the branch."""
        rng = self.rng("manager", index)
        return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"

    def page_path(self, index: int) -> str:
        """The path of the branch's page on the chain's website."""
        home = self.home(index)
        city = f"{home.city.region.lower()}/{_slug(home.city.name)}"
        return f"/locations/{city}/{_slug(home.area.name)}-{self.code(index)}"

    def facts(self, index: int) -> Facts:
        """The truth about the location at `index`."""
        home, rng = self.home(index), self.rng("place", index)
        return Facts(
            name=BRAND,
            lines=self._lines(home, index, rng),
            city=home.city.name,
            region=home.city.region,
            postal_code=home.area.postal_code,
            phone=f"+1{home.city.area_code}{_subscriber(home.ordinal, _shift(home.city))}",
            website=f"https://{HOST}{self.page_path(index)}",
            category="Bakery",
            latitude=round(home.area.latitude + rng.uniform(-0.012, 0.012), 6),
            longitude=round(home.area.longitude + rng.uniform(-0.012, 0.012), 6),
            hours=rng.choices([week for _, week in _HOURS], [weight for weight, _ in _HOURS])[0],
            special_hours=self.special_hours,
            status=OpenStatus.OPEN,
        )

    def _lines(self, home: Home, index: int, rng: random.Random) -> tuple[str, ...]:
        # The street and the last two digits come from the rank in the city, so that no two branches
        # share a door; 7 has no factor in common with the number of streets, nor 37 with 100.
        block, shift = home.ordinal // len(STREETS), _shift(home.city)
        street = STREETS[(home.ordinal * 7 + shift) % len(STREETS)]
        line = f"{rng.randrange(1, 50) * 100 + (block * 37 + shift) % 100} {street}"
        return (line, f"Suite {rng.randrange(100, 390, 2)}") if index % 3 == 1 else (line,)


def make_world(seed: int, locations: int = 24, *, now: dt.datetime) -> World:
    """A chain of so many locations that starts at `now` (aware).

    Raises ValueError for a naive time or less than one location.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if locations < 1:
        raise ValueError("a chain has at least one location")
    return World(seed, locations, now.astimezone(dt.UTC).replace(microsecond=0))


def _subscriber(ordinal: int, shift: int) -> str:
    """Seven digits: 555-0101 to 555-0199, set aside for fiction, then the rest of the 555 exchange.

    0100 and 0199 stay free for planting: an old call centre, and another business.
    """
    if ordinal < 98:
        return f"55501{(ordinal * 17 + shift) % 98 + 1:02d}"
    return f"555{2000 + ordinal:04d}"


def _shift(city: City) -> int:
    """A number of its own for each city, so that cities don't repeat each other's streets."""
    return CITIES.index(city) * 29 + 11


def _slug(name: str) -> str:
    return "-".join("".join(char for char in name.lower() if char.isalnum() or char in " -").split())
