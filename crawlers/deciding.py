"""What is known of the listings in an answer, and which location each of them describes."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from crawlers.naming import at_location, is_unnamed, location_named
from crawlers.plan import Fetch
from crawlers.targets import sole_owner
from listings.given_urls import owner_of
from listings.link import Decided, Locations, decide
from listings.matching.decision import Decision
from listings.models.listing import Listing
from listings.observe import Named
from listings.records import ListingRecord
from listings.source_terms import OwnerLink
from listings.sources import SourceFacts


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of the listings of one answer, by the name they go by, and whose page it is."""

    location_ids: Mapping[str, int | None]
    records: Mapping[str, Mapping[str, Any] | None]
    page_owner: int | None = None


NOTHING_KNOWN = Known({}, {})


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides for one run. `narrowed` runs were asked for a single place."""

    source: SourceFacts
    organization_id: int
    locations: Locations
    narrowed: bool

    def known(self, session: Session, step: Fetch, found: Sequence[Named], *, alone: bool) -> Known:
        """What is stored of these listings; `alone` tells whether the page is about one listing only."""
        wanted = {
            "organization_id": self.organization_id,
            "source": self.source.key,
            "names": [_own_name(step), *(one.source_id for one in found)],
        }
        rows = session.connection().execute(_STORED, wanted).all()
        return Known(
            {name: location_id for name, location_id, _ in rows},
            {name: record for name, _, record in rows},
            self._owner_of(session, step) if alone else None,
        )

    def decided(
        self, step: Fetch, found: Sequence[Named], known: Known, observed: AbstractSet[str]
    ) -> list[tuple[Named, Decided]]:
        """The listings that are kept, each with its decision. Asks nothing of the database.

        `observed` are the names that the run has seen so far, these among them.
        """
        own = _own_name(step)
        decided = []
        for one in found:
            decision = decide(
                one.record,
                self.locations,
                owner_says=self._owner_says(one.record, known.page_owner),
                belongs=known.location_ids.get(own if own and is_unnamed(one.record) else one.source_id),
            )
            # A candidate was only looked for; what matches nothing of ours is somebody else's.
            unknown = one.source_id not in known.location_ids
            foreign = step.candidates and unknown and not one.record.speaks_for_many
            if not (foreign and decision.decision is Decision.NO_MATCH):
                decided.append((one, decision))
        if not own:
            return decided
        seen_before = observed - {one.source_id for one in found}
        return location_named(decided, seen_before | known.location_ids.keys() - {own})

    def _owner_says(self, record: ListingRecord, page_owner: int | None) -> int | None:
        if self.source.owner_link is OwnerLink.STORE_CODE:
            return self.locations.id_by_code.get(str(record.extra.get("store_code", "")))
        return page_owner

    def _owner_of(self, session: Session, step: Fetch) -> int | None:
        """The location whose page this is by the owner's own word; None where several share it."""
        match self.source.owner_link:
            case OwnerLink.OWN_PAGE if step.target is not None:
                # Narrowed to one place, a plan doesn't know of the others that share its page.
                alone = not self.narrowed or sole_owner(session, step.target.key)
                return step.target.key if alone else None
            case OwnerLink.GIVEN_PAGE:
                page: str | None = step.named_page or step.request.url
            case _:
                page = step.named_page
        return owner_of(session, self.organization_id, self.source.key, page) if page else None


def _own_name(step: Fetch) -> str:
    """The name of the location's listing that is searched for, where the source names none; "" in other answers."""
    return at_location(step.target.key) if step.is_search and step.target is not None else ""


# Made once: it is asked for every page.
_STORED = sa.select(Listing.source_id, Listing.location_id, Listing.record).where(
    Listing.organization_id == sa.bindparam("organization_id"),
    Listing.source == sa.bindparam("source"),
    Listing.source_id.in_(sa.bindparam("names", expanding=True)),
)
