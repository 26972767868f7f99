"""Is this listing yours? The queue of what is in doubt, and each one's card."""

from collections.abc import Sequence

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from listings.access import Act as May
from listings.models.location import Location
from web import match_card as cards
from web import match_query as queue
from web.ages import age_of
from web.found_tabs import limits_act, tabs
from web.frame import shell
from web.match_query import PAGE, Doubt
from web.places import place
from web.request import one_or_404
from web.screens.elements import SOURCE_MARKS, Act, Chip, Empty, Link, NothingFound
from web.screens.matching import SECOND, MatchesView, MatchRow
from web.values import listing_facts, listing_name
from web.wording import count

blueprint = Blueprint("matches", __name__)


@blueprint.get("/matches")
def index() -> ResponseReturnValue:
    """Every listing in doubt, the likeliest first."""
    source = request.args.get("source", "") if request.args.get("source") in SOURCE_MARKS else ""
    location_id = request.args.get("location", type=int)
    found = queue.page(
        g.db, g.actor, source=source, location_id=location_id, after=request.args.get("after", "")
    )
    counts = queue.counts(g.db, g.actor)
    total = sum(counts.values())
    more = ""
    if len(found) > PAGE:
        after = queue.mark(found[PAGE - 1].match)
        more = url_for("matches.index", source=source or None, location=location_id, after=after)
    view = MatchesView(
        fact=f"{count(total, 'listing')} that may be yours" if total else "",
        tabs=tabs("matches"),
        rows=_rows(found[:PAGE]),
        chips=_chips(counts, source),
        more=more,
        acts=(limits_act(),),
        empty=_empty() if not total else None,
        nothing_found=_nothing(total) if total and not found else None,
    )
    return render_template("matches/index.html", shell=shell("duplicates"), view=view)


def _rows(doubts: Sequence[Doubt]) -> tuple[MatchRow, ...]:
    taken = queue.followed(g.db, g.actor, doubts)
    return tuple(_row(doubt, (doubt.location.id, doubt.listing.source) in taken) for doubt in doubts)


def _row(doubt: Doubt, taken: bool) -> MatchRow:
    match, listing, location = doubt.match, doubt.listing, doubt.location
    acts: tuple[Act, ...] = ()
    if g.actor.may(May.DECIDE):
        values = (("location_id", str(location.id)), ("next", "list"))
        addresses = {
            act: url_for(f"belonging.{act}", listing_id=listing.id) for act in ("yes", "second", "no")
        }
        second = Act(SECOND, addresses["second"], style="quiet", values=values)
        acts = (
            Act(f"Yes, it is {location.code}", addresses["yes"], values=values),
            *((second,) if taken else ()),
            Act("Not ours", addresses["no"], style="quiet", values=values),
        )
    return MatchRow(
        source=listing.source,  # type: ignore[arg-type]
        name=listing_name(listing, g.now),
        facts=listing_facts(listing, g.now),
        href=url_for("matches.show", listing_id=listing.id),
        place=f"{location.code} {place(location)}",
        chance=f"{match.probability:.2f}",
        share=match.probability,
        since=age_of(match.decided_at, g.now),
        acts=acts,
    )


def _chips(counts: dict[str, int], chosen: str) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            SOURCE_MARKS[key][1],
            url_for("matches.index", source=None if key == chosen else key),
            counts.get(key, 0),
            key == chosen,
        )
        for key in SOURCE_MARKS
        if key in counts or key == chosen
    )


def _nothing(total: int) -> NothingFound:
    return NothingFound(
        f"{count(total, 'listing')} are hidden.", Link("Clear filters", url_for("matches.index"))
    )


def _empty() -> Empty:
    return Empty(
        "No listing is in doubt",
        "What a source shows is matched by itself when it is sure. What may be yours, but may be somebody "
        "else’s, waits here for your yes or no.",
        Act("See what stands twice", url_for("duplicates.index"), "get", "filled"),
        Act("Set your limits", url_for("limits.show"), "get"),
    )


@blueprint.get("/matches/<int:listing_id>")
def show(listing_id: int) -> ResponseReturnValue:
    """One listing beside the location it may describe, with all that speaks for and against it."""
    seen = queue.of_listing(g.db, g.actor, listing_id)
    if seen is None:
        abort(404)
    match, listing = seen
    wanted = request.args.get("location", type=int)
    location = one_or_404(Location, wanted) if wanted is not None else None
    search = request.args.get("q", "").strip()[:200]
    asked = cards.Asked(g.db, g.actor, g.now, match, listing, search)
    return render_template(
        "matches/card.html", shell=shell("duplicates"), view=cards.match_card(asked, location)
    )
