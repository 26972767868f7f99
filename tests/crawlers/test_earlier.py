"""What is stored of an address spares a fetch of the same organization, never of another."""

import pytest

from crawlers.earlier import load_earlier
from listings.db import Database
from listings.models.listing import Listing
from listings.snapshots import Fetched, pack, store
from listings.sources import SOURCES, WEBSITE
from tests.domain import NOW, organization

pytestmark = pytest.mark.db
URL = "https://oak.example/1"


def test_an_answer_in_use_is_known_to_its_own_organization_only(database: Database) -> None:
    source = SOURCES[WEBSITE]
    with database.write() as session:
        ours, theirs = organization(session), organization(session, "Oak Books")
        fetched = Fetched(URL, 200, "ok", pack(b"<p>"), NOW, "test-1", etag='"v1"')
        kept = store(session, ours, source, fetched)
        session.add(
            Listing(
                organization_id=ours, source=WEBSITE, source_id=URL, snapshot_id=kept.id,
                first_seen_at=NOW, last_seen_at=NOW,
            )
        )  # fmt: skip
        session.flush()
        known = load_earlier(session, ours, source, 0).in_use[URL]
        assert known.snapshot_id == kept.id
        assert known.conditions is not None
        assert known.conditions.etag == '"v1"'
        assert not load_earlier(session, theirs, source, 0).in_use
