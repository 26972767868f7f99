"""What customers write about the branches, and how it changes: one life per review, from the seed.

A review is born, may be edited, may be answered by the manager and may vanish, each at a fixed
moment of the world's time; asking for a moment shows those alive then, as they are then.
"""

import base64
import datetime as dt
import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crawlers.sandbox.facts import national
from crawlers.sandbox.planting import Listing, Role
from crawlers.sandbox.texts import AUTHORS, EDITS, ENGLISH, FOREIGN, ITEMS, REPLIES, SHORT
from crawlers.sandbox.world import World

PAST, FUTURE = 700, 60
"""Reviews are born from so many days before the world starts to so many after."""

ANONYMOUS = "A Google user"
"""The name under which Google shows a guest who doesn't want to be named."""


@dataclass(frozen=True, slots=True)
class Text:
    """What the guest wrote, its language (ISO 639-1), and Google's English unless it is English."""

    original: str
    language: str
    english: str | None = None


@dataclass(frozen=True, slots=True)
class OwnerReply:
    """The owner's answer as the world wrote it, not through an API."""

    text: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Life:
    """Everything that ever happens to one review; `text` None is a rating without words."""

    id: str
    author: str
    anonymous: bool
    rating: int
    text: Text | None
    mixed: str | None
    """How Google's API joins both languages: "translation first", "original first" or not at all."""
    created: dt.datetime
    edited: dt.datetime | None
    edited_rating: int
    edited_text: Text | None
    removed: dt.datetime | None
    reply: OwnerReply | None


@dataclass(frozen=True, slots=True)
class Review:
    """One review as it stands at a moment."""

    id: str
    author: str
    anonymous: bool
    rating: int
    text: Text | None
    mixed: str | None
    created: dt.datetime
    updated: dt.datetime
    reply: OwnerReply | None

    @property
    def translated(self) -> bool:
        """Whether the reviews API shows Google's English beside the guest's words."""
        return self.text is not None and self.text.english is not None and self.mixed is not None

    @property
    def shown(self) -> str | None:
        """The words a reader of the reviews API sees first: Google's English where it translates."""
        if self.text is None:
            return None
        return self.text.english if self.translated else self.text.original

    @property
    def comment(self) -> str | None:
        """The words as the reviews API writes them, both languages in one where it mixes them."""
        if self.text is None or not self.translated:
            return self.shown
        if self.mixed == "translation first":
            return f"(Translated by Google) {self.text.english}\n\n(Original)\n{self.text.original}"
        return f"{self.text.original}\n\n(Translated by Google)\n{self.text.english}"


def lives(world: World, entry: Listing) -> Iterator[Life]:
    """Every review that entry ever has, in no order that matters."""
    rng = world.rng("reviews", entry.number)
    count = rng.randint(14, 42) if entry.role in (Role.OWN, Role.SIBLING) else rng.randint(2, 4)
    home, manager = world.home(entry.index), world.manager(entry.index)
    branch = {
        "area": home.area.name,
        "manager": manager,
        "phone": national(world.facts(entry.index).phone),
    }
    for rank in range(count):
        yield _life(world, _review_id(world, entry, rank), branch, rng)


def reviews_at(world: World, entry: Listing, moment: dt.datetime) -> list[Review]:
    """The reviews alive at `moment` (aware), the most lately changed first, as the API lists them."""
    alive = [
        _as_of(life, moment)
        for life in lives(world, entry)
        if life.created <= moment and (life.removed is None or moment < life.removed)
    ]
    return sorted(alive, key=lambda review: (review.updated, review.id), reverse=True)


def _as_of(life: Life, moment: dt.datetime) -> Review:
    edited = life.edited is not None and life.edited <= moment
    return Review(
        id=life.id,
        author=life.author,
        anonymous=life.anonymous,
        rating=life.edited_rating if edited else life.rating,
        text=life.edited_text if edited else life.text,
        mixed=life.mixed,
        created=life.created,
        updated=life.edited if edited and life.edited else life.created,
        reply=life.reply if life.reply and life.reply.at <= moment else None,
    )


def _life(world: World, name: str, branch: Mapping[str, str], rng: random.Random) -> Life:
    born = rng.uniform(-PAST, FUTURE)
    rating = rng.choices((1, 2, 3, 4, 5), (14, 7, 10, 22, 47))[0]
    slots = _slots(branch, rng)
    author, anonymous = f"{rng.choice(AUTHORS)} {rng.choice('ABCDEFGHJKLMNOPRSTW')}.", rng.random() < 0.03
    called = "neighbor" if anonymous else author.split(maxsplit=1)[0]
    text = None if rng.random() < 0.25 else _text(rating, slots, rng)
    edited = rng.choice((born, max(born, 0))) + rng.uniform(0.2, 20) if rng.random() < 0.12 else None
    removed = max(born, 0) + rng.uniform(0.5, 25) if rng.random() < 0.04 else None
    return Life(
        id=name,
        author=ANONYMOUS if anonymous else author,
        anonymous=anonymous,
        rating=rating,
        text=text,
        mixed=rng.choice(("translation first", "original first", None)),
        created=_moment(world, born, rng),
        edited=None if edited is None else _moment(world, edited, rng),
        edited_rating=min(5, rating + 1) if rating < 3 else rating,
        edited_text=_edited(text, rating),
        removed=None if removed is None else _moment(world, removed, rng),
        reply=_reply(world, born, rating, {**slots, "author": called}, rng),
    )


def _slots(branch: Mapping[str, str], rng: random.Random) -> dict[str, str]:
    item, price = rng.choice(ITEMS)
    return {
        **branch,
        "item": item,
        "an_item": f"{'an' if item[0] in 'aeiou' else 'a'} {item}",
        "price": price,
        "minutes": str(rng.choice((15, 20, 25, 35, 40, 50))),
        "staff": rng.choice((branch["manager"].split()[0], "Jo", "Benny", "Lena")),
    }


def _text(rating: int, slots: dict[str, str], rng: random.Random) -> Text:
    band, kind = _band(rating), rng.random()
    if kind < 0.2:
        return Text(rng.choice(SHORT[band]), "en")
    if kind < 0.36:
        language = rng.choices(tuple(FOREIGN), (8, 3, 3, 2, 2))[0]
        pairs = FOREIGN[language][band]
        chosen = rng.sample(pairs, min(len(pairs), rng.choice((1, 1, 2))))
        original, english = (" ".join(pair[side] for pair in chosen) for side in (0, 1))
        return Text(original.format_map(slots), language, english.format_map(slots))
    sentences = rng.sample(ENGLISH[band], rng.choices((1, 2, 3, 6), (35, 35, 22, 8))[0])
    return Text(" ".join(sentences).format_map(slots), "en")


def _edited(text: Text | None, rating: int) -> Text:
    note = EDITS[_band(rating)]
    if text is None:
        return Text(note, "en")
    if text.english is not None:
        return Text(f"{text.original} {note}", text.language, f"{text.english} {note}")
    return Text(f"{text.original} {note}", text.language)


def _reply(
    world: World, born: float, rating: int, slots: dict[str, str], rng: random.Random
) -> OwnerReply | None:
    text, after, answered = rng.choice(REPLIES[_band(rating)]), rng.uniform(0.3, 9), rng.random() < 0.35
    if not answered:
        return None
    return OwnerReply(text.format_map(slots), _moment(world, born + after, rng))


def _band(rating: int) -> str:
    return "low" if rating < 3 else "mid" if rating == 3 else "high"


def _moment(world: World, day: float, rng: random.Random) -> dt.datetime:
    # The API shows times with none, three or six digits of a second; the data must hold all three.
    moment = world.now + dt.timedelta(days=day)
    return moment.replace(microsecond=rng.choice((0, rng.randrange(1000) * 1000, rng.randrange(10**6))))


def _review_id(world: World, entry: Listing, rank: int) -> str:
    """68 characters of the alphabet that Google's own ids use."""
    key = f"{world.seed}/review/{entry.number}/{rank}".encode()
    return "AbFvOq" + base64.urlsafe_b64encode(hashlib.shake_256(key).digest(45)).decode()
