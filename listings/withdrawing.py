"""An access that people gave us at a source's consent page is given back: deleted here, withdrawn there.

RFC 7009; https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke. Deleting
never waits for the source: a worker tells it, and how that ended stands in the withdrawal's row.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from listings import audit
from listings.jobs import Job, enqueue
from listings.models.consent import Consent, ConsentState
from listings.models.crawl import Credential
from listings.models.withdrawal import Withdrawal, WithdrawalState
from listings.queues import CONNECT


@dataclass(frozen=True, slots=True)
class WithdrawAccess:
    """The withdrawal to carry out."""

    withdrawal_id: int


WITHDRAW_ACCESS = Job("withdraw_access", CONNECT, WithdrawAccess)


def disconnect(session: Session, credential: Credential, now: dt.datetime) -> Withdrawal | None:
    """Delete an access, and have the source told where it came from its consent page.

    A token that somebody pasted is theirs: it may serve other programs, so it is only deleted, and
    the answer is None.
    """
    consent = session.scalar(
        sa.select(Consent)
        .where(Consent.credential_id == credential.id, Consent.state == ConsentState.CONNECTED)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    withdrawal = _withdrawal(session, credential, consent, now) if consent is not None else None
    session.delete(credential)
    session.flush()
    return withdrawal


def _withdrawal(session: Session, credential: Credential, consent: Consent, now: dt.datetime) -> Withdrawal:
    named = {one.get("name"): one.get("label") for one in consent.found or ()}
    sealed = session.scalar(sa.select(Credential.secret).where(Credential.id == credential.id))
    withdrawal = Withdrawal(
        organization_id=credential.organization_id,
        source=credential.source,
        account=credential.name,
        label=named.get(credential.name) or credential.name,
        secret=sealed,
        state=WithdrawalState.ASKED,
        asked_at=now,
    )
    session.add(withdrawal)
    session.flush()
    enqueue(session, WITHDRAW_ACCESS, str(withdrawal.id), WithdrawAccess(withdrawal.id))
    return withdrawal


def held(session: Session, withdrawal_id: int) -> Withdrawal | None:
    """A withdrawal that is still to be carried out, with its secret, held until the transaction ends."""
    return session.scalar(
        sa.select(Withdrawal)
        .options(undefer(Withdrawal.secret))
        .where(Withdrawal.id == withdrawal_id, Withdrawal.state == WithdrawalState.ASKED)
        .with_for_update()
    )


def is_connected(session: Session, withdrawal: Withdrawal) -> bool:
    """Whether the same account is connected, again or in another organization.

    The source knows one permission of an account for this product: withdrawn, it ends everywhere.
    """
    same = sa.exists().where(Credential.source == withdrawal.source, Credential.name == withdrawal.account)
    return bool(session.scalar(sa.select(same)))


def finish(
    session: Session, withdrawal: Withdrawal, state: WithdrawalState, detail: str | None, now: dt.datetime
) -> None:
    """Write down how it ended; what was kept to tell the source goes, whatever it said."""
    withdrawal.state, withdrawal.finished_at, withdrawal.detail = state, now, detail
    withdrawal.secret = None
    said = {"source": withdrawal.source, "state": state.value}
    audit.record(session, None, "source.access_withdrawn", withdrawal, now, detail=said)
