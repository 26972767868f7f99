"""From the consent page to an access that crawls: the code redeemed, accounts side by side, consents withdrawn."""

import base64
import hashlib
import http.client
import re
import secrets
import threading
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from crawlers.access import NoAccess
from crawlers.redeem import INTERRUPTED, redeem_code
from crawlers.sandbox import google, oauth
from listings import consent as consents
from listings.consent import RedeemCode
from listings.job_rows import unfinished_names
from listings.jobs import JobContext
from listings.models.consent import Consent, ConsentState
from listings.models.crawl import Credential, CredentialState
from listings.models.listing import Listing
from listings.models.organization import Organization
from listings.models.person import Person, Role
from listings.settings import Settings
from tests.flows.conftest import NOW, Loop

pytestmark = pytest.mark.db

CONTEXT = JobContext("test", threading.Event())
BACK = "http://127.0.0.1:8000/sources/google/callback"
LOG_IN = "the token of a log-in"


def settings_of(loop: Loop) -> Settings:
    return Settings(
        google_client_id=oauth.CLIENT_ID, google_client_secret=SecretStr(oauth.CLIENT_SECRET), demo=True
    )


def page(loop: Loop, url: str) -> str:
    """A page of the sandbox, as a browser gets it."""
    at = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", loop.server.port, timeout=10)
    connection.request("GET", f"/{oauth.CONSENT_HOST}{at.path}?{at.query}")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def consent_page(loop: Loop, asked: consents.Asked, **changed: str) -> str:
    query = {
        "client_id": oauth.CLIENT_ID, "redirect_uri": BACK, "response_type": "code",
        "scope": oauth.SCOPE, "state": asked.state, "code_challenge": asked.challenge,
        "code_challenge_method": "S256", "access_type": "offline",
    }  # fmt: skip
    return page(loop, f"https://accounts.google.com{oauth.CONSENT_PATH}?{urlencode(query | changed)}")


def person(loop: Loop) -> int:
    with loop.database.write() as session:
        row = session.scalar(sa.select(Person).where(Person.organization_id == loop.organization_id))
        if row is None:
            row = Person(
                organization_id=loop.organization_id, email="maya@example.com", name="Maya", role=Role.ADMIN,
                created_at=NOW,
            )  # fmt: skip
            session.add(row)
            session.flush()
        return row.id


def ask(loop: Loop) -> consents.Asked:
    person_id = person(loop)
    with loop.database.write() as session:
        return consents.ask(
            session, loop.door.vault, loop.organization_id, "google", person_id, LOG_IN,
            redirect_uri=BACK, now=loop.door.clock(),
        )  # fmt: skip


def answer(loop: Loop, asked: consents.Asked, who: str = "Maya Ellison") -> int:
    """The person agrees on the consent page; the id of the consent whose code came back."""
    found = re.search(rf'href="([^"]+)">Continue as {who}', consent_page(loop, asked))
    assert found is not None
    back = {key: values[0] for key, values in parse_qs(urlsplit(unescape(found[1])).query).items()}
    with loop.database.write() as session:
        return consents.take_answer(
            session, loop.door.vault, loop.organization_id, "google", LOG_IN, back["state"],
            code=back["code"], error=None, now=loop.door.clock(),
        ).id  # fmt: skip


def connect(loop: Loop, who: str = "Maya Ellison") -> Consent:
    consent_id = answer(loop, ask(loop), who)
    redeem_code(loop.door, settings_of(loop), CONTEXT, RedeemCode(consent_id))
    return consent_of(loop, consent_id)


def consent_of(loop: Loop, consent_id: int) -> Consent:
    with loop.database.read() as session:
        return session.get_one(Consent, consent_id)


def credentials(loop: Loop) -> dict[str, CredentialState]:
    with loop.database.read() as session:
        rows = session.scalars(sa.select(Credential).where(Credential.source == "google"))
        return {row.name: row.state for row in rows}


def forget_the_stored_token(loop: Loop) -> None:
    with loop.database.write() as session:
        session.execute(sa.delete(Credential).where(Credential.name == "google"))


def waiting_jobs(loop: Loop) -> set[str]:
    with loop.database.read() as session:
        return unfinished_names(session)


def test_a_consent_becomes_an_access_that_crawls_and_tells_what_it_reaches(loop: Loop) -> None:
    forget_the_stored_token(loop)
    consent = connect(loop)
    assert consent.state is ConsentState.CONNECTED
    assert [(one["label"], one["type"], one["locations"]) for one in consent.found or ()] == [
        ("Maya Ellison", "PERSONAL", 0),
        ("Ostermill Bakery", "LOCATION_GROUP", pytest.approx(27, abs=3)),
        ("Ostermill Bakery, franchise partners", "LOCATION_GROUP", pytest.approx(7, abs=3)),
    ]
    assert credentials(loop) == {f"accounts/{google.PERSON}": CredentialState.OK}
    assert any(name.startswith("crawl") for name in waiting_jobs(loop))
    assert loop.crawl("google").complete


def test_a_code_is_redeemed_once_however_often_the_job_runs(loop: Loop) -> None:
    consent_id = answer(loop, ask(loop))
    with loop.database.write() as session:
        session.get_one(Consent, consent_id).redeemed_at = NOW
    redeem_code(loop.door, settings_of(loop), CONTEXT, RedeemCode(consent_id))
    assert consent_of(loop, consent_id).cause == INTERRUPTED
    redeem_code(loop.door, settings_of(loop), CONTEXT, RedeemCode(consent_id))
    assert "accounts" not in repr(credentials(loop))


def test_a_code_is_worth_nothing_without_its_verifier(loop: Loop) -> None:
    asked = ask(loop)
    other = hashlib.sha256(secrets.token_bytes()).digest()
    forged = consents.Asked(asked.state, base64.urlsafe_b64encode(other).decode().rstrip("="))
    consent_id = answer(loop, forged)
    redeem_code(loop.door, settings_of(loop), CONTEXT, RedeemCode(consent_id))
    consent = consent_of(loop, consent_id)
    assert consent.state is ConsentState.REFUSED
    assert "did not accept the sign-in" in (consent.cause or "")
    assert "accounts" not in repr(credentials(loop))


@pytest.mark.parametrize("part", ["code_challenge", "state", "redirect_uri", "client_id"])
def test_the_local_consent_page_refuses_a_request_without_its_parts(loop: Loop, part: str) -> None:
    assert "Access blocked" in consent_page(loop, ask(loop), **{part: ""})


def test_without_a_client_the_worker_says_what_is_missing(loop: Loop) -> None:
    consent_id = answer(loop, ask(loop))
    redeem_code(loop.door, Settings(), CONTEXT, RedeemCode(consent_id))
    assert "GOODSTANDING_GOOGLE_CLIENT_SECRET" in (consent_of(loop, consent_id).cause or "")


def test_connecting_the_same_account_again_replaces_its_access(loop: Loop) -> None:
    connect(loop)
    connect(loop)
    assert len(credentials(loop)) == 2
    connect(loop, "Paul Renner")
    assert credentials(loop).keys() == {"google", f"accounts/{google.PERSON}", f"accounts/{google.PARTNER}"}


def listings(loop: Loop) -> dict[str, tuple[str | None, bool]]:
    with loop.database.read() as session:
        rows = session.scalars(sa.select(Listing).where(Listing.source == "google"))
        return {row.source_id: (row.api_name, row.missing_since is None) for row in rows}


def test_two_accounts_reach_one_location_and_either_serves(loop: Loop) -> None:
    forget_the_stored_token(loop)
    connect(loop)
    connect(loop, "Paul Renner")
    loop.crawl("google")
    before = listings(loop)
    loop.server.sandbox.revoked.add(oauth.REFRESH_TOKEN)
    loop.server.sandbox.tokens.clear()
    loop.server.sandbox.advance(0.1)
    summary = loop.crawl("google")
    assert summary.complete
    assert credentials(loop) == {
        f"accounts/{google.PERSON}": CredentialState.NEEDS_RECONNECT,
        f"accounts/{google.PARTNER}": CredentialState.OK,
    }
    after = listings(loop)
    assert after.keys() == before.keys()
    # Nobody can see the others any more, which doesn't mean that they are gone.
    assert all(there for _, there in after.values())
    moved = [name for name, (api_name, _) in after.items() if google.REGION in (api_name or "")]
    assert moved
    assert all(google.CHAIN in (before[name][0] or "") for name in moved)


def test_when_the_last_consent_is_withdrawn_the_source_waits_for_a_person(loop: Loop) -> None:
    forget_the_stored_token(loop)
    connect(loop, "Paul Renner")
    loop.server.sandbox.revoked.add(oauth.SECOND_REFRESH_TOKEN)
    assert not loop.crawl("google").complete
    with pytest.raises(NoAccess, match="connected again"):
        loop.crawl("google")
    connect(loop, "Paul Renner")
    assert loop.crawl("google").complete


def test_nothing_of_the_sign_in_stays_in_the_clear_or_longer_than_needed(loop: Loop) -> None:
    consent = connect(loop)
    forgotten = ask(loop)
    loop.server.sandbox.advance(1)
    with loop.database.write() as session:
        assert consents.expire_consents(session, loop.door.clock()) == 1
        (row,) = session.execute(sa.text("select verifier, code from consent")).all()
    assert tuple(row) == (None, None)
    assert consent.id
    assert forgotten.state


def test_a_consent_belongs_to_its_organization(loop: Loop) -> None:
    asked = ask(loop)
    with loop.database.write() as session:
        other = Organization(name="Other", created_at=NOW)
        session.add(other)
        session.flush()
        with pytest.raises(consents.Refused):
            consents.take_answer(
                session, loop.door.vault, other.id, "google", LOG_IN, asked.state,
                code="c", error=None, now=loop.door.clock(),
            )  # fmt: skip
