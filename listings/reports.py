"""How each source is told that it lists a place twice: in one sentence, with where, and how long it takes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from listings.sources import BBB, BING, GOOGLE, GOOGLE_PLACES, WEBSITE, YAHOO, YELP


@dataclass(frozen=True, slots=True)
class Report:
    """The way to report a second listing.

    `url` is the source's page for it, {source_id} and {url} filled in from the second listing; None
    where it is reported on the listing's own page. `usual_delay` is when we ask whether it is gone.
    """

    how: str
    url: str | None
    usual_delay: dt.timedelta


_TWO_WEEKS = dt.timedelta(days=14)
_GOOGLE_MAPS = (
    "Open it on Google Maps, choose “Suggest an edit”, “Close or remove”, “Duplicate of another place”."
)

REPORTS: Mapping[str, Report] = {
    # https://support.google.com/business/answer/12756178: duplicates in one's own account are removed
    # there, those of others are reported on the map.
    GOOGLE: Report(
        "If the second profile is in your account, remove it there. " + _GOOGLE_MAPS,
        "https://support.google.com/business/answer/12756178",
        _TWO_WEEKS,
    ),
    GOOGLE_PLACES: Report(
        _GOOGLE_MAPS, "https://www.google.com/maps/place/?q=place_id:{source_id}", _TWO_WEEKS
    ),
    YELP: Report(
        "Open it on Yelp, choose “Suggest an edit” and say in the notes which page is the right one.",
        None,
        _TWO_WEEKS,
    ),
    BBB: Report(
        "Write to the bureau that is named on the profile, with the addresses of both profiles.",
        None,
        dt.timedelta(days=30),
    ),
    BING: Report(
        "If you own it in Bing Places, delete it there; else choose “Suggest an edit” on Bing Maps.",
        "https://www.bingplaces.com/",
        _TWO_WEEKS,
    ),
    YAHOO: Report(
        "Yahoo shows what its partners send. Report it at Yelp first; Yahoo follows with its next update.",
        None,
        dt.timedelta(days=30),
    ),
    WEBSITE: Report(
        "Two pages of your website describe this place. Let one of them lead to the other.",
        None,
        dt.timedelta(days=7),
    ),
}
"""Every source that may list a place twice."""

ANYWHERE = Report("Report it on the second listing's own page.", None, _TWO_WEEKS)


def report_of(source: str) -> Report:
    """How a source takes a report; a source without a way of its own takes it on the listing's page."""
    return REPORTS.get(source, ANYWHERE)


def report_url(source: str, source_id: str, url: str | None) -> str | None:
    """Where a person reports this listing; its own page where the source has no other place for it."""
    shown = report_of(source).url
    return shown.format(source_id=source_id, url=url or "") if shown else url
