"""Jobs that gave up: what each was about, why, how often it ran, and what can be done."""

from dataclasses import dataclass

from web.screens.elements import Act, Age, Empty, Link


@dataclass(frozen=True, slots=True)
class FailedJobRow:
    """One job. `about` is where its subject stands, `why` a sentence, `follows` what giving up means."""

    title: str
    about: Link
    why: str
    ran: str
    since: Age
    follows: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class FailedJobsView:
    """Template sources/jobs.html."""

    fact: str
    back: str
    jobs: tuple[FailedJobRow, ...] = ()
    acts: tuple[Act, ...] = ()
    empty: Empty | None = None
