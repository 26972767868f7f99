"""Is this listing yours? A person's word on whether a listing describes a location, and back again."""

from flask import Blueprint, g, redirect, url_for
from flask.typing import ResponseReturnValue

from listings import audit, link
from listings.access import scoped
from listings.models.listing import Listing, Match, Verdict
from listings.models.location import Location
from reputation.ingest import follow_listing
from web.frame import say
from web.refusals import refuse
from web.request import one_or_404
from web.screens.elements import SOURCE_MARKS, Act

blueprint = Blueprint("belonging", __name__)


@blueprint.post("/listings/<int:listing_id>/yes")
def yes(listing_id: int) -> ResponseReturnValue:
    """The listing describes the location it was proposed for."""
    return _rule(listing_id, same=True)


@blueprint.post("/listings/<int:listing_id>/no")
def no(listing_id: int) -> ResponseReturnValue:
    """It describes another place, or nobody's."""
    return _rule(listing_id, same=False)


@blueprint.post("/listings/<int:listing_id>/locations/<int:location_id>/ask-again")
def ask_again(listing_id: int, location_id: int) -> ResponseReturnValue:
    """Take a word back: it is open again whether the listing describes this location."""
    location = one_or_404(Location, location_id)
    word = g.db.scalar(
        scoped(g.actor, Verdict).where(Verdict.listing_id == listing_id, Verdict.location_id == location.id)
    )
    if word is None:
        one_or_404(Match, listing_id)
        return refuse("Nobody has decided on this listing.", "locations", "Back to the locations")
    listing = g.db.get_one(Listing, word.listing_id)
    link.ask_again(g.db, listing, location_id, g.now)
    follow_listing(g.db, listing)
    audit.record(g.db, g.actor, "match.asked_again", listing, g.now, detail={"location_id": location_id})
    say("Taken back: the listing waits for a decision again")
    return redirect(url_for("locations.one", location_id=location_id), 303)


def _rule(listing_id: int, *, same: bool) -> ResponseReturnValue:
    # A candidate belongs to no location yet: who sees the location it is proposed for may decide.
    match = one_or_404(Match, listing_id)
    location_id = match.location_id
    if location_id is None:
        return refuse("Somebody has decided on this listing already.", "locations", "Back to the locations")
    listing = g.db.get_one(Listing, match.listing_id)
    link.rule(g.db, listing, location_id, same, g.actor.person_id, g.now)
    follow_listing(g.db, listing)
    act = "match.confirmed" if same else "match.rejected"
    audit.record(g.db, g.actor, act, listing, g.now, detail={"location_id": location_id})
    name = SOURCE_MARKS[listing.source][1]
    action = url_for("belonging.ask_again", listing_id=listing.id, location_id=location_id)
    text = f"The listing on {name} is yours" if same else f"The listing on {name} is not yours"
    say(text, Act("Undo", action, style="text", key="u"))
    return redirect(url_for("locations.one", location_id=location_id), 303)
