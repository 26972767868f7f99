"""Home of the invented chain."""

from tests.web.scenes.frame import ago
from web.screens import elements as el
from web.screens import home
from web.screens.elements import Act, Choice, Link


def _waiting() -> home.TodoSection:
    return home.TodoSection(
        "Waits for you",
        3,
        (
            home.Todo(
                "triangle-alert",
                "bad",
                "Google marks 009 Winona, Levee as permanently closed",
                "The record says open. Seen twice since yesterday",
                "/mismatches/9",
                Act("Send to Google", "/mismatches/9/fix", style="filled"),
                ago("9 h over"),
                late=True,
            ),
            home.Todo(
                "calendar",
                "warn",
                "Thanksgiving hours are missing on Google at 12 locations",
                "Thursday is in 3 days. The record says closed; Google shows 10 AM–6 PM",
                "/mismatches?group=thanksgiving",
                Act("Send for 12", "/fix", values=(("group", "thanksgiving"),)),
                ago("3 d left"),
            ),
            home.Todo(
                "inbox",
                "plain",
                "2 reviews with 1 star have no answer",
                "The oldest is from Saturday, 011 Rochester, Broadway",
                "/inbox",
                Act("Answer", "/inbox", "get"),
                ago("1 d"),
            ),
        ),
    )


def _sections() -> tuple[home.TodoSection, ...]:
    return (
        home.TodoSection(
            "Came back",
            1,
            (
                home.Todo(
                    "undo-2",
                    "back",
                    "Google shows the old phone of 014 Duluth, Canal Park again",
                    "Fixed on Nov 2. Google changed it again last night at 02:40",
                    "/mismatches/7",
                    Act("Open fix kit", "/mismatches/7", "get"),
                    ago("7 h"),
                ),
            ),
            Link("All 3", "/mismatches?state=came_back"),
        ),
        _waiting(),
    )


def _stats() -> tuple[el.Stat, ...]:
    weeks = (81.0, 82.5, 83.1, 86.0, None, 88.2, 88.9, 90.4, 91.0, 93.6)
    series = tuple(el.Point(f"week {n}", value) for n, value in enumerate(weeks, 38))
    return (
        el.Stat(
            "Fields that agree with the record",
            "93.6 %",
            "842 of 900 fields",
            "/locations",
            series,
            "10 weeks ago 81.0 %",
        ),
        el.Stat("Reviews without an answer", "7", "of 412 in 90 days", "/inbox"),
    )


def home_view() -> home.HomeView:
    return home.HomeView(
        heading="Monday, November 23",
        fact="6 things wait for you. The rest is running.",
        whose=(Choice("Mine", "?whose=mine", current=True), Choice("Everyone’s", "?whose=all")),
        sections=_sections(),
        stats=_stats(),
        done_since="Friday",
        done=(
            home.Done("Google shows the new phone at", Link("4 locations", "/mismatches?state=fixed")),
            home.Done("9 replies published"),
            home.Done("612 answers read, 3 failed"),
        ),
    )
