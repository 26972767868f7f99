"""What follows from a probability that a listing describes a location."""

from enum import StrEnum


class Decision(StrEnum):
    """Linked, asked about (a person decides), or left."""

    MATCH = "match"
    REVIEW = "review"
    NO_MATCH = "no_match"
