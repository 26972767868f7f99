"""Of a place only its id is written to disk: not to a table of ours or of the jobs, not to the file, not to a log."""

import logging
import re

import pytest
import sqlalchemy as sa
import structlog

from listings import logs
from listings.fix import send_fix
from listings.models.listing import Listing
from listings.models.mismatch import Mismatch
from tests.flows.conftest import Loop

pytestmark = pytest.mark.db


def shown_only_there(loop: Loop) -> set[str]:
    """What Google Places says of the chain and its own file does not, in the spellings that could be kept."""
    truth = [row for row in loop.truth()["mismatches"] if row["source"] == "google_places"]
    planted = {str(row["planted"]) for row in truth if row["field"] in {"phone", "street", "name", "website"}}
    assert len(planted) >= 4
    numbers = {re.sub(r"\D", "", value)[-10:] for value in planted if value.startswith("+")}
    return planted | numbers | {"Bluebird Nail Studio", "bluebirdnails.example"}


def every_row(loop: Loop) -> dict[str, str]:
    """Each table's rows as text, the job engine's tables too."""
    found = {}
    with loop.database.engine.connect() as connection:
        inspector = sa.inspect(connection)
        for schema in (None, *({"dbos"} & set(inspector.get_schema_names()))):
            for table in inspector.get_table_names(schema):
                name = f'"{schema}"."{table}"' if schema else f'"{table}"'
                rows = connection.execute(sa.text(f"SELECT * FROM {name}")).all()  # noqa: S608 - our own tables
                found[name] = repr([tuple(row) for row in rows])
    return found


def test_nothing_of_a_place_stands_in_any_table_file_or_log(
    loop: Loop, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logs.configure("DEBUG")
    caplog.set_level(logging.DEBUG)
    try:
        for _ in range(2):
            assert loop.crawl("google_places").complete
            loop.server.sandbox.advance(1)
        with loop.database.write() as session:
            for row in session.scalars(sa.select(Mismatch).limit(3)).all():
                send_fix(session, row, person_id=1, now=loop.door.clock())
    finally:
        structlog.reset_defaults()
    secrets = shown_only_there(loop)
    for table, text in every_row(loop).items():
        assert [secret for secret in secrets if secret in text] == [], table
    told = "".join(capsys.readouterr()) + caplog.text
    assert [secret for secret in secrets if secret in told] == []
    if loop.database.sqlite:
        file = loop.database.url.removeprefix("sqlite:///")
        for part in ("", "-wal"):
            with open(f"{file}{part}", "rb") as opened:  # noqa: PTH123 - the file's own name, not a path of ours
                raw = opened.read()
            assert [secret for secret in secrets if secret.encode() in raw] == []
    with loop.database.read() as session:
        assert session.scalars(sa.select(Listing.source_id)).all()
        assert session.scalar(sa.select(sa.func.count(Mismatch.id)))
