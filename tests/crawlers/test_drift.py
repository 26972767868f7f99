"""Values that vanish from many listings at once are a source's fault, not the listings'."""

from crawlers.drift import AT_LEAST, Drift
from listings.records import ListingRecord

SHOWN = frozenset({"name", "phone"})
BEFORE = {"name": "Oak & Ash", "phone": "+15035550142"}


def shows(phone: str | None) -> ListingRecord:
    return ListingRecord(source="google", source_id="1", url=None, shown=SHOWN, name="Oak & Ash", phone=phone)


def seen(drift: Drift, *phones: str | None) -> frozenset[str]:
    for phone in phones:
        drift.gone_from(BEFORE, shows(phone))
    return drift.drifting()


def test_a_value_gone_from_most_listings_has_drifted() -> None:
    drift = Drift()
    assert seen(drift, *[None] * AT_LEAST, "+15035550142") == {"phone"}
    assert drift.told({"phone"}) == "phone is gone from 3 of 4 listings that showed it"


def test_a_value_gone_from_few_listings_is_believed() -> None:
    assert not seen(Drift(), *[None] * AT_LEAST, *["+15035550142"] * AT_LEAST)
    assert not seen(Drift(), *[None] * (AT_LEAST - 1))


def test_a_value_that_was_never_stored_cannot_be_lost() -> None:
    drift = Drift()
    for _ in range(9):
        assert not drift.gone_from({"name": "Oak & Ash", "phone": None}, shows(None))
        assert not drift.gone_from(None, shows(None))
    assert not drift.drifting()


def test_a_suspect_is_doubted_from_its_first_listing_on_and_cleared_when_most_show_it() -> None:
    suspect = Drift(suspects=frozenset({"phone"}))
    assert seen(suspect, None) == {"phone"}
    assert seen(suspect, "+15035550142", "+15035550142") == frozenset()
    assert suspect.settled() == {"phone"}


def test_what_a_person_has_accepted_is_believed() -> None:
    assert not seen(Drift(accepted=frozenset({"phone"})), *[None] * 9)
