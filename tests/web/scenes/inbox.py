"""Inbox of the invented chain."""

from dataclasses import replace
from typing import Any

from reputation.models.reply import ReplyState
from tests.web.scenes.frame import ago
from web.screens import inbox
from web.screens.elements import Act, Event, Fact, Link, Tab


def mail(author: str, score: str, text: str, **more: Any) -> inbox.InboxRow:
    values: dict[str, Any] = {
        "href": f"/inbox/{author[0].lower()}",
        "score": score,
        "source": "google",
        "author": author,
        "text": text,
        "place": "011 Rochester, Broadway",
        "age": ago("2 h"),
    }
    return inbox.InboxRow(**{**values, **more})


def _review() -> inbox.ReviewView:
    return inbox.ReviewView(
        "Petra L.",
        "google",
        ago("today 07:04"),
        1.0,
        "My brakes were promised for Friday and the shop called on Monday. The number on Google "
        "rings a call "
        "centre that had never heard of my bike. The mechanic himself was kind and fixed it in "
        "an hour.",
        topics=("Waiting time", "Phone not reached"),
        link=Link("Open on Google", "https://maps.example/reviews/1"),
        behind=Link("Open mismatch behind it: phone on Google", "/mismatches/011"),
    )


def _composer() -> inbox.Composer:
    return inbox.Composer(
        "review-1",
        Act("Send reply", "/inbox/1/reply"),
        4096,
        "Shown on Google as Tallow Creek Bikes",
        text="Petra, I’m sorry. Three days late without a call isn’t how we work. Please ask for "
        "Jonas at (507) 555-0171.",
        reply_href="?kind=reply",
        note_href="?kind=note",
        drafts=(
            inbox.Draft("Short", "Petra, I’m sorry for the wait."),
            inbox.Draft("Apology", "Petra, I’m sorry. Three days late.", chosen=True),
            inbox.Draft("Take it offline", "Petra, please call me at (507) 555-0171."),
        ),
        hints=(
            inbox.Hint(
                True,
                "Names another customer.",
                "A public reply must not.",
                Act("Remove the name", "/mend", style="text"),
            ),
            inbox.Hint(False, "", "Begins like 2 of your last 5 replies."),
        ),
        ask=Act("Ask for approval", "/inbox/1/ask"),
    )


def thread() -> inbox.ThreadView:
    return inbox.ThreadView(
        title="Petra L.",
        fact="Google · 011 Rochester, Broadway",
        back="/inbox",
        review=_review(),
        notes=(
            inbox.NoteView(
                "Jonas Reyes", ago("08:12"), "The part came late. The wrong number is real, @Ines is on it."
            ),
        ),
        talk_first=inbox.TalkFirst(
            "Talk first, then answer",
            "Her repair ticket has a number and consent to call.",
            (
                Act("Call Petra", "tel:+15075550133", "get", "filled", icon="phone"),
                Act("Open case", "/case", key="c"),
            ),
        ),
        composer=_composer(),
        acts=(Act("Assign", "/assign", key="a", icon="user"), Act("Close", "/close", key="y")),
        clock=inbox.Clock("2 h left", "of 4 h to answer 1–2 stars", 0.5),
        due=inbox.Due("2 h left", urgent=True),
        facts=(
            inbox.FactGroup(
                "011 Rochester, Broadway",
                (
                    Fact("Google", "4.4 of 207"),
                    Fact("30 days", "9 reviews, 3 low"),
                    Fact("Manager", "Jonas Reyes"),
                ),
                Link("See the location", "/locations/011"),
            ),
        ),
        events=(Event("08:12", "Note by Jonas Reyes"), Event("07:09", "Read from Google")),
    )


def inbox_view(*, detail: bool = False) -> inbox.InboxView:
    return inbox.InboxView(
        fact="7 open",
        tabs=(
            Tab("Open", "?", 7, current=True),
            Tab("To approve", "?s=approve", 2),
            Tab("Outbox", "?s=outbox", 1),
            Tab("Done", "?s=done", None),
        ),
        rows=(
            mail(
                "Petra L.",
                "1",
                "My brakes were promised for Friday and the shop called on Monday. The number on "
                "Google rings a call centre that had never heard of my bike.",
                low=True,
                unread=True,
                selected=True,
                due=inbox.Due("2 h left", urgent=True),
            ),
            mail(
                "Marcus T.",
                "2",
                "Closed on Saturday at 5 although the door says 6.",
                low=True,
                unread=True,
                due=inbox.Due("27 min over", urgent=True),
            ),
            mail("Priya N.", "3", "Friendly, but the test rides start late.", due=inbox.Due("15 h left")),
            mail(
                "Åsa Lindqvist-Brännström",
                "5",
                "Dagmar found a cheaper freewheel for me. Thank you!",
                note="Draft ready",
            ),
            mail("Henrik S.", "4", ""),
        ),
        thread=thread(),
        detail=detail,
        outbox=inbox.Outbox(
            "Reply to Åsa L.", "goes out in 7 min", 0.3, Act("Take back", "/take-back", key="u")
        ),
        older=Link("Older reviews", "?page=2"),
    )


def answered_view() -> inbox.InboxView:
    """A private note is being written, the answer is out, and the source takes no replies."""
    view = inbox_view(detail=True)
    reply = inbox.ReplyView(
        "Jonas Reyes",
        "Petra, I’m sorry.",
        ReplyState.REJECTED,
        ago("2 h"),
        "Google refused it: too short. Write it again.",
    )
    note = inbox.Composer(
        "note-1",
        Act("Save note", "/note"),
        4096,
        "Only your team sees this",
        kind="note",
        reply_href="?",
        note_href="?note",
    )
    there = inbox.AnswerElsewhere(
        "Google Places takes no replies. The text is copied when you go there.",
        Link("Answer on Google", "https://maps.example/answer"),
        Act("Mark as answered", "/mark"),
    )
    spoken = replace(
        thread().review,
        rating=None,
        text="Good shop.",
        language="en",
        original="Buena tienda.",
        original_language="es",
        status="Edited Nov 20",
    )
    open_thread = replace(
        thread(), review=spoken, talk_first=None, reply=reply, composer=note, elsewhere=there
    )
    return replace(view, thread=open_thread, outbox=None)
