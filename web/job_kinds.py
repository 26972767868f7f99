"""The kinds of jobs in words: what each is about, whose it is, and what giving it up settles."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from listings import giving_up
from listings.access import Actor, scoped
from listings.attributes import CHANGE_ATTRIBUTE
from listings.consent import REDEEM_CODE
from listings.crawl_plan import CRAWLS, PLAN_CRAWLS
from listings.duplicates import FIND_DUPLICATES
from listings.fix import DELIVER_FIX
from listings.job_rows import FailedJob
from listings.limits import APPLY_LIMITS
from listings.models.attributes import AttributeChange
from listings.models.consent import Consent
from listings.models.fix import Fix
from listings.models.listing import Listing
from listings.models.location import Location
from listings.models.match_limits import MatchLimits
from listings.models.mismatch import Mismatch
from listings.models.organization import Organization
from listings.models.withdrawal import Withdrawal
from listings.push import FETCH_PUSH_KEYS
from listings.renormalise import RENORMALISE
from listings.source_changes import ENTER_CHANGE
from listings.tidy import TIDY
from listings.withdrawing import WITHDRAW_ACCESS
from reputation import giving_up as reviews_giving_up
from reputation.models.reply import Reply
from reputation.models.review import Review
from reputation.reply import DELIVER_REPLY
from web.places import place
from web.screens.elements import SOURCE_MARKS, Link
from web.values import FIELD_NAMES

Ids = Collection[Any]
Find = Callable[[Session, Actor, Ids], dict[Any, Link]]
Settle = Callable[[Session, Mapping[str, Any], dt.datetime], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job. `key` names the id in its payload by which `find` tells whose it is.

    `find` gives, for those in the actor's sight, where they stand. `follows` says what giving up
    means, `settle` brings it about.
    """

    title: str
    key: str
    find: Find
    follows: str
    settle: Settle = giving_up.nothing


def _mismatch(id_: int, field: str, source: str, location: Location) -> Link:
    text = f"{FIELD_NAMES[field]} at {SOURCE_MARKS[source][1]}, {location.code} {place(location)}"
    return Link(text, url_for("mismatches.show", mismatch_id=id_))


def fixes(db: Session, actor: Actor, ids: Ids) -> dict[Any, Link]:
    """The mismatches that these fixes correct."""
    query = scoped(actor, Fix).where(Fix.id.in_(ids)).join(Mismatch, Mismatch.id == Fix.mismatch_id)
    rows = db.execute(
        query.join(Location, Location.id == Mismatch.location_id).add_columns(Mismatch, Location)
    )
    return {fix.id: _mismatch(row.id, row.field, row.source, location) for fix, row, location in rows}


def mismatches(db: Session, actor: Actor, ids: Ids) -> dict[Any, Link]:
    """These mismatches."""
    query = scoped(actor, Mismatch).where(Mismatch.id.in_(ids))
    rows = db.execute(query.join(Location, Location.id == Mismatch.location_id).add_columns(Location))
    return {row.id: _mismatch(row.id, row.field, row.source, location) for row, location in rows}


def attributes(db: Session, actor: Actor, ids: Ids) -> dict[Any, Link]:
    """The listings whose attributes these changes are about."""
    rows = db.execute(
        scoped(actor, AttributeChange)
        .where(AttributeChange.id.in_(ids))
        .join(Listing, Listing.id == AttributeChange.listing_id)
        .add_columns(Listing.id, Listing.source)
    )
    return {
        row.id: Link(
            f"Attributes at {SOURCE_MARKS[source][1]}", url_for("attributes.show", listing_id=listing_id)
        )
        for row, listing_id, source in rows
    }


def replies(db: Session, actor: Actor, ids: Ids) -> dict[Any, Link]:
    """The reviews that these replies answer."""
    query = scoped(actor, Reply).where(Reply.id.in_(ids)).join(Review, Review.id == Reply.review_id)
    rows = db.execute(query.add_columns(Review.id, Review.source))
    return {
        reply.id: Link(f"A review at {SOURCE_MARKS[source][1]}", url_for("inbox.show", review_id=review_id))
        for reply, review_id, source in rows
    }


def accounts(model: type[Consent] | type[Withdrawal]) -> Find:
    """The sources whose accounts these sign-ins or withdrawals are about."""

    def find(db: Session, actor: Actor, ids: Ids) -> dict[Any, Link]:
        rows = db.execute(
            scoped(actor, model).where(model.id.in_(ids)).with_only_columns(model.id, model.source)
        )
        return {id_: _source(source) for id_, source in rows}

    return find


def limits(db: Session, actor: Actor, ids: Ids) -> dict[Any, Link]:
    """The limits of matching that were set."""
    rows = db.scalars(
        scoped(actor, MatchLimits).where(MatchLimits.id.in_(ids)).with_only_columns(MatchLimits.id)
    )
    return {id_: Link("Limits of matching", url_for("limits.show")) for id_ in rows}


def own_source(db: Session, actor: Actor, ids: Ids) -> dict[Any, Link]:
    """The actor's own organization; where the payload names a source, it's that one."""
    del db
    everything = Link("", url_for("sources.index"))
    return {id_: everything for id_ in ids if id_ == actor.organization_id}


def installation(db: Session, actor: Actor, ids: Ids) -> dict[Any, Link]:
    """What concerns everybody here: theirs who are alone here, else nobody's but the command line's."""
    others = sa.exists().where(Organization.id != actor.organization_id)
    shared = db.scalar(sa.select(others))
    return {} if shared else {id_: Link("This installation", url_for("sources.index")) for id_ in ids}


def _source(source: str) -> Link:
    return Link(SOURCE_MARKS[source][1], url_for("sources.show", source=source))


_CRAWL = Kind(
    "Reading a source", "organization_id", own_source, "The next round reads it anyway.", giving_up.crawl
)
KINDS: Mapping[str, Kind] = {
    **{job.name: _CRAWL for job in CRAWLS.values()},
    PLAN_CRAWLS.name: Kind(
        "Planning what to read", "organization_id", own_source, "The next round plans it anyway."
    ),
    FIND_DUPLICATES.name: Kind(
        "Looking for duplicates", "organization_id", own_source, "It is done daily anyway."
    ),
    DELIVER_FIX.name: Kind(
        "Sending a correction", "fix_id", fixes, "The mismatch is open again.", giving_up.fix
    ),
    CHANGE_ATTRIBUTE.name: Kind(
        "Changing an attribute", "change_id", attributes, "It stays what it is there.", giving_up.attribute
    ),
    ENTER_CHANGE.name: Kind(
        "Entering a source’s own change", "mismatch_id", mismatches, "The source goes on asking about it."
    ),
    DELIVER_REPLY.name: Kind(
        "Sending a reply", "reply_id", replies, "The reply is a draft again.", reviews_giving_up.reply
    ),
    REDEEM_CODE.name: Kind(
        "Connecting an account", "consent_id", accounts(Consent), "Connect the account again.", giving_up.sign_in
    ),
    WITHDRAW_ACCESS.name: Kind(
        "Withdrawing an account’s permission", "withdrawal_id", accounts(Withdrawal),
        "Withdraw it at the source by hand.", giving_up.withdrawal,
    ),
    APPLY_LIMITS.name: Kind(
        "Applying limits of matching", "limits_id", limits, "Save them again to apply them."
    ),
    TIDY.name: Kind("Deleting what may not be kept", "slot", installation, "It is done every hour anyway."),
    FETCH_PUSH_KEYS.name: Kind(
        "Fetching Google’s signing keys", "slot", installation, "It is done every three hours anyway."
    ),
    RENORMALISE.name: Kind(
        "Renewing normal forms", "slot", installation, "It is asked for again within minutes."
    ),
}  # fmt: skip
"""Name of every job there is to its kind."""


def standing(db: Session, actor: Actor, jobs: Sequence[FailedJob]) -> dict[str, Link]:
    """Where what each job is about stands, by the job's id; jobs out of the actor's sight are left out."""
    ids: dict[str, set[Any]] = {}
    for job in jobs:
        if job.name in KINDS:
            ids.setdefault(job.name, set()).add(_id(job))
    found = {name: KINDS[name].find(db, actor, wanted) for name, wanted in ids.items()}
    return {
        job.id: _named(found[job.name][_id(job)], job) for job in jobs if _id(job) in found.get(job.name, ())
    }


def _id(job: FailedJob) -> Any:
    return job.payload.get(KINDS[job.name].key) if job.name in KINDS else None


def _named(link: Link, job: FailedJob) -> Link:
    source = job.payload.get("source")
    return _source(source) if not link.label and source else link
