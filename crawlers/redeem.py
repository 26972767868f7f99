"""The job that makes a person's consent into a stored access."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from crawlers.door import Door
from crawlers.outcomes import Failure
from crawlers.plan import Fetch, Step
from crawlers.plans import google_connect
from crawlers.plans.google_connect import Redeemed
from crawlers.readers import READERS
from crawlers.source import Answer, Outcome, Reading
from listings import consent as consents
from listings.consent import RedeemCode
from listings.crawl_plan import ask
from listings.jobs import JobContext
from listings.models.consent import Consent, ConsentState
from listings.models.crawl import SourceState
from listings.settings import Settings
from listings.sources import GOOGLE, facts

NO_CLIENT = (
    "GOODSTANDING_GOOGLE_CLIENT_ID and GOODSTANDING_GOOGLE_CLIENT_SECRET have to be set for the worker."
)
INTERRUPTED = (
    "The worker was interrupted while it redeemed this sign-in, which can be done once. Connect again."
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Errand:
    code: str
    verifier: str
    redirect_uri: str


def redeem_code(door: Door, settings: Settings, context: JobContext, payload: RedeemCode) -> None:
    """Hand the code of a consent in, keep the access and ask for a first crawl."""
    del context
    client = (settings.google_client_id, settings.google_client_secret.get_secret_value())
    with door.database.write() as session:
        errand = _errand(session, door, payload, client)
    if errand is None:
        return
    plan = google_connect.redeem(
        READERS[GOOGLE].adapter,  # type: ignore[arg-type]
        client,
        errand.code,
        verifier=errand.verifier,
        redirect_uri=errand.redirect_uri,
        topic=settings.google_push_topic,
    )
    redeemed = _talk(door, READERS[GOOGLE].adapter.read, plan)
    with door.database.write() as session:
        consent = consents.held(session, payload.consent_id)
        if consent is not None and consent.state is ConsentState.ANSWERED:
            _settle(session, door, consent, redeemed, client)


def _errand(session: Session, door: Door, payload: RedeemCode, client: tuple[str, str]) -> _Errand | None:
    """What has to be handed in, written down as begun; None when nothing has to be any more."""
    consent = consents.held(session, payload.consent_id)
    if consent is None or consent.state is not ConsentState.ANSWERED:
        return None
    if consent.redeemed_at is not None or not all(client) or not consent.code or not consent.verifier:
        consents.refuse(consent, INTERRUPTED if consent.redeemed_at else NO_CLIENT)
        return None
    consent.redeemed_at = door.clock()
    code, verifier = door.vault.open(consent.code)["code"], door.vault.open(consent.verifier)["verifier"]
    return _Errand(code, verifier, consent.redirect_uri)


def _settle(
    session: Session, door: Door, consent: Consent, redeemed: Redeemed, client: tuple[str, str]
) -> None:
    if redeemed.refresh_token is None:
        consents.refuse(consent, redeemed.cause or "Google gave no access.")
        return
    secret = {"client_id": client[0], "client_secret": client[1], "refresh_token": redeemed.refresh_token}
    consents.connected(
        session,
        consent,
        name=redeemed.name or f"consent-{consent.id}",
        sealed=door.vault.seal(secret),
        found=list(redeemed.found),
        now=door.clock(),
    )
    consent.cause = redeemed.cause
    state = session.get(SourceState, (consent.organization_id, consent.source))
    if state is None or state.paused_at is None:
        ask(session, consent.organization_id, facts(consent.source), f"consent:{consent.id}")


def _talk(door: Door, read: Callable[[Answer], Reading], plan: Generator[Step, Reading, T]) -> T:
    reading: Reading | None = None
    while True:
        try:
            step = next(plan) if reading is None else plan.send(reading)
        except StopIteration as stop:
            result: Any = stop.value
            return result  # type: ignore[no-any-return]
        assert isinstance(step, Fetch)  # noqa: S101 - this conversation only fetches
        reading = _said(read, door.client.fetch(step.request))


def _said(read: Callable[[Answer], Reading], answer: Answer | Failure) -> Reading:
    if isinstance(answer, Answer):
        return read(answer)
    if answer.answer is not None:
        reading = read(answer.answer)
        if reading.outcome is not Outcome.OK:
            return reading
    return Reading(answer.outcome, detail=answer.detail)
