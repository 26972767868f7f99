"""Which crawls are due, and in which pieces."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from listings.crawl_plan import BATCH, begin_crawls, connected, crawls_of
from listings.db import Database
from listings.models.crawl import Credential, SourceState
from listings.sources import GOOGLE, SOURCES, WEBSITE
from tests.domain import NOW, organization, place

pytestmark = pytest.mark.db


def connect(session: Session, organization_id: int, source: str = GOOGLE) -> None:
    session.add(
        Credential(organization_id=organization_id, source=source, name=source, secret=b"", created_at=NOW)
    )
    session.flush()


def test_an_account_is_read_whole_and_other_sources_in_pieces(database: Database) -> None:
    with database.write() as session:
        organization_id = organization(session)
        ids = [place(session, organization_id, f"A{number}").id for number in range(BATCH + 1)]
        place(session, organization(session, "Oak Books"), "B1")
        whole = crawls_of(session, organization_id, SOURCES[GOOGLE], "s")
        pieces = crawls_of(session, organization_id, SOURCES[WEBSITE], "s")
        narrowed = crawls_of(session, organization_id, SOURCES[GOOGLE], "s", ids[:1])
    assert [one.location_ids for one in whole] == [None]
    assert [one.location_ids for one in pieces] == [ids[:BATCH], ids[BATCH:]]
    assert [(one.location_ids, one.narrowed) for one in narrowed] == [(ids[:1], True)]
    assert len({one.slot for one in pieces}) == 2


def test_a_source_is_asked_for_those_who_connected_and_did_not_pause_it(database: Database) -> None:
    with database.write() as session:
        ours, theirs, paused = (organization(session, name) for name in ("Elm", "Oak", "Ash"))
        connect(session, ours)
        connect(session, paused)
        session.add(SourceState(organization_id=paused, source=GOOGLE, paused_at=NOW))
        session.flush()
        assert begin_crawls(session, SOURCES[GOOGLE], "slot") == 1
        assert GOOGLE not in {source.key for source in connected(session, theirs)}
        assert WEBSITE in {source.key for source in connected(session, theirs)}


def test_two_clocks_that_ask_for_one_slot_start_it_once(database: Database) -> None:
    with database.write() as session:
        connect(session, organization(session))
    for _ in range(2):
        with database.write() as session:
            begin_crawls(session, SOURCES[GOOGLE], "slot")
    with database.read() as session:
        tables = sa.inspect(session.connection()).get_table_names()
        assert "workflow_status" in tables or not database.sqlite
        schema = "" if database.sqlite else "dbos."
        count = session.scalar(
            sa.text(f"SELECT count(*) FROM {schema}workflow_status WHERE name = 'crawl_google'")  # noqa: S608
        )
    assert count == 1
