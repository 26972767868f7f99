"""The frame round every screen of an invented bicycle chain."""

from web.screens import shell
from web.screens.elements import Act, Age

ADDRESSES = {key: f"/{key}" for key in ("home", "locations", "mismatches", "sources", "inbox", "pages")}


TAKE_BACK = Act("Undo", "/undo", key="u", style="text")


TOAST = shell.Toast("Suite number accepted at 1 listing", TAKE_BACK)


def ago(text: str, *, stale: bool = False) -> Age:
    return Age(text, "Nov 23, 2026, 08:22 UTC", "2026-11-23T08:22:00Z", stale)


def frame(current: str, toast: shell.Toast | None = None) -> shell.Shell:
    return shell.Shell(
        organization="Tallow Creek Bikes",
        scope="18 locations",
        person="Ines Okafor",
        role="marketing",
        navigation=shell.navigation(
            ADDRESSES, current, {"mismatches": 23, "inbox": 7, "home": 6}, {"sources": "1 ill"}
        ),
        logout="/logout",
        search="/search",
        pulse=shell.Pulse(well=True, text="1 worker, last job 4 s ago"),
        toast=toast,
        status="23 open, 1 fewer",
    )
