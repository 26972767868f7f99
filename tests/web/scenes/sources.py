"""Sources of the invented chain."""

from tests.web.scenes.frame import ago
from web.screens import elements as el
from web.screens import sources
from web.screens.elements import Act, Chip, Fact, Link


def answer(outcome: sources.Outcome, why: str) -> sources.AnswerRow:
    return sources.AnswerRow(
        "08:14:31",
        "2026-11-23T08:14:31Z",
        "website",
        "009 Winona, Levee",
        outcome,
        why,
        "184 KB",
        "website 4",
        Link("c41d…09", "/snapshots/4"),
    )


GOOGLE = sources.SourceHealth(
    "google",
    "Business Profile, owner",
    "/sources/google",
    "well",
    "Well",
    el.Outcomes(ok=236, not_modified=100),
    ago("42 min"),
    "18 of 18",
    "18 min",
    sources.Quota(312, 1200),
)


def _alarms() -> tuple[sources.Alarm, ...]:
    return (
        sources.Alarm(
            "Your website has changed its pages. Nothing has been read since Saturday 02:14.",
            "18 listings keep their data of Friday and are marked as 3 days old. No mismatch was "
            "made from the broken answers.",
            (
                Fact("Missing now", "telephone, openingHours", code=True),
                Fact("In how many", "18 of 18 answers, was 0 of 18"),
                Fact("First broken", "Nov 21, 02:14 UTC · reader website 4"),
                Fact(
                    "Then what",
                    "Mend the reader or wait for the next release, then “Read 18 again” uses the kept pages",
                ),
            ),
            (Act("Open the kept page", "/snapshots/4", "get"), Act("Read 18 again", "/replay")),
        ),
    )


def _healths() -> tuple[sources.SourceHealth, ...]:
    health = sources.SourceHealth
    return (
        GOOGLE,
        health(
            "google_places",
            "Places API, shows and keeps nothing",
            "/sources/google_places",
            "slowed",
            "Slowed down",
            el.Outcomes(ok=90, not_found=2, blocked=14),
            ago("3 h"),
            "16 of 18",
            "6 h",
            sources.Quota(300, 300),
        ),
        health(
            "website",
            "tallowcreek.example",
            "/sources/website",
            "ill",
            "Can’t read",
            el.Outcomes(ok=60, not_modified=20, unreadable=54),
            ago("3 d", stale=True),
            "0 of 18",
            "paused",
        ),
    )


def sources_view() -> sources.SourcesView:
    return sources.SourcesView(
        fact="612 reads in 7 days, next at 10:00",
        acts=(
            Act("Replay stored answers", "/replay", "get", "quiet"),
            Act("Read all now", "/read", icon="refresh-cw"),
        ),
        alarms=_alarms(),
        sources=_healths(),
        answer_chips=(Chip("Only trouble", "?all=1", 70, pressed=True), Chip("All", "?all=1")),
        answers=(
            answer("unreadable", "2 fields gone that were there 7 times"),
            answer("quota", "Points used up; tries again at 00:00"),
            answer("not_found", "Page moved? Status 404, first time"),
        ),
    )


def source_view() -> sources.SourceView:
    return sources.SourceView(
        title="Google",
        fact="Business Profile, owner",
        back="/sources",
        health=GOOGLE,
        refused=sources.CheckResult(
            "Google refused the key",
            "The project tallow-prod exists, but its quota for the Business Profile API is 0. Google "
            "sets it above 0 after you ask once; that takes about a week.",
            (
                ("(its form)", Link("Ask Google for access", "https://support.example/form")),
                ("When the mail comes, press “Try again”. Your key is kept.", None),
            ),
            (
                Act("Try again", "/sources/google/check", style="filled"),
                Act("Go on without Google", "/sources", "get", "quiet"),
            ),
            "What Google said",
            '{"error": {"code": 403, "status": "PERMISSION_DENIED"}}',
        ),
        policy=(
            Fact("Reviews kept", "Yes, refreshed at least every 30 days"),
            Fact("Shown publicly", "Full text with attribution and link"),
            Fact("May be asked for", "Yes, everybody alike"),
        ),
        fields=(
            el.Field(
                "account",
                "Account name",
                "accounts/10482",
                hint="Starts with “accounts/”, as Google shows it",
                required=True,
            ),
            el.Field(
                "every",
                "Read every",
                kind="select",
                options=(el.Option("6", "6 hours", chosen=True), el.Option("24", "24 hours")),
            ),
        ),
        save=Act("Save and check", "/sources/google"),
        answers=(answer("ok", "18 listings"),),
        runs=_runs(),
    )


def _runs() -> sources.Runs:
    return sources.Runs(
        "The last crawl found less than usual of the pin. What was known of it stays until it is back.",
        (
            _run("4 min", "the pin in 3 of 18", fell=True),
            _run("6 h", "as usual"),
            _run("12 h", "as usual"),
        ),
    )


def _run(ended: str, fields: str, *, fell: bool = False) -> sources.RunRow:
    moment = ("Nov 23, 2026, 08:14 UTC", "2026-11-23T08:14:31Z")
    return sources.RunRow(ended, *moment, "24", "0", "2", "0", "18", "214", fields, fell)
