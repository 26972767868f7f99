"""A person's word on whose a listing is, and back again."""

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from listings import audit, duplicate_acts, link
from listings.access import scoped
from listings.candidates import stored
from listings.models.listing import Listing, Match, Verdict
from listings.models.location import Location
from reputation.ingest import follow_listing
from web.frame import say
from web.refusals import refuse
from web.request import one_or_404
from web.screens.elements import Act
from web.source_words import source_words

blueprint = Blueprint("belonging", __name__)


@blueprint.post("/listings/<int:listing_id>/yes")
def yes(listing_id: int) -> ResponseReturnValue:
    """The listing describes the location of the form, by default the one it was proposed for."""
    match, location = _pair(listing_id)
    if location is None:
        return _too_late()
    if location.duplicate_of is not None:
        return refuse(
            f"{location.code} is marked as a duplicate. Choose the record that stays.", "duplicates", "Back"
        )
    listing = g.db.get_one(Listing, match.listing_id)
    link.rule(g.db, listing, location.id, True, g.actor.person_id, g.now)
    _done(listing, "match.confirmed", location.id)
    say(f"The listing on {source_words(listing.source)} is {location.code}", _undo(listing, location.id))
    return redirect(_next(location.id), 303)


@blueprint.post("/listings/<int:listing_id>/second")
def second(listing_id: int) -> ResponseReturnValue:
    """It is the location of the form, but the one that is followed there stays: this one stands twice."""
    match, location = _pair(listing_id)
    if location is None:
        return _too_late()
    listing = g.db.get_one(Listing, match.listing_id)
    try:
        duplicate_acts.second(g.db, listing, location.id, person_id=g.actor.person_id, now=g.now)
    except duplicate_acts.Refused as why:
        return refuse(str(why), "duplicates", "Back to the list")
    _done(listing, "match.second", location.id)
    said = f"The listing on {source_words(listing.source)} is a second one of {location.code}"
    say(f"{said}; it is among the duplicates", _undo(listing, location.id))
    return redirect(_next(location.id), 303)


@blueprint.post("/listings/<int:listing_id>/no")
def no(listing_id: int) -> ResponseReturnValue:
    """It doesn't describe the location of the form; what else it may be is asked after the next reading."""
    match, location = _pair(listing_id)
    if location is None:
        return _too_late()
    listing = g.db.get_one(Listing, match.listing_id)
    link.rule(g.db, listing, location.id, False, g.actor.person_id, g.now)
    _done(listing, "match.rejected", location.id)
    said = f"The listing on {source_words(listing.source)} is not {location.code}"
    say(said, _undo(listing, location.id))
    return redirect(_next(location.id), 303)


@blueprint.post("/listings/<int:listing_id>/none")
def none(listing_id: int) -> ResponseReturnValue:
    """It describes none of the locations that were weighed, as far as they are this person's to decide on."""
    match, location = _pair(listing_id)
    if location is None:
        return _too_late()
    others = {one.location_id for one in stored(match.candidates)} - {location.id}
    mine = g.db.scalars(
        scoped(g.actor, Location).where(Location.id.in_(others)).with_only_columns(Location.id)
    )
    listing = g.db.get_one(Listing, match.listing_id)
    link.rule_out(g.db, listing, [location.id, *mine], g.actor.person_id, g.now)
    _done(listing, "match.rejected", location.id)
    said = f"The listing on {source_words(listing.source)} is none of your locations"
    say(said, _undo(listing, location.id))
    return redirect(_next(location.id), 303)


@blueprint.post("/listings/<int:listing_id>/locations/<int:location_id>/ask-again")
def ask_again(listing_id: int, location_id: int) -> ResponseReturnValue:
    """Take a word back: it is open again whose the listing is."""
    location = one_or_404(Location, location_id)
    word = g.db.scalar(
        scoped(g.actor, Verdict).where(Verdict.listing_id == listing_id, Verdict.location_id == location.id)
    )
    if word is None:
        one_or_404(Match, listing_id)
        return refuse("Nobody has decided on this listing.", "duplicates", "Back to the list")
    listing = g.db.get_one(Listing, word.listing_id)
    twice = duplicate_acts.called_second(g.db, listing.id)
    if twice is not None:
        duplicate_acts.undo(g.db, twice, now=g.now)
    else:
        link.ask_again(g.db, listing, location_id, g.now)
    _done(listing, "match.asked_again", location_id)
    say("Taken back: the listing waits for a decision again")
    return redirect(url_for("matches.show", listing_id=listing.id), 303)


def _pair(listing_id: int) -> tuple[Match, Location | None]:
    """The match in sight, and the location that is meant; None when nobody is asked any more.

    A listing in doubt belongs to no location yet: who sees the location it is proposed for may
    decide, on that location or another of their own.
    """
    match = one_or_404(Match, listing_id)
    if match.location_id is None:
        return match, None
    named = request.form.get("location_id", "")
    location_id = int(named) if named.isascii() and named.isdigit() and len(named) < 19 else match.location_id
    return match, one_or_404(Location, location_id)


def _too_late() -> ResponseReturnValue:
    return refuse("Somebody has decided on this listing already.", "duplicates", "Back to the list")


def _done(listing: Listing, act: str, location_id: int) -> None:
    follow_listing(g.db, listing)
    audit.record(g.db, g.actor, act, listing, g.now, detail={"location_id": location_id})


def _undo(listing: Listing, location_id: int) -> Act:
    action = url_for("belonging.ask_again", listing_id=listing.id, location_id=location_id)
    return Act("Undo", action, style="text", key="u")


def _next(location_id: int) -> str:
    """Where the person goes on: the next card, the list, or the location they came from."""
    following = request.form.get("next", "")
    if following == "list":
        return url_for("matches.index")
    if following.isascii() and following.isdigit() and len(following) < 19:
        return url_for("matches.show", listing_id=int(following))
    return url_for("locations.one", location_id=location_id)
