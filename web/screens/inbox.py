"""Inbox: customers' words, the thread, the composer and the outbox."""

from dataclasses import dataclass
from typing import Literal

from reputation.models.reply import ReplyState
from web.screens.elements import (
    Act,
    Age,
    Banner,
    Chip,
    Empty,
    Event,
    Fact,
    Link,
    NothingFound,
    SourceKey,
    Tab,
)


@dataclass(frozen=True, slots=True)
class Due:
    """The clock of an open review: "2 h left" or "27 min over"; `urgent` makes it a red pill."""

    text: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One review in the list. `score` is the rating as read ("4", "2/10", "" without one).

    `stars` when the score counts stars; `low` when it needs an answer first (1–2 stars). `note`
    stands right below when there is no clock ("Draft ready", "Answer on Yelp").
    """

    href: str
    score: str
    source: SourceKey
    author: str
    text: str
    place: str
    age: Age
    stars: bool = True
    low: bool = False
    unread: bool = False
    selected: bool = False
    due: Due | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FormerWords:
    """What a review said until its writer changed it."""

    until: Age
    rating: float | None
    text: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The customer's words in full. `original` when `text` is a translation, in `language`.

    `link` opens it at the source. `status` says what the source did ("Edited Nov 20", "Gone from
    Google since Nov 18").
    """

    author: str
    source: SourceKey
    when: Age
    rating: float | None
    text: str
    language: str = ""
    original: str = ""
    original_language: str = ""
    topics: tuple[str, ...] = ()
    link: Link | None = None
    behind: Link | None = None
    """The mismatch that explains the complaint, when there is one."""
    status: str = ""
    supplied: str = ""
    """The file it came in when the business supplied it; the source itself never answered it."""
    former: tuple[FormerWords, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteView:
    """A private note; it never leaves the house."""

    author: str
    when: Age
    text: str


@dataclass(frozen=True, slots=True)
class ReplyView:
    """Our answer as it stands. `detail` says what happens next or why the source refused it."""

    author: str
    text: str
    state: ReplyState
    when: Age | None = None
    detail: str = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed answer; it is put into the text field, never sent by itself."""

    label: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """The conscience: red breaks a rule, grey is advice; `mend` is the button that repairs it."""

    breaks_rule: bool
    strong: str
    text: str
    mend: Act | None = None


@dataclass(frozen=True, slots=True)
class Composer:
    """Where the answer is written. `send` and `save_note` post field `text`; `limit` counts it.

    `draft_key` names the draft on the device ("review-7"); `shown_as` says who the world sees.
    `limit` is in bytes of UTF-8. `kind` "note" is the composer turned yellow. `ask` hands it to somebody for approval.
    """

    draft_key: str
    send: Act
    limit: int
    shown_as: str
    text: str = ""
    kind: Literal["reply", "note"] = "reply"
    reply_href: str = ""
    note_href: str = ""
    ask: Act | None = None
    drafts: tuple[Draft, ...] = ()
    hints: tuple[Hint, ...] = ()
    error: str = ""
    check: str = ""
    """The address that answers with the hints to what is typed; "" without such help."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """A reply on its way: "Reply to Ana L." + "goes out in 7 min"; `share` of the wait that is over."""

    strong: str
    text: str
    share: float
    take_back: Act


@dataclass(frozen=True, slots=True)
class TalkFirst:
    """At 1–2 stars: call before you answer. `call` is a tel: link, filled."""

    title: str
    text: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class AnswerElsewhere:
    """The source takes no replies from software: where to answer, and the mark that it is done."""

    sentence: str
    link: Link
    done: Act


@dataclass(frozen=True, slots=True)
class Clock:
    """Time used of the time there is: "2 h left" + "of 4 h to answer 1–2 stars"; share 0 to 1."""

    strong: str
    text: str
    share: float
    late: bool = False


@dataclass(frozen=True, slots=True)
class FactGroup:
    """A headed list of facts beside the thread, with a way to more."""

    title: str
    facts: tuple[Fact, ...]
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Template inbox/thread.html: one review and everything said about it."""

    title: str
    fact: str
    back: str
    review: ReviewView
    notes: tuple[NoteView, ...] = ()
    reply: ReplyView | None = None
    talk_first: TalkFirst | None = None
    elsewhere: AnswerElsewhere | None = None
    composer: Composer | None = None
    acts: tuple[Act, ...] = ()
    clock: Clock | None = None
    due: Due | None = None
    facts: tuple[FactGroup, ...] = ()
    events: tuple[Event, ...] = ()
    previous: str = ""
    next: str = ""
    banner: Banner | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """The search field of the list; `kept` are the other filters, which stay."""

    action: str
    value: str = ""
    kept: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InboxView:
    """Template inbox/index.html. `detail` when the address is a thread's own: on a phone the
    thread is then shown instead of the list. `outbox` stays at the foot until it is sent.
    """

    fact: str
    tabs: tuple[Tab, ...]
    rows: tuple[InboxRow, ...] = ()
    chips: tuple[Chip, ...] = ()
    thread: ThreadView | None = None
    detail: bool = False
    outbox: Outbox | None = None
    older: Link | None = None
    empty: Empty | None = None
    nothing_found: NothingFound | None = None
    search: Search | None = None
