"""BBB's three figures, which are never mixed: the letter grade, the star average, the complaints.

Customer reviews do not enter the grade, and a grade is never turned into stars.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from crawlers.formats import shown


class Grade(msgspec.Struct):
    """The letter rating, A+ to F, NR for not rated."""

    bbbRating: str | None = None  # noqa: N815 - BBB's name


class Summary(msgspec.Struct):
    """The reviewsComplaintsSummary of a profile."""

    averageOfReviewStarRatings: float | None = None  # noqa: N815
    reviewsTotal: int | None = None  # noqa: N815
    complaintsTotal: int | None = None  # noqa: N815
    totalClosedComplaintsPastThreeYears: int | None = None  # noqa: N815
    totalClosedComplaintsPastTwelveMonths: int | None = None  # noqa: N815
    suppressReviews: bool | None = None  # noqa: N815


MOST_REVIEWS = 10_000
"""BBB counts no further; the true number may be higher."""


def stars(said: Summary) -> float | None:
    """The star average; 0 stands for none."""
    return shown.between(said.averageOfReviewStarRatings, 1, 5)


def count(number: int | None) -> int | None:
    """A count; None for what is none."""
    return number if number is not None and number >= 0 else None


def figures(grade: Grade | None, summary: Summary | None) -> dict[str, Any]:
    """The figures that an answer shows, null where it shows none."""
    found: dict[str, Any] = {}
    if grade is not None:
        found["grade"] = shown.text(grade.bbbRating)
    if summary is not None:
        found |= {
            "stars": stars(summary),
            "complaints": count(summary.complaintsTotal),
            "complaints_closed_three_years": count(summary.totalClosedComplaintsPastThreeYears),
            "complaints_closed_twelve_months": count(summary.totalClosedComplaintsPastTwelveMonths),
        }
        if summary.suppressReviews:
            found["reviews_suppressed"] = True
        if summary.reviewsTotal == MOST_REVIEWS:
            found["review_count_capped"] = True
    return found


def without_nothing(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that say something; False and 0 do."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
