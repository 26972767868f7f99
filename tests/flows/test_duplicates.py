"""What stands twice in the whole loop: found after a crawl, reported by a person, gone when the source lets it go."""

from threading import Event

import sqlalchemy as sa

from crawlers.matching import compare_records, find_duplicates, follow_second_listings
from crawlers.sandbox.planting import Role
from listings import duplicate_acts
from listings.duplicates import FIND_DUPLICATES, FindDuplicates
from listings.job_rows import unfinished_names
from listings.jobs import JobContext
from listings.models.duplicate import Duplicate, DuplicateKind, DuplicateState
from listings.models.listing import Decision, Listing, Match
from listings.observe import mark_missing
from tests.domain import somebody
from tests.flows.conftest import NOW, Loop


def twice(loop: Loop) -> dict[str, Duplicate]:
    """The duplicates by the source's id of the second listing."""
    with loop.database.read() as session:
        rows = session.execute(
            sa.select(Listing.source_id, Duplicate).join(Duplicate, Duplicate.other_listing_id == Listing.id)
        )
        return {source_id: row for source_id, row in rows}  # noqa: C416 - rows are no pairs to mypy


def planted(loop: Loop, role: Role, source: str) -> set[str]:
    rows = loop.truth()["listings"]
    return {row["source_id"] for row in rows if (row["role"], row["source"]) == (role.value, source)}


def asked(loop: Loop) -> set[str]:
    """The source's ids of the listings that wait for a person's word."""
    with loop.database.read() as session:
        rows = session.execute(sa.select(Listing, Match).join(Match, Match.listing_id == Listing.id))
        return {
            listing.source_id
            for listing, match in rows
            if match.decision is Decision.REVIEW and match.duplicate_of is None
        }


def bare(source_ids: set[str]) -> set[str]:
    return {source_id.removeprefix("locations/") for source_id in source_ids}


def test_every_planted_second_listing_is_found_once_and_nothing_else(loop: Loop) -> None:
    for _ in range(2):
        for source in ("google", "google_places"):
            loop.crawl(source)
            follow_second_listings(loop.door, loop.organization_id, source)
    second = planted(loop, Role.DUPLICATE, "google") | planted(loop, Role.DUPLICATE, "google_places")
    found = bare(set(twice(loop)))
    assert found
    # One under another name may be in doubt first: then it is asked about.
    assert found <= second <= found | bare(asked(loop))
    assert {row.state for row in twice(loop).values()} == {DuplicateState.OPEN}


def test_a_crawl_asks_for_its_duplicates_and_the_job_finds_them(loop: Loop) -> None:
    loop.crawl("google")
    with loop.database.read() as session:
        assert FIND_DUPLICATES.name in unfinished_names(session)
    payload = FindDuplicates(loop.organization_id, "google", "a slot")
    find_duplicates(loop.door, JobContext("find_duplicates:1", Event()), payload)
    assert twice(loop)


def test_one_that_its_source_lets_go_is_resolved_by_the_next_look(loop: Loop) -> None:
    loop.crawl("google")
    follow_second_listings(loop.door, loop.organization_id, "google")
    row = next(iter(twice(loop).values()))
    with loop.database.write() as session:
        ada = somebody(session, loop.organization_id)
        duplicate_acts.report(session, session.get_one(Duplicate, row.id), person_id=ada, now=NOW)
        mark_missing(session, session.get_one(Listing, row.other_listing_id), NOW)
    follow_second_listings(loop.door, loop.organization_id, "google")
    with loop.database.read() as session:
        assert session.get_one(Duplicate, row.id).state is DuplicateState.RESOLVED


def test_the_kiosk_near_by_waits_for_a_person(loop: Loop) -> None:
    loop.crawl("google")
    kiosks = planted(loop, Role.KIOSK, "google")
    assert kiosks
    assert kiosks <= bare(asked(loop)) <= kiosks | planted(loop, Role.DUPLICATE, "google")


def test_no_two_locations_of_the_chain_look_like_one(loop: Loop) -> None:
    compare_records(loop.door, loop.organization_id)
    with loop.database.read() as session:
        kinds = set(session.scalars(sa.select(Duplicate.kind)))
    assert DuplicateKind.LOCATION not in kinds
