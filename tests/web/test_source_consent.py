"""Connecting a Google account: a state that is good once, for a while, and only where it was asked for."""

import base64
import hashlib
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import SecretStr
from sqlalchemy.orm import undefer
from werkzeug.test import TestResponse

from listings.consent import UNKNOWN
from listings.db import Database
from listings.models.consent import Consent, ConsentState
from listings.models.crawl import Credential
from listings.models.withdrawal import Withdrawal, WithdrawalState
from listings.secrets import Vault
from listings.settings import Settings
from tests.web.moment import Moment
from tests.web.visitor import Visitor
from tests.web.world import World
from web.app import create_app

Somebody = Callable[[str], Visitor]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"google_client_id": "client.example", "google_client_secret": SecretStr("CANARY")}
    )


def sent_to(answer: TestResponse) -> dict[str, str]:
    """What goes to the consent page."""
    assert answer.status_code == 303
    return {key: values[0] for key, values in parse_qs(urlsplit(answer.location).query).items()}


def begin(visitor: Visitor) -> dict[str, str]:
    return sent_to(visitor.post("/sources/google/consent"))


def come_back(visitor: Visitor, state: str, **said: str) -> TestResponse:
    return visitor.post("/sources/google/answer", {"state": state, **({"code": "c0de"} | said)})


def consents(database: Database) -> list[Consent]:
    with database.read() as db:
        query = sa.select(Consent).options(undefer(Consent.code), undefer(Consent.verifier))
        return list(db.scalars(query.order_by(Consent.id)))


def jobs(database: Database) -> int:
    with database.read() as db:
        return db.scalar(sa.text("select count(*) from workflow_status where name = 'redeem_code'")) or 0


def test_a_person_is_sent_to_google_with_state_and_challenge(
    somebody: Somebody, database: Database, settings: Settings
) -> None:
    answer = somebody("admin").post("/sources/google/consent")
    assert answer.location.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    asked = sent_to(answer)
    assert asked["client_id"] == "client.example"
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/sources/google/callback"
    assert (asked["response_type"], asked["access_type"]) == ("code", "offline")
    assert asked["scope"] == "https://www.googleapis.com/auth/business.manage"
    (row,) = consents(database)
    assert asked["state"] not in repr(vars(row))
    verifier = Vault(settings).open(row.verifier or b"")["verifier"]
    digest = hashlib.sha256(verifier.encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert asked["code_challenge_method"] == "S256"
    assert "CANARY" not in answer.location


def test_coming_back_changes_nothing_until_the_page_hands_the_answer_in(
    somebody: Somebody, database: Database
) -> None:
    admin = somebody("admin")
    state = begin(admin)["state"]
    page = admin.get(f"/sources/google/callback?state={state}&code=c0de&scope=x")
    assert f'value="{state}"' in page.text
    assert consents(database)[0].state is ConsentState.ASKED
    assert come_back(admin, state).status_code == 303
    (row,) = consents(database)
    assert row.state is ConsentState.ANSWERED
    assert b"c0de" not in (row.code or b"")
    assert jobs(database) == 1
    assert "Finding out what this account reaches" in admin.get("/sources/google").text


def refused(answer: TestResponse) -> bool:
    return answer.status_code == 409 and UNKNOWN in answer.text


def test_a_state_is_good_once(somebody: Somebody, database: Database) -> None:
    admin = somebody("admin")
    state = begin(admin)["state"]
    come_back(admin, state)
    assert refused(come_back(admin, state, code="another"))
    assert jobs(database) == 1


def test_a_state_expires(somebody: Somebody, database: Database, moment: Moment) -> None:
    admin = somebody("admin")
    state = begin(admin)["state"]
    moment.passes(minutes=10, seconds=1)
    assert refused(come_back(admin, state))
    assert jobs(database) == 0


@pytest.mark.parametrize("state", ["", "made-up", "x" * 5_000])
def test_a_state_that_nobody_asked_for_is_refused(somebody: Somebody, database: Database, state: str) -> None:
    admin = somebody("admin")
    begin(admin)
    assert refused(come_back(admin, state))
    assert jobs(database) == 0


def test_another_log_in_of_the_same_person_cannot_use_it(somebody: Somebody, database: Database) -> None:
    state = begin(somebody("admin"))["state"]
    assert refused(come_back(somebody("admin"), state))
    assert jobs(database) == 0


def test_another_organization_cannot_use_it_and_learns_nothing(
    somebody: Somebody, database: Database
) -> None:
    state = begin(somebody("admin"))["state"]
    outsider = somebody("foreign_admin")
    stolen, invented = come_back(outsider, state), come_back(outsider, "invented")
    assert refused(stolen)
    assert refused(invented)
    assert consents(database)[0].state is ConsentState.ASKED
    assert "Looking what" not in outsider.get("/sources/google").text


def test_an_answer_of_another_server_is_refused(somebody: Somebody, database: Database) -> None:
    admin = somebody("admin")
    state = begin(admin)["state"]
    assert refused(come_back(admin, state, iss="https://accounts.evil.example"))
    assert come_back(admin, state, iss="https://accounts.google.com").status_code == 303


def test_somebody_who_declines_is_told_that_nothing_was_connected(
    somebody: Somebody, database: Database
) -> None:
    admin = somebody("admin")
    state = begin(admin)["state"]
    come_back(admin, state, code="", error="access_denied")
    (row,) = consents(database)
    assert (row.state, row.verifier, row.code) == (ConsentState.REFUSED, None, None)
    assert "You declined on the source’s page" in admin.get("/sources/google").text
    assert jobs(database) == 0


@pytest.mark.parametrize("who", ["viewer", "manager_of_a", "marketer"])
def test_only_an_administrator_connects(somebody: Somebody, who: str) -> None:
    visitor = somebody(who)
    assert visitor.post("/sources/google/consent").status_code == 403
    assert "Connect Google" not in visitor.get("/sources/google").text


def test_the_page_lets_its_form_lead_to_google_and_nowhere_else(somebody: Somebody) -> None:
    admin = somebody("admin")
    policy = admin.get("/sources/google").headers["Content-Security-Policy"]
    assert "form-action 'self' https://accounts.google.com;" in policy
    assert "accounts.google.com" not in admin.get("/sources/website").headers["Content-Security-Policy"]


def test_without_an_oauth_client_only_a_token_can_be_pasted(
    database: Database, world: World, moment: Moment, settings: Settings
) -> None:
    bare = create_app(settings.model_copy(update={"google_client_id": ""}), database, now=moment)
    admin = Visitor(bare).becomes(database, world.people["admin"], moment)
    assert "/sources/google/consent" not in admin.get("/sources/google").text
    assert admin.post("/sources/google/consent").status_code == 409


def credential(database: Database, organization_id: int, name: str, moment: Moment) -> int:
    with database.write() as db:
        row = Credential(
            organization_id=organization_id, source="google", name=name, secret=b"", created_at=moment.now
        )
        db.add(row)
        db.flush()
        return row.id


def test_what_becomes_of_a_disconnected_account_is_told_to_its_organization_only(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    told = {
        WithdrawalState.ASKED: "Google is being told",
        WithdrawalState.WITHDRAWN: "withdrawn at Google",
        WithdrawalState.KEPT: "the same account is connected",
        WithdrawalState.FAILED: "Withdraw it there yourself",
    }
    with database.write() as db:
        for state in told:
            db.add(
                Withdrawal(
                    organization_id=world.organizations["own"], source="google", account="accounts/1",
                    label=f"Canary {state}", state=state, asked_at=moment.now,
                    finished_at=None if state is WithdrawalState.ASKED else moment.now,
                )
            )  # fmt: skip
    page = somebody("admin").get("/sources/google").text
    assert [text for text in told.values() if text not in page] == []
    assert "every 2s" in page
    outsider = somebody("foreign_admin").get("/sources/google").text
    assert [state for state in told if f"Canary {state}" in outsider] == []
    moment.passes(days=8)
    later = somebody("admin").get("/sources/google").text
    assert "Canary asked" in later
    assert "Canary failed" not in later
    assert "every 2s" not in later


def test_disconnecting_deletes_the_access_and_leaves_a_job_to_tell_google(
    somebody: Somebody, database: Database, world: World, moment: Moment
) -> None:
    admin = somebody("admin")
    come_back(admin, begin(admin)["state"])
    ours = credential(database, world.organizations["own"], "accounts/1", moment)
    with database.write() as db:
        consent = db.scalars(sa.select(Consent)).one()
        consent.state, consent.credential_id = ConsentState.CONNECTED, ours
    answer = admin.post("/sources/google/disconnect", {"credential": str(ours)})
    assert "Google is told to withdraw it" in admin.get(answer.location).text
    with database.read() as db:
        assert db.scalars(sa.select(Credential)).all() == []
        assert db.scalar(sa.text("select count(*) from workflow_status where name = 'withdraw_access'")) == 1


def test_an_account_is_disconnected_by_its_own_organization_only(
    somebody: Somebody, app: Flask, database: Database, world: World, moment: Moment
) -> None:
    ours = credential(database, world.organizations["own"], "accounts/1", moment)
    form = {"credential": str(ours)}
    assert somebody("foreign_admin").post("/sources/google/disconnect", form).status_code == 409
    assert somebody("admin").post("/sources/google/disconnect", form).status_code == 303
    assert somebody("admin").post("/sources/google/disconnect", form).status_code == 409
    with database.read() as db:
        assert db.scalars(sa.select(Credential)).all() == []
