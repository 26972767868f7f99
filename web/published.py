"""Reviews and figures as the world may see them, in the form of the public screens.

What may be shown is decided in reputation.publish; here it gets its words: the attribution with a
link, the order, and the true total behind every selection (16 CFR 465.7).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.models.listing import Listing
from reputation.excerpts import Excerpts, excerpts_of
from reputation.grades import grades_of
from reputation.publish import PUBLIC_SOURCES, Published, Selection, SourceTotal, publish
from web.screens.elements import Link
from web.screens.public import PublicExcerpts, PublicRating, PublicReview
from web.wording import count, date, number

Links = dict[tuple[str, int], str]
"""Source and location to where the source shows the place."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything of a selection that a page or a widget prints."""

    ratings: tuple[PublicRating, ...]
    reviews: tuple[PublicReview, ...]
    words: str
    published: Published


def shown(
    session: Session, organization_id: int, selection: Selection, now: dt.datetime, *, by: str
) -> Shown:
    """What may be shown for a selection; `by` heads the answers ("Answer of Ostermill Bakery")."""
    published = publish(session, organization_id, selection, now)
    links = _links(session, organization_id, selection.location_ids)
    return Shown(
        ratings=tuple(_rating(total, links) for total in published.totals if total.average is not None),
        reviews=tuple(_review(published, at, links, now, by) for at in range(len(published.reviews))),
        words=selection_words(published, selection),
        published=published,
    )


def selection_words(published: Published, selection: Selection) -> str:
    """The order, the filter and the true total: a filter can't be used without saying so."""
    total, here = true_total(published), len(published.reviews)
    if not total:
        return ""
    if not published.selected:
        return f"Newest first, all stars: {number(here)} of {count(total, 'review')} shown."
    filters = []
    if selection.min_rating is not None:
        filters.append("5 stars" if selection.min_rating == 5 else f"{selection.min_rating} stars and more")
    if selection.with_text_only:
        filters.append("with words")
    return f"Selected ({', '.join(filters)}): {number(here)} of {count(total, 'review')} shown."


def true_total(published: Published) -> int:
    """The sources' own totals; never fewer than are stored, which a file may have brought."""
    return max(sum(total.at_source for total in published.totals), published.stored)


def _rating(total: SourceTotal, links: Links) -> PublicRating:
    average = total.average or 0.0
    addresses = [url for (source, _), url in links.items() if source == total.source.key]
    label = f"{count(total.at_source, 'review')} on {total.source.label}"
    # Of several places no single page of the source shows this number.
    return PublicRating(
        source=total.source.label,
        shown=f"{average:.1f}",
        stars=round(average, 1),
        link=Link(label, addresses[0] if len(addresses) == 1 else ""),
    )


def _review(published: Published, at: int, links: Links, now: dt.datetime, by: str) -> PublicReview:
    review = published.reviews[at]
    label = f"{review.source.label}, supplied by the business" if review.supplied else review.source.label
    href = review.url or links.get((review.source.key, review.location_id), "")
    return PublicReview(
        author=review.author,
        rating=review.rating,
        text=review.text or "",
        when=date(review.written_at, now),
        iso=f"{review.written_at:%Y-%m-%d}",
        attribution=Link(label, href if href.startswith(("http://", "https://")) else ""),
        source=review.source.key,
        reply=review.answer or "",
        reply_by=by,
    )


def excerpts(
    session: Session, organization_id: int, location_id: int, now: dt.datetime
) -> tuple[PublicExcerpts, ...]:
    """What sources show of their reviews themselves, one card each."""
    return tuple(_card(one, now) for one in excerpts_of(session, organization_id, location_id, now))


def _card(found: Excerpts, now: dt.datetime) -> PublicExcerpts:
    label, link = found.source.label, Link(f"All reviews on {found.source.label}", found.url)
    rating = None
    if found.rating is not None and found.review_count:
        counted = Link(f"{count(found.review_count, 'review')} on {label}", found.url)
        rating = PublicRating(label, f"{found.rating:.1f}", found.rating, counted)
    reviews = tuple(
        PublicReview(
            author=one.author,
            rating=one.rating,
            text=one.text,
            when=date(one.written_at, now),
            iso=f"{one.written_at:%Y-%m-%d}",
            attribution=Link(label, one.url),
            source=found.source.key,
        )
        for one in found.newest
        if one.url.startswith(("http://", "https://"))
    )
    return PublicExcerpts(label, rating, reviews, link)


def grades(
    session: Session, organization_id: int, location_id: int, now: dt.datetime
) -> tuple[PublicRating, ...]:
    """Letters that directories give a location, where they permit it: with the link, and never as stars."""
    return tuple(
        PublicRating(
            source=one.source.label,
            shown=one.letter,
            stars=None,
            link=Link(
                f"{one.source.label}’s grade for handling complaints, {date(one.seen_at, now)}", one.url
            ),
        )
        for one in grades_of(session, organization_id, location_id, now)
    )


def _links(session: Session, organization_id: int, location_ids: Sequence[int]) -> Links:
    query = sa.select(Listing.source, Listing.location_id, Listing.url).where(
        Listing.organization_id == organization_id,
        Listing.location_id.in_(location_ids),
        Listing.source.in_(PUBLIC_SOURCES),
        Listing.missing_since.is_(None),
        Listing.url.is_not(None),
    )
    rows = session.execute(query.order_by(Listing.id.desc())).all()
    return {(source, place): url for source, place, url in rows if place is not None and url is not None}
