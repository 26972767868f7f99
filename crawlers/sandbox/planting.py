"""What the sources say wrong, on purpose: which listings exist at each source and what they show.

Every block of 24 locations carries each fault once, turned by a multiple of three from block to
block and seed to seed (every third location has a suite, and one fault needs it). Nothing here is
kept: the answer for one listing is computed from the world and the day.
"""

import dataclasses
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from crawlers.sandbox.cities import STREETS
from crawlers.sandbox.facts import Facts, Week
from crawlers.sandbox.staging import ALL_RIGHT, STAGED, Plant
from crawlers.sandbox.world import World
from listings.records import OpenStatus

BLOCK = 24
PLAIN_DUPLICATE = 14
"""The slot whose second entry bears the very name, so that no one has to be asked what it is."""
OLD_HOST = "www.oldtownbreads.example"


class Role(StrEnum):
    """What a listing is to the user's file."""

    OWN = "own"
    DUPLICATE = "duplicate"
    SIBLING = "sibling"
    REPLACED = "replaced"
    KIOSK = "kiosk"
    COMPANY = "company"
    """The head office's, which speaks for every location."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One source's entry. `number` is unique in the world and the same at google and google_places."""

    source: str
    number: int
    index: int
    role: Role


def slot(world: World, index: int) -> int:
    """Which slot of STAGED the location at `index` has drawn."""
    block = index // BLOCK
    return (index + 3 * world.rng("turn", block).randrange(BLOCK // 3)) % BLOCK


def listings_of(world: World, source: str, index: int) -> tuple[Listing, ...]:
    """The entries of `source` that stand at the location at `index`: none, one or more.

    The head office's, where there is one, stands with the first location's.
    """
    if index >= world.locations:
        return (Listing(source, index * 4, index, Role.SIBLING),)
    staged, drawn = STAGED.get(source, ALL_RIGHT), slot(world, index)
    found = []
    if drawn not in staged.missing:
        found.append(Listing(source, index * 4, index, Role.OWN))
    if drawn in staged.duplicated:
        found.append(Listing(source, index * 4 + 1, index, Role.DUPLICATE))
    if drawn in staged.replaced:
        found.append(Listing(source, index * 4 + 2, index, Role.REPLACED))
    if drawn in staged.kiosk:
        found.append(Listing(source, index * 4 + 3, index, Role.KIOSK))
    if index == 0 and staged.company:
        found.append(_head_office(source))
    return tuple(found)


def named_by_the_user(world: World, source: str, index: int) -> Listing | None:
    """The entry whose page the user's file names for the location at `index`; it may not be there (any more)."""
    staged, drawn = STAGED.get(source, ALL_RIGHT), slot(world, index)
    if drawn in staged.company:
        return _head_office(source)
    return Listing(source, index * 4, index, Role.OWN) if drawn in staged.named else None


def _head_office(source: str) -> Listing:
    return Listing(source, 3, 0, Role.COMPANY)


def listings(world: World, source: str, start: int = 0) -> Iterator[Listing]:
    """All entries of `source` from the location at `start` on, in order, one at a time."""
    for index in range(start, world.locations + world.siblings):
        yield from listings_of(world, source, index)


def listing(world: World, source: str, number: int) -> Listing:
    """The entry with that number; KeyError when the source has none."""
    if 0 <= number // 4 < world.locations + world.siblings:
        for found in listings_of(world, source, number // 4):
            if found.number == number:
                return found
    raise KeyError(number)


def plants_of(world: World, entry: Listing) -> tuple[Plant, ...]:
    """What is planted in an entry; only the location's own entry carries countable faults."""
    if entry.role is not Role.OWN:
        return ()
    return STAGED.get(entry.source, ALL_RIGHT).faults.get(slot(world, entry.index), ())


def planted(world: World, entry: Listing, day: float) -> Facts:
    """What the entry shows on a day of the world when nobody fixes anything."""
    truth = world.facts(entry.index)
    rng = world.rng("plant", entry.source, entry.number)
    if entry.role is Role.DUPLICATE:
        return _duplicate(truth, rng, renamed=slot(world, entry.index) != PLAIN_DUPLICATE)
    if entry.role is Role.REPLACED:
        return _replaced(truth)
    if entry.role is Role.KIOSK:
        return _kiosk(truth)
    if entry.role is Role.COMPANY:
        return head_office(truth)
    shown = truth
    for plant in plants_of(world, entry):
        if plant.from_day <= day:
            shown = KINDS[plant.kind](shown, rng)
    return shown


def _phone(facts: Facts, rng: random.Random) -> Facts:  # noqa: ARG001 - one shape for all kinds
    # The call centre that was closed: one number per area code, so that faults have a common cause.
    return dataclasses.replace(facts, phone=f"{facts.phone[:5]}5550100")


def _address(facts: Facts, rng: random.Random) -> Facts:
    here = facts.lines[0].split(" ", 1)[1]
    street = rng.choice([name for name in STREETS if name != here])
    return dataclasses.replace(facts, lines=(f"{rng.randrange(201, 4999, 2)} {street}",))


def _suite(facts: Facts, rng: random.Random) -> Facts:  # noqa: ARG001
    return dataclasses.replace(facts, lines=facts.lines[:1])


def _hours(facts: Facts, rng: random.Random) -> Facts:
    closes = rng.choice(["16:00", "16:30", "17:00"])
    week: Week = (*((("08:00", closes),),) * 5, (("09:00", "14:00"),), ())
    return dataclasses.replace(facts, hours=week)


def _special_hours(facts: Facts, rng: random.Random) -> Facts:  # noqa: ARG001
    return dataclasses.replace(facts, special_hours=())


def _closed(facts: Facts, rng: random.Random) -> Facts:  # noqa: ARG001
    return dataclasses.replace(facts, status=OpenStatus.CLOSED)


def _closed_for_now(facts: Facts, rng: random.Random) -> Facts:  # noqa: ARG001
    return dataclasses.replace(facts, status=OpenStatus.TEMPORARILY_CLOSED)


def _name(facts: Facts, rng: random.Random) -> Facts:  # noqa: ARG001
    return dataclasses.replace(facts, name="Quarrytown Bread House")


def _website(facts: Facts, rng: random.Random) -> Facts:  # noqa: ARG001
    return dataclasses.replace(facts, website=f"https://{OLD_HOST}/")


def _pin(facts: Facts, rng: random.Random) -> Facts:
    # 0.006 to 0.009 degrees of latitude are 670 to 1,000 m anywhere.
    north = rng.choice([-1, 1]) * rng.uniform(0.006, 0.009)
    return dataclasses.replace(facts, latitude=round(facts.latitude + north, 6))


def _category(facts: Facts, rng: random.Random) -> Facts:  # noqa: ARG001
    return dataclasses.replace(facts, category="Pizza restaurant")


KINDS: dict[str, Callable[[Facts, random.Random], Facts]] = {
    "phone": _phone,
    "address": _address,
    "suite": _suite,
    "hours": _hours,
    "special_hours": _special_hours,
    "closed": _closed,
    "closed_for_now": _closed_for_now,
    "name": _name,
    "website": _website,
    "pin": _pin,
    "category": _category,
}
FIELD_OF = {
    "address": "street",
    "suite": "street",
    "closed": "status",
    "closed_for_now": "status",
    "pin": "coordinates",
}
"""The ledger's field for a kind of fault, where the kind isn't the field's own name."""


def field_of(plant: Plant) -> str:
    """The field, in the words of crawlers.sandbox.facts.FIELDS, that a plant makes wrong."""
    return FIELD_OF.get(plant.kind, plant.kind)


def _duplicate(truth: Facts, rng: random.Random, *, renamed: bool) -> Facts:
    old = _phone(truth, rng)
    name = f"{truth.name} & Café" if renamed else truth.name
    return dataclasses.replace(old, name=name, website="https://www.ostermill.example/", special_hours=())


def _kiosk(truth: Facts) -> Facts:
    number, street = truth.lines[0].split(" ", 1)
    return dataclasses.replace(
        truth,
        name=f"{truth.name} Kiosk",
        lines=(f"{int(number) + 4} {street}",),
        phone=f"{truth.phone[:5]}5550155",
        website="",
        special_hours=(),
    )


def _replaced(truth: Facts) -> Facts:
    return dataclasses.replace(
        truth,
        name="Bluebird Nail Studio",
        phone=f"{truth.phone[:5]}5550199",
        website="https://bluebirdnails.example/",
        category="Nail salon",
        special_hours=(),
    )


def head_office(truth: Facts) -> Facts:
    """What an entry of the chain as a whole shows: its head office, which is no bakery."""
    return dataclasses.replace(
        truth,
        lines=("1 Millstone Plaza",),
        city="Columbus",
        region="OH",
        postal_code="43215",
        phone="+18005550199",
        website="https://www.ostermill.example/",
        latitude=39.9623,
        longitude=-83.0007,
        special_hours=(),
    )
