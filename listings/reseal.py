"""Every stored secret under the newest key: in chunks, again and again, beside whoever uses them."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from listings.models.consent import Consent
from listings.models.crawl import Credential
from listings.models.withdrawal import Withdrawal
from listings.secrets import Vault
from listings.settings import BadSettings

SEALED: tuple[InstrumentedAttribute[Any], ...] = (
    Credential.secret, Consent.verifier, Consent.code, Withdrawal.secret,
)  # fmt: skip
"""Every column that holds sealed bytes, all in tables with an id; a test looks for more."""
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Resealed:
    """One chunk: how many were sealed anew, which rows no key opens, and the last id, None after the end."""

    anew: int
    lost: tuple[str, ...]
    last: int | None


def reseal(
    session: Session, vault: Vault, column: InstrumentedAttribute[Any], after: int, *, dry: bool = False
) -> Resealed:
    """Seal the next CHUNK secrets of a column after an id with the newest key.

    One that was replaced in the meantime is left as it is. With `dry` nothing is written.
    """
    ids = column.class_.id
    rows = session.execute(
        sa.select(ids, column).where(ids > after, column.is_not(None)).order_by(ids).limit(CHUNK)
    ).all()
    anew, lost = 0, []
    for id_, sealed in rows:
        if vault.is_current(sealed):
            continue
        try:
            fresh = vault.rotate(sealed)
        except BadSettings:
            lost.append(f"{column.class_.__tablename__} {id_}")
            continue
        anew += 1
        if not dry:
            session.execute(
                sa.update(column.class_).where(ids == id_, column == sealed).values({column.key: fresh}),
                execution_options={"synchronize_session": False},
            )
    return Resealed(anew, tuple(lost), rows[-1][0] if len(rows) == CHUNK else None)
