"""Reviews that lost what reviews don't lose: then the source's answers have changed, not its reviews."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from reputation.models.review import Review
from reputation.records import ReviewRecord

AT_LEAST = 3
"""Reviews; a single writer may well take the words back, or the name."""


def wiped(session: Session, organization_id: int, source: str, records: Sequence[ReviewRecord]) -> str | None:
    """Why these records can't be what the source's reviews say now, in words; None when they may.

    A rating is never taken away from a review that stands; words and names are, here and there.
    """
    shown = {record.source_review_id: record for record in records if record.source_review_id}
    if not shown:
        return None
    stored = session.execute(
        _STORED, {"organization_id": organization_id, "source": source, "ids": list(shown)}
    ).all()
    rated = [shown[name].rating for name, rating, _, _ in stored if rating is not None]
    if None in rated:
        return f"{rated.count(None)} of {len(rated)} known reviews have no rating any more"
    for what, now in (
        ("words", [shown[name].text or shown[name].original_text for name, _, text, _ in stored if text]),
        ("writer", [shown[name].author for name, _, _, author in stored if author]),
    ):
        gone = sum(1 for value in now if not value)
        if gone >= AT_LEAST and gone * 2 > len(now):
            return f"{gone} of {len(now)} known reviews have no {what} any more"
    return None


# Made once: it is asked for every page of reviews.
_STORED = sa.select(
    Review.source_review_id,
    Review.rating,
    sa.func.coalesce(Review.original_text, Review.text),
    Review.author,
).where(
    Review.organization_id == sa.bindparam("organization_id"),
    Review.source == sa.bindparam("source"),
    Review.source_review_id.in_(sa.bindparam("ids", expanding=True)),
)
