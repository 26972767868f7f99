"""Screens with nothing on them yet, or nothing left."""

from web.screens import elements as el
from web.screens import inbox, locations, mismatches
from web.screens.elements import Act, Empty, Link, Tab

NOTHING_READ = Empty(
    "No source has been read yet",
    "Connect one source and we compare what it says about your 18 locations with your record. The "
    "first differences show minutes after the first read.",
    Act("Connect Google", "/sources/google", "get", "filled"),
    Act("Other sources", "/sources", "get"),
    Link("Read your own website first; it needs no key", "/sources/website"),
)


def empty_mismatches() -> mismatches.MismatchesView:
    return mismatches.MismatchesView(
        "18 locations, nothing read yet", (Tab("Open", "?", None),), empty=NOTHING_READ
    )


def empty_inbox() -> inbox.InboxView:
    done = Empty("All 7 are done", "Next read at 10:00.")
    return inbox.InboxView("0 open", (Tab("Open", "?", 0, current=True),), empty=done)


def empty_locations() -> locations.LocationsView:
    start = Empty(
        "No location yet",
        "Import a file of your locations: our columns, a Google Business Profile sheet, Yext or "
        "Uberall. Checking 1,000 rows takes seconds.",
        Act("Import a file", "/import", "get", "filled"),
    )
    return locations.LocationsView("nothing imported yet", (), empty=start)


def filtered_mismatches() -> mismatches.MismatchesView:
    hidden = el.NothingFound("20 open mismatches are hidden.", Link("Clear filters", "?"))
    return mismatches.MismatchesView(
        "18 locations", (Tab("Open", "?", 20, current=True),), nothing_found=hidden
    )
