"""Three first words for an answer, filled with what is known; a person edits and sends them."""

from dataclasses import dataclass

LOW = 3
"""Up to so many stars something went wrong and the drafts say sorry."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A named text."""

    label: str
    text: str


def drafts(*, author: str | None, rating: float | None, place: str, phone: str) -> tuple[Draft, ...]:
    """A short answer, one that says more, one that goes on elsewhere.

    `place` is how customers call the location, `phone` its number as they dial it; "" where there
    is none. No draft repeats what the review says: it may be wrong or nobody's business.
    """
    name = first_name(author)
    reach = (
        f" Call us at {phone} and ask for the manager" if phone else " Ask for the manager when you are back"
    )
    if rating is not None and rating <= LOW:
        hello = f"{name}, we" if name else "We"
        return (
            Draft("Short", f"{hello} are sorry about this. Thank you for telling us."),
            Draft(
                "Apology",
                f"{hello} are sorry. This isn’t how a visit to {place} should be, and we are looking "
                "into what went wrong. Thank you for telling us.",
            ),
            Draft(
                "Take it offline",
                f"{hello} are sorry and would like to make this right in person.{reach}; we will listen.",
            ),
        )
    thanks = f"Thank you, {name}." if name else "Thank you."
    return (
        Draft("Short", thanks),
        Draft("More", f"{thanks} Everybody at {place} is glad to read this. See you soon."),
        Draft("Take it offline", f"{thanks} If there is anything we could do better, tell us.{reach}."),
    )


def first_name(author: str | None) -> str:
    """The name to greet somebody by; "" for nobody and for names that sources give the nameless."""
    words = (author or "").split()
    if not words or not words[0][0].isalpha() or words[0].casefold() in {"a", "ein", "un", "anonymous"}:
        return ""
    return words[0].strip(".,;") if len(words[0]) > 1 else ""
