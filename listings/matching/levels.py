"""The comparisons as data: each an ordered list of levels, with the words that explain them.

Level 0 is always "nothing to compare". The others go from the strongest evidence against to the
strongest evidence for. Training holds the points to what the words say: nothing to compare is 0,
levels up to `against` never speak for a match and levels from `speaks_for` on never against one, and
where `ordered` the points don't fall along the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Grades = NDArray[np.uint8]
"""A level of one comparison for each pair."""


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison: its key in the weights file and its sentence (None: not told)."""

    key: str
    says: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, its outcomes, and what is sure about them before any training.

    `against` and `speaks_for` are keys of levels (None: nothing is sure).
    """

    name: str
    levels: tuple[Level, ...]
    against: str | None
    speaks_for: str | None
    ordered: bool
    _at: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_at", {level.key: at for at, level in enumerate(self.levels)})

    def at(self, key: str) -> int:
        """The position of the level of that key; KeyError where there is none."""
        return self._at[key]

    def first(self, tests: Sequence[tuple[str, Mask]], otherwise: str | None = None) -> Grades:
        """The level of each pair: that of the first test that holds for it, else `otherwise` (None: level 0)."""
        return first_of(
            [test for _, test in tests],
            [self.at(key) for key, _ in tests],
            self.at(otherwise) if otherwise else 0,
        )


def first_of(tests: Sequence[Mask], values: Sequence[int], otherwise: int = 0) -> Grades:
    """For each pair the value of the first test that holds for it, as np.select finds it.

    In bytes and without a branch a pair, which takes a tenth of the time.
    """
    rank = np.zeros(len(tests[0]), np.uint8)
    for place, test in enumerate(reversed(tests), start=1):
        np.maximum(rank, test * np.uint8(place), out=rank)
    return np.array([otherwise, *reversed(values)], np.uint8).take(rank)


def _comparison(
    name: str,
    *levels: tuple[str, str | None],
    against: str | None = None,
    speaks_for: str | None = None,
    ordered: bool = True,
) -> Comparison:
    return Comparison(name, tuple(Level(key, says) for key, says in levels), against, speaks_for, ordered)


NAME = _comparison(
    "name",
    ("missing", "A name is missing, or in another script"),
    ("other", "Another name"),
    ("little", "The names share little"),
    ("partly", "The names share a part, and each has words of its own"),
    ("contains", "One name is a part of the other"),
    ("similar", "Similar names"),
    ("near", "Nearly the same name"),
    ("slip", "The same name but for one letter"),
    ("same", "Same name"),
    against="partly",
    speaks_for="contains",
)
SPELLING = _comparison(
    "spelling",
    ("missing", None),
    ("far", "The names are spelled very differently"),
    ("distant", "The names are spelled differently"),
    ("half", None),
    ("close", None),
    ("closer", "The names are spelled alike"),
    ("closest", "The names are spelled almost alike"),
    ("equal", "The names have the same words"),
    against="half",
    speaks_for="close",
)
HEAD = _comparison(
    "head",
    ("missing", None),
    ("other", "The names begin with different words"),
    ("alike", "The names begin with similar words"),
    ("same", "The names begin with the same word"),
    against="other",
    speaks_for="alike",
)
KIND = _comparison(
    "kind",
    ("none", None),
    ("department_apart", "One name is a department of the other, and the categories differ"),
    ("department", "One name is a department of the other, which is a chain's"),
    ("other", "The names stand for different services or departments"),
    ("one_sided", "One name is a department or service of the other"),
    ("same", "The names stand for the same service"),
    ("described", None),
    against="one_sided",
    speaks_for="same",
)
WORDING = _comparison(
    "wording",
    ("none", None),
    ("everyday", "The names share no more than everyday words"),
    ("own", None),
    against="everyday",
    speaks_for="own",
)
"""Told only of names that are alike."""

PERSON = _comparison(
    "person",
    ("none", None),
    ("others", "The names are of two different people"),
    ("at_business", "A person's name beside the name of a business"),
    ("at_person", "A business's name beside the name of a person"),
    ("added", "One name adds a person's"),
    ("named_after", None),
    ("same", None),
    against="added",
    speaks_for="named_after",
)
"""A person who works at a place has listings with its door and phone; a business may also bear one's name."""

FREQUENCY = _comparison(
    "frequency",
    ("none", None),
    ("branch_of_many", "Many of your locations bear this name, and this is another address"),
    ("branch_of_several", "Several of your locations bear this name, and this is another address"),
    ("branch_of_chain", "A chain's name at another address: likely another branch"),
    ("branch_of_one", "The same name at another address may be another branch"),
    ("branch_told", "Another address, though phone or web page are those of this branch"),
    ("chain", "A chain's name, which many places bear"),
    ("many", "Many of your locations bear this name"),
    ("several", "Several of your locations bear this name"),
    ("one", "No other location of yours bears this name"),
    ("told", None),
    against="branch_of_one",
    speaks_for="one",
    ordered=False,
)
"""Told only of equal names where the place doesn't already settle which branch it is."""

STORE_NUMBER = _comparison(
    "store_number",
    ("missing", None),
    ("other", "Another number or letter in the name"),
    ("one_sided", None),
    ("same", "Same number in the name"),
    against="one_sided",
    speaks_for="same",
)
PLACE = _comparison(
    "place",
    ("missing", "An address is missing"),
    ("elsewhere", "Another address in another town"),
    ("other_town", "Another town"),
    ("other_address", "Another address"),
    ("same_town", "Another address in the same town"),
    ("same_postal", "Another address under the same postal code"),
    ("other_number", "Another house number in the same street"),
    ("number_only", "Same house number, another street"),
    ("town_only", "Same town, but an address is missing"),
    ("doubtful", "Similar address, but the town differs or is missing"),
    ("next_door", "A house number close by in the same street"),
    ("alike", "Similar address"),
    ("street", "Same street, but a house number is missing"),
    ("nearly", "Same house number, street spelled differently"),
    ("door_other_town", "Same street and number, but another town"),
    ("door_no_town", "Same street and number"),
    ("door", "Same address"),
    against="other_number",
    speaks_for="next_door",
    ordered=False,
)
UNIT = _comparison(
    "unit",
    ("none", None),
    ("other", "Another suite or unit"),
    ("one_sided", None),
    ("same", "Same suite or unit"),
    against="one_sided",
    speaks_for="same",
)
DISTANCE = _comparison(
    "distance",
    ("missing", None),
    ("20km", "The pins are more than 20 km apart"),
    ("5km", "The pins are more than 5 km apart"),
    ("1km", "The pins are more than 1 km apart"),
    ("300m", "The pins are more than 300 m apart"),
    ("100m", "The pins are within 300 m"),
    ("here", "The pins are within 100 m"),
    against="300m",
    speaks_for="100m",
)
PHONE = _comparison(
    "phone",
    ("missing", "A phone number is missing"),
    ("other", "Another phone number"),
    ("toll_free", "Another phone number, one of them toll-free or company-wide"),
    ("extension", "Same phone number, another extension"),
    ("shared", "Same phone number, but many of your locations share it"),
    ("central", "Same toll-free or company-wide number, which branches may share"),
    ("few", "Same phone number, but another location has it too"),
    ("same", "Same phone number"),
    ("own", "Same phone number"),
    against="toll_free",
    speaks_for="extension",
)
WEB = _comparison(
    "web",
    ("missing", None),
    ("other", "Another website"),
    ("other_page", "Another page of the same website"),
    ("shared_site", "Same website, which many of your locations share"),
    ("chain_site", "Same website, a chain's"),
    ("site", "Same website"),
    ("shared_page", "Same web page, but another location has it too"),
    ("page", "Same web page"),
    ("own_site", "Same website"),
    ("own_page", "Same web page"),
    against="other_page",
    speaks_for="shared_site",
)
CATEGORY = _comparison(
    "category",
    ("missing", None),
    ("other", "Another kind of business"),
    ("akin", "Another category"),
    ("related", "Related categories"),
    ("same", "Same category"),
    against="akin",
    speaks_for="related",
)

_NAMES = (("other", "another name"), ("part", "a name with another service or number"),
          ("unclear", "a partly different name"), ("same", "the same name"))  # fmt: skip
_PLACES = (("other", "another address"), ("unclear", "an uncertain address"), ("same", "the same address"))
_PHONES = (("other", "another phone number"), ("unclear", "no phone number to compare"),
           ("same", "the same phone number"))  # fmt: skip
TOGETHER = _comparison(
    "together",
    *(
        (f"{n}-{p}-{t}", f"Taken together: {name}, {place}, {phone}")
        for n, name in _NAMES
        for p, place in _PLACES
        for t, phone in _PHONES
    ),
    ordered=False,
)
"""How name, place and phone agree together: a sibling branch (same name, another address, another
phone) or a replaced business (another name and phone at the same address) is more than its parts."""

COMPARISONS = (
    NAME, SPELLING, HEAD, KIND, WORDING, PERSON, FREQUENCY, STORE_NUMBER, PLACE, UNIT, DISTANCE, PHONE, WEB,
    CATEGORY, TOGETHER,
)  # fmt: skip
