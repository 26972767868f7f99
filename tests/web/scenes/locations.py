"""Locations of the invented chain."""

from tests.web.scenes.frame import ago
from web.screens import elements as el
from web.screens import locations
from web.screens.elements import Act, Chip, Link, Tab


def cells(*states: locations.CellState) -> tuple[locations.Cell, ...]:
    return tuple(
        locations.Cell(state, state.replace("_", " "), "/mismatches/1" if state == "different" else "")
        for state in states
    )


def _rows() -> tuple[locations.LocationRow, ...]:
    line = locations.LocationRow
    return (
        line(
            "003",
            "Mankato, Riverfront",
            "410 S Front St, Mankato, MN 56001",
            "/locations/003",
            cells("different", "same", "same"),
            "44 of 46",
            2,
            ago("42 min"),
        ),
        line(
            "004",
            "Red Wing, Barn Bluff",
            "12 Levee Rd, Red Wing, MN 55066",
            "/locations/004",
            cells("waiting", "same", "accepted"),
            "45 of 46",
            0,
            ago("42 min"),
        ),
        line(
            "009",
            "Winona, Levee",
            "88 Main St, Winona, MN 55987",
            "/locations/009",
            cells("different", "missing", "same"),
            "30 of 34",
            3,
            ago("3 d", stale=True),
        ),
        line(
            "011",
            "Rochester, Broadway",
            "1500 Broadway Ave S, Suite 4, Rochester, MN 55904",
            "/locations/011",
            cells("same", "same", "not_read"),
            "32 of 32",
            0,
            None,
            "Opens Dec 1",
        ),
    )


def locations_view() -> locations.LocationsView:
    return locations.LocationsView(
        fact="18 locations, 14 without trouble",
        sources=("google", "google_places", "website"),
        search_action="/locations",
        chips=(
            Chip("With trouble", "?trouble=1", 4),
            Chip("No listing", "?missing=1", 1),
            Chip("Closed", "?closed=1", 0),
        ),
        acts=(Act("Import locations", "/import", "get", icon="upload"),),
        rows=_rows(),
        next=Link("Next 100", "?page=2"),
    )


def _grid() -> locations.StatusGrid:
    grid_row = locations.GridRow
    return locations.StatusGrid(
        ("Name", "Address", "Phone", "Website", "Hours", "Special hours", "Category", "Pin", "Open flag"),
        (
            grid_row(
                "website",
                cells("same", "same", "same", "same", "same", "same", "cannot_show", "same", "same"),
                "–",
                ago("5 h"),
            ),
            grid_row(
                "google",
                cells("same", "same", "different", "same", "same", "waiting", "same", "same", "same"),
                "0.99",
                ago("42 min"),
                "/sources/google",
            ),
            grid_row(
                "google_places",
                cells("accepted", "same", "same", "same", "same", "cannot_show", "same", "same", "same"),
                "0.97",
                ago("3 d", stale=True),
            ),
        ),
    )


def _hours() -> tuple[locations.HoursRow, ...]:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    return (
        *(locations.HoursRow(day, "10 AM–6 PM", today=day == "Monday") for day in days),
        locations.HoursRow("Saturday", "9 AM–6 PM", Link("Google: until 5 PM", "/mismatches/4")),
        locations.HoursRow("Sunday", "Closed"),
        locations.HoursRow("Thu, Nov 26", "Closed", Link("not on Google", "/mismatches/5"), special=True),
    )


def location_view() -> locations.LocationView:
    return locations.LocationView(
        code="003",
        name="Mankato, Riverfront",
        address="410 S Front St, Mankato, MN 56001",
        back="/locations",
        now="open until 6 PM",
        open_now=True,
        acts=(
            Act("Public page", "/l/mankato", "get", "quiet", icon="globe"),
            Act("Read now", "/read"),
            Act("Edit record", "/edit", "get", icon="pencil"),
        ),
        tabs=(
            Tab("Overview", "?", None, current=True),
            Tab("Mismatches", "/mismatches?location=003", 2),
            Tab("Reviews", "/inbox?location=003", 207),
        ),
        stats=(
            el.Stat("Fields that agree", "44", "of 46 shown"),
            el.Stat("Google’s own average", "4.4", "of 207 reviews"),
            el.Stat("First answer, median", "1 h 50 min", "limit 4 h"),
            el.Stat("Open mismatches", "2", "1 critical"),
        ),
        grid=_grid(),
        hours=_hours(),
        edit_hours="/edit#hours",
        reviews=(
            locations.ReviewCount("google", "4.4", "207", "207", "207"),
            locations.ReviewCount("google_places", "4.4", "207", "5", "0"),
        ),
        reviews_note="Google Places shows 5 and lets none be stored. It is the same 207 reviews: "
        "they count once.",
        every_review=Link("All 207", "/inbox?location=003"),
        stars_title="Google, all 207 by stars",
        stars=tuple(
            locations.StarShare(n, count, count / 140)
            for n, count in ((5, 140), (4, 32), (3, 11), (2, 6), (1, 18))
        ),
    )
