"""What a person's “Give up” on a reply's failed job settles."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from listings.giving_up import GIVEN_UP
from reputation.models.reply import Reply, ReplyState
from reputation.reply import DeliverReply, due


def reply(session: Session, payload: Mapping[str, Any], now: dt.datetime) -> None:
    """The words are a draft again, unless they were asked for anew since."""
    del now
    row = session.get(Reply, payload["reply_id"], with_for_update=True)
    if row is not None and due(row, DeliverReply(**payload)):
        row.state, row.send_after, row.detail = ReplyState.DRAFT, None, GIVEN_UP
        session.flush()
