"""Locations: which source says what about which place."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings import audit
from listings.access import Act as May
from listings.crawl_plan import ask, connected
from listings.models.location import Location
from web import location_cards as cards
from web import location_list as lists
from web.frame import addresses, say, shell
from web.location_page import Known, grid, known, record_facts, standing_twice, totals
from web.named_pages import Refused, named_pages
from web.opening import open_now
from web.places import address, place
from web.request import one_or_404
from web.screens.elements import Act, Empty, Link, Stat, Tab
from web.screens.locations import LocationsView, LocationView
from web.wording import count, number

blueprint = Blueprint("locations", __name__)

EMPTY = Empty(
    "No location yet",
    "Import a file of your locations on the server: goodstanding import locations.csv. Our columns, a "
    "Google Business Profile sheet, Yext or Uberall; checking 1,000 rows takes seconds.",
)
NONE_OF_YOURS = Empty(
    "No location is yours yet", "Ask an administrator to bind you to the places you look after."
)


@blueprint.get("/locations")
def index() -> ResponseReturnValue:
    """The table, a cell per source."""
    search = lists.Search(
        request.args.get("q", "").strip()[:200],
        request.args.get("only", ""),
        request.args.get("after", "")[:200],
    )
    found = lists.rows(g.db, g.actor, search)
    numbers = lists.counts(g.db, g.actor, search)
    sources = lists.read_sources(g.db, g.actor)
    page = found[: lists.PAGE]
    more = search.values(after=page[-1].code) if len(found) > lists.PAGE else None
    none_at_all = not found and not (search.text or search.only or search.after)
    view = LocationsView(
        fact=_fact(numbers),
        sources=tuple(sources),  # type: ignore[arg-type]
        rows=lists.table(g.db, g.actor, page, sources, g.now),
        chips=lists.chips(search, numbers),
        search=search.text,
        search_action=url_for("locations.index"),
        previous=Link("First page", url_for("locations.index", **search.values(after="")))
        if search.after
        else None,
        next=Link("Show more", url_for("locations.index", **more)) if more else None,
        empty=(NONE_OF_YOURS if g.actor.bound else EMPTY) if none_at_all else None,
        nothing_found=lists.nothing_found(search, found),
    )
    return render_template("locations/index.html", shell=shell("locations"), view=view)


def _fact(numbers: dict[str, int]) -> str:
    without = numbers["all"] - numbers["trouble"]
    return f"{count(numbers['all'], 'location')}, {number(without)} without trouble"


@blueprint.get("/locations/<int:location_id>")
def one(location_id: int) -> ResponseReturnValue:
    """One location: who shows what, its record, its listings, its reviews."""
    return page(one_or_404(Location, location_id))


def page(location: Location, refused: Refused | None = None) -> str:
    """The screen of one location, with the page that was refused where somebody just named one."""
    view = _view(location, known(g.db, g.actor, location), refused)
    return render_template("locations/one.html", shell=shell("locations"), view=view)


def _view(location: Location, about: Known, refused: Refused | None) -> LocationView:
    reviews, stars, stored = cards.review_counts(g.db, g.actor, about, g.now)
    now_words, is_open = open_now(location, g.now)
    deciding = g.actor.may(May.DECIDE)
    every = url_for("inbox.index", tab="all", location=location.code) if "inbox" in addresses() else ""
    read = Act("Read now", url_for("locations.read", location_id=location.id), icon="refresh-cw")
    return LocationView(
        code=location.code,
        name=place(location),
        address=f"{location.name}, {address(location)}",
        back=url_for("locations.index"),
        now=now_words,
        open_now=is_open,
        acts=(read,) if deciding else (),
        tabs=_tabs(location, about, stored, every),
        stats=_stats(about),
        grid=grid(about, g.now),
        hours=cards.hours(about, g.now),
        reviews=reviews,
        every_review=Link(f"All {number(stored)}", every) if every and stored else None,
        stars_title=f"Google, {number(sum(star.count for star in stars))} stored by stars",
        stars=stars,
        record=record_facts(location, g.now),
        listings=cards.listing_cards(about, g.now),
        candidates=cards.candidate_cards(about, g.now, deciding=deciding),
        pages=named_pages(g.db, g.actor, location, g.now, refused),
        notice=standing_twice(g.db, g.actor, location),
        empty=None if about.listings else Empty(
            "No listing of this place was found yet",
            "Connect a source; the first reading takes some minutes and finds what describes this place.",
        ),
    )  # fmt: skip


def _tabs(location: Location, about: Known, stored: int, every: str) -> tuple[Tab, ...]:
    found = [
        Tab("Overview", url_for("locations.one", location_id=location.id), None, current=True),
        Tab("Mismatches", url_for("mismatches.index", location=location.id, by="source"), len(about.wrong)),
    ]
    return (*found, Tab("Reviews", every, stored)) if every else tuple(found)


def _stats(about: Known) -> tuple[Stat, ...]:
    agree, compared = totals(about, g.now)
    critical = sum(row.severity_rank == 0 for row in about.wrong)
    mismatches = url_for("mismatches.index", location=about.location.id, by="source")
    average, base = cards.average_of(about)
    stats = [
        Stat("Fields that agree", number(agree), f"of {number(compared)} compared", "#grid"),
        Stat("Open mismatches", number(len(about.wrong)), f"{critical} critical", mismatches),
    ]
    if average:
        stats.append(Stat("Google’s own average", average, base))
    if about.candidates:
        stats.append(Stat("Listings to decide", number(len(about.candidates)), "below", "#candidates"))
    return tuple(stats)


@blueprint.post("/locations/<int:location_id>/read")
def read(location_id: int) -> ResponseReturnValue:
    """Ask every connected source about this place now; the answers come by a worker."""
    location = one_or_404(Location, location_id)
    asked = connected(g.db, g.actor.organization_id)
    for source in asked:
        # Pressed twice within a minute it is one question.
        ask(
            g.db,
            g.actor.organization_id,
            source,
            f"asked {g.now:%Y-%m-%dT%H:%M} {location.id}",
            [location.id],
        )
    audit.record(g.db, g.actor, "location.read", location, g.now, detail={"sources": len(asked)})
    say(f"{count(len(asked), 'source')} asked about {location.code}; it takes some seconds")
    return redirect(url_for("locations.one", location_id=location.id), 303)
