"""One widget as its editor shows it: options, preview, lines to copy, what is left out and why."""

import datetime as dt
import gzip
import json
from collections.abc import Sequence

import sqlalchemy as sa
from flask import current_app, url_for
from markupsafe import escape
from sqlalchemy.orm import Session

from listings.access import Act as May
from listings.access import Actor
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.organization import Organization
from listings.retention import readable_listings
from listings.source_terms import Display
from listings.sources import SOURCES, SourceFacts
from reputation.models.review import Review
from reputation.models.widget import Widget
from reputation.publish import PUBLIC_SOURCES
from web.public_page import structured
from web.published import Shown, true_total
from web.screens.elements import Act, Choice, Link
from web.screens.pages import LeftOut, Snippet, WidgetView
from web.widget_data import absolute, contents, home_of, options_of, selection_of
from web.widget_form import Given, fields
from web.widget_script import widget_script
from web.wording import count, number

WIDTHS = (360, 600, 0)
WHY_NOT = {
    Display.EXCERPTS: "Stands on a location’s page for a day at a time, apart from all other reviews",
    Display.THROUGH: "May be looked at and not stored, so a widget can’t hold it",
    Display.LINK: "Its words may not be published, only a link to its page",
    Display.NONE: "May not be published",
}


def editor(
    db: Session,
    actor: Actor,
    widget: Widget,
    locations: Sequence[Location],
    *,
    width: int,
    now: dt.datetime,
    given: Given | None = None,
) -> WidgetView:
    """The widget with its form, or with a form that was refused."""
    data, found = contents(db, widget, now)
    script = widget_script(data)
    organization = db.get_one(Organization, widget.organization_id)
    home = home_of(db, widget, organization)
    may = actor.may(May.PUBLISH)
    return WidgetView(
        name=widget.name,
        fact="Widget",
        public_id=widget.public_id,
        script=url_for("widget.script", public_id=widget.public_id),
        fallback=Link(data.name, home),
        fields=fields(widget, locations, given),
        save=Act(
            "Save",
            url_for("pages.save", widget_id=widget.id),
            style="filled",
            why_not="" if may else "Your role looks at widgets and doesn’t change them",
        ),
        snippets=(*_snippets(widget, data.name, home), *_structured(widget, locations)),
        left_out=_left_out(db, widget, found, now),
        left_out_sum=f"{number(len(found.reviews))} of {count(true_total(found.published), 'review')} shown",
        weight=f"{len(gzip.compress(script.encode())) / 1000:.1f} KB with data · 1 request · no cookie",
        widths=tuple(
            Choice(
                f"{each} px" if each else "Full",
                url_for("pages.show", widget_id=widget.id, w=each),
                each == width,
            )
            for each in WIDTHS
        ),
        width=width,
    )


def _snippets(widget: Widget, name: str, home: str) -> tuple[Snippet, ...]:
    origin = str(current_app.config["PUBLIC_URL"])
    public_id, height = widget.public_id, options_of(widget).height
    address = {
        form: absolute(f"widget.{form}", public_id=public_id)
        for form in ("script", "frame", "fragment", "data")
    }
    script = (
        f'<goodstanding-reviews w="{public_id}">\n  <a href="{escape(home)}">{escape(name)}</a>\n'
        f'</goodstanding-reviews>\n<script async src="{address["script"]}"></script>'
    )
    frame = (
        f'<iframe src="{address["frame"]}" title="{escape(name)}" height="{height}"\n'
        '  loading="lazy" style="width: 100%; border: 0"></iframe>'
    )
    return (
        Snippet(
            "Script",
            script,
            f"Content-Security-Policy: script-src {origin}. Nothing else is asked of the page; without "
            "scripts the link stays.",
        ),
        Snippet("Iframe", frame, f"Content-Security-Policy: frame-src {origin}. Works without scripts."),
        Snippet(
            "HTML from your server",
            address["fragment"],
            "Fetch it with your server and put it into the page. Ask again with If-None-Match: customers "
            "edit and delete their words.",
        ),
        Snippet(
            "JSON",
            address["data"],
            "The same data to draw yourself, readable from any origin. Keep the link.",
        ),
    )


def _structured(widget: Widget, locations: Sequence[Location]) -> tuple[Snippet, ...]:
    location = next((each for each in locations if [each.id] == widget.location_ids), None)
    if location is None:
        return ()
    values = json.dumps(structured(location, location.website or ""), indent=2).replace("<", "\\u003c")
    words = Snippet(
        "Structured data (JSON-LD)",
        f'<script type="application/ld+json">\n{values}\n</script>',
        "Name, address, phone and hours for search engines. It holds no stars on purpose: engines show none "
        "for what a business publishes about itself, and reviews of other sites aren’t ours to mark up.",
    )
    return (words,)


def _left_out(db: Session, widget: Widget, found: Shown, now: dt.datetime) -> tuple[LeftOut, ...]:
    ids = selection_of(db, widget).location_ids
    return tuple(
        row
        for row in (_left_out_of(db, widget, source, ids, found, now=now) for source in SOURCES.values())
        if row is not None
    )


def _left_out_of(
    db: Session, widget: Widget, source: SourceFacts, ids: Sequence[int], found: Shown, *, now: dt.datetime
) -> LeftOut | None:
    if source.key in PUBLIC_SOURCES:
        total = next((each for each in found.published.totals if each.source.key == source.key), None)
        if total is None:
            return None
        shown = sum(review.source == source.key for review in found.reviews)
        return LeftOut(
            source.key,  # type: ignore[arg-type]
            number(total.at_source),
            number(shown),
            _why(db, widget, source, ids, found),
        )
    listed = sa.select(sa.func.count(), sa.func.sum(Listing.review_count)).where(
        Listing.organization_id == widget.organization_id,
        Listing.source == source.key,
        Listing.location_id.in_(ids),
        readable_listings(now),
    )
    number_listed, at_source = db.execute(listed).one()
    if not number_listed or source.key == "website":
        return None
    why = WHY_NOT[source.policy.display]
    return LeftOut(source.key, number(at_source) if at_source else "–", "0", why)  # type: ignore[arg-type]


def _why(db: Session, widget: Widget, source: SourceFacts, ids: Sequence[int], found: Shown) -> str:
    here = sa.select(sa.func.count()).where(
        Review.organization_id == widget.organization_id,
        Review.source == source.key,
        Review.location_id.in_(ids),
    )
    gone = db.scalar(here.where(Review.vanished_at.is_not(None))) or 0
    nameless = db.scalar(here.where(Review.vanished_at.is_(None), Review.author.is_(None))) or 0
    reasons = ["The newest, with author, date and link; in the average"]
    if found.published.selected:
        reasons.append(f"{number(found.published.stored - found.published.matching)} left out by your filter")
    if gone:
        reasons.append(f"{number(gone)} no longer at the source")
    if nameless:
        reasons.append(f"{number(nameless)} without an author to attribute them to")
    return ". ".join(reasons)
