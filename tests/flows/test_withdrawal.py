"""A disconnected account is forgotten at once, and the source is told however long that takes."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import undefer

from crawlers.sandbox import google, oauth
from crawlers.withdraw import GIVE_UP_AFTER, UNSEALED, withdraw_access
from listings.job_rows import unfinished_names
from listings.models.crawl import Credential
from listings.models.fix import DeliveryAttempt
from listings.models.organization import AuditEntry, Organization
from listings.models.withdrawal import Withdrawal, WithdrawalState
from listings.withdrawing import WithdrawAccess, disconnect
from tests.flows.conftest import NOW, Loop
from tests.flows.test_connect import CONTEXT, connect, credentials, forget_the_stored_token

pytestmark = pytest.mark.db

MAYA = f"accounts/{google.PERSON}"


def leave(loop: Loop, name: str = MAYA) -> int | None:
    with loop.database.write() as session:
        credential = session.scalars(sa.select(Credential).where(Credential.name == name)).one()
        row = disconnect(session, credential, loop.door.clock())
        return row.id if row is not None else None


def tell(loop: Loop, withdrawal_id: int | None) -> Withdrawal:
    assert withdrawal_id is not None
    withdraw_access(loop.door, CONTEXT, WithdrawAccess(withdrawal_id))
    with loop.database.read() as session:
        query = (
            sa.select(Withdrawal).options(undefer(Withdrawal.secret)).where(Withdrawal.id == withdrawal_id)
        )
        return session.scalars(query).one()


def audited(loop: Loop) -> list[dict[str, str] | None]:
    with loop.database.read() as session:
        query = sa.select(AuditEntry.detail).where(AuditEntry.act == "source.access_withdrawn")
        return list(session.scalars(query))


def test_a_disconnected_account_is_withdrawn_at_google(loop: Loop) -> None:
    connect(loop)
    left = leave(loop)
    assert MAYA not in credentials(loop)
    with loop.database.read() as session:
        assert "withdraw_access" in unfinished_names(session)
    row = tell(loop, left)
    assert (row.state, row.secret, row.label) == (WithdrawalState.WITHDRAWN, None, "Maya Ellison")
    assert oauth.REFRESH_TOKEN in loop.server.sandbox.revoked
    assert audited(loop) == [{"source": "google", "state": "withdrawn"}]


def test_a_permission_that_has_ended_already_is_as_good_as_withdrawn(loop: Loop) -> None:
    connect(loop)
    loop.revoke()
    assert tell(loop, leave(loop)).state is WithdrawalState.WITHDRAWN


@pytest.mark.parametrize("fault", ["503", "hangup", "429"])
def test_while_google_is_away_the_access_is_gone_here_and_google_is_told_later(
    loop: Loop, fault: str
) -> None:
    connect(loop)
    loop.fault("google", fault, path="/revoke")
    left = leave(loop)
    row = tell(loop, left)
    assert row.state is WithdrawalState.ASKED
    assert row.detail
    assert MAYA not in credentials(loop)
    loop.well()
    row = tell(loop, left)
    assert (row.state, row.secret, row.detail) == (WithdrawalState.WITHDRAWN, None, None)
    with loop.database.read() as session:
        query = sa.select(DeliveryAttempt.outcome).where(DeliveryAttempt.kind == "withdrawal")
        assert list(session.scalars(query.order_by(DeliveryAttempt.id)))[-1] == "delivered"


def test_after_a_day_of_trying_the_secret_is_deleted_whatever_google_says(loop: Loop) -> None:
    connect(loop)
    loop.fault("google", "503", path="/revoke")
    left = leave(loop)
    loop.server.sandbox.advance(GIVE_UP_AFTER / dt.timedelta(days=1))
    row = tell(loop, left)
    assert (row.state, row.secret) == (WithdrawalState.FAILED, None)
    assert "503" in (row.detail or "")
    assert audited(loop) == [{"source": "google", "state": "failed"}]


def test_an_account_that_is_connected_again_in_the_meantime_keeps_its_permission(loop: Loop) -> None:
    connect(loop)
    left = leave(loop)
    connect(loop)
    assert tell(loop, left).state is WithdrawalState.KEPT
    assert oauth.REFRESH_TOKEN not in loop.server.sandbox.revoked
    forget_the_stored_token(loop)
    assert loop.crawl("google").complete


def test_an_account_that_another_organization_reads_keeps_its_permission(loop: Loop) -> None:
    connect(loop)
    left = leave(loop)
    with loop.database.write() as session:
        other = Organization(name="Other", created_at=NOW)
        session.add(other)
        session.flush()
        session.add(
            Credential(organization_id=other.id, source="google", name=MAYA, secret=b"", created_at=NOW)
        )
    assert tell(loop, left).state is WithdrawalState.KEPT


def test_a_pasted_token_is_only_deleted(loop: Loop) -> None:
    assert leave(loop, "google") is None
    assert credentials(loop) == {}
    with loop.database.read() as session:
        assert "withdraw_access" not in unfinished_names(session)


def _told_already(loop: Loop, left: int) -> None:
    tell(loop, left)


def _unsealed(loop: Loop, left: int) -> None:
    with loop.database.write() as session:
        session.get_one(Withdrawal, left).secret = b"not sealed by any key of ours"


@pytest.mark.parametrize(
    ("happens", "ends"),
    [(_told_already, (WithdrawalState.WITHDRAWN, None)), (_unsealed, (WithdrawalState.FAILED, UNSEALED))],
)
def test_a_withdrawal_ends_once(
    loop: Loop, happens: Callable[[Loop, int], None], ends: tuple[WithdrawalState, str | None]
) -> None:
    connect(loop)
    left = leave(loop)
    assert left is not None
    happens(loop, left)
    for _ in range(2):
        row = tell(loop, left)
        assert (row.state, row.detail) == ends
    assert len(audited(loop)) == 1
