"""Facts and policy per source: what it can show, what may be kept, shown and blended, how it is fixed.

The facts come from each source's documentation and terms (docs/sources/). They are code on purpose:
no setting can loosen them.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from listings.source_terms import Display, Door, OwnerLink, Policy, Quota, SecretPart

GOOGLE = "google"
GOOGLE_PLACES = "google_places"
WEBSITE = "website"
BBB = "bbb"
YAHOO = "yahoo"
BING = "bing"
YELP = "yelp"


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """One source: its names, its policy, its abilities, and how fast it shows a correction."""

    key: str
    label: str
    monogram: str
    policy: Policy
    fix: Door
    reply: Door
    has_reviews: bool
    reply_max_bytes: int | None
    fixable: frozenset[str]
    usual_delay: dt.timedelta
    crawl_every: dt.timedelta
    edit_url: str | None
    """Where a person edits the listing; {source_id} and {url} are filled in."""
    credential: tuple[SecretPart, ...]
    """What the access to it is made of; empty where anybody may read."""
    whole_account: bool
    """Whether one crawl reaches every listing of the access; else it's asked location by location."""
    owner_link: OwnerLink
    owners_view: str | None
    """The source that shows an owner the same listings; a location with one there isn't asked for here."""
    revalidates: bool
    """Whether its answers tell by validators that nothing changed (RFC 9110 section 13)."""
    takes_markup: bool
    """Whether it is corrected with ready markup for its page."""
    complete: bool
    """Whether its answer has a place for every field it can show, so that an empty one is missing there.

    A web page says what it says: that it is silent about holidays is no mistake on it.
    """
    special_days_ahead: int | None
    """How many days from today on it shows special hours for; None shows all there are."""
    how_to_fix: str
    """One sentence: how this source takes a correction."""
    quota: Quota | None = None
    """What it allows, where it says so; None where only our own pace holds."""
    shows_suites: bool = True
    """Whether an address there has a place for a suite; one left out is no mistake where it has none."""

    @property
    def needs_credential(self) -> bool:
        """Whether it can be read only with an access of one's own."""
        return any(part.required for part in self.credential)


_ALL_FIELDS = frozenset(
    {
        "name", "street", "city", "region", "postal_code", "phone", "website", "hours", "special_hours", "status",
    }
)  # fmt: skip

SOURCES: Mapping[str, SourceFacts] = {
    GOOGLE: SourceFacts(
        key=GOOGLE,
        label="Google",
        monogram="Go",
        # Business Profile data of one's own locations may be stored, refreshed within 30 days.
        policy=Policy(True, None, dt.timedelta(days=30), Display.FULL, blend=True, ask=True),
        fix=Door.API,
        reply=Door.API,
        has_reviews=True,
        # https://developers.google.com/my-business/reference/rest/v4/accounts.locations.reviews (bytes)
        reply_max_bytes=4096,
        fixable=_ALL_FIELDS,
        usual_delay=dt.timedelta(days=3),
        crawl_every=dt.timedelta(hours=6),
        edit_url="https://business.google.com/locations",
        # https://developers.google.com/identity/protocols/oauth2/web-server#offline
        credential=(
            SecretPart("client_id", "OAuth client ID", "Ends in .apps.googleusercontent.com", hidden=False),
            SecretPart(
                "client_secret", "OAuth client secret", "From the same page of the Google Cloud console"
            ),
            SecretPart(
                "refresh_token",
                "Refresh token",
                "Of the account that owns the profiles, scope business.manage",
            ),
        ),
        whole_account=True,
        owner_link=OwnerLink.STORE_CODE,
        owners_view=None,
        revalidates=False,
        takes_markup=False,
        complete=True,
        special_days_ahead=None,
        how_to_fix="Google takes it through its interface; we send it and look again.",
        # https://developers.google.com/my-business/content/limits: 300 queries a minute, API and project.
        quota=Quota(300, dt.timedelta(minutes=1), spaced=True, holder="client_id"),
    ),
    GOOGLE_PLACES: SourceFacts(
        key=GOOGLE_PLACES,
        label="Google Places",
        monogram="Pl",
        # https://developers.google.com/maps/documentation/places/web-service/policies: only the
        # place id may be stored, everything else is shown through with attribution.
        policy=Policy(
            False, dt.timedelta(0), dt.timedelta(days=365), Display.THROUGH, blend=False, ask=False
        ),
        fix=Door.KIT,
        reply=Door.LINK,
        has_reviews=False,
        reply_max_bytes=None,
        fixable=frozenset(),
        usual_delay=dt.timedelta(days=3),
        crawl_every=dt.timedelta(days=1),
        edit_url="https://www.google.com/maps/place/?q=place_id:{source_id}",
        credential=(
            SecretPart("api_key", "API key", "With Places API (New) enabled"),
            # Each place costs money, so those that an owner's access shows anyway are left out.
            SecretPart(
                "cover", "Cover", "“all” also asks for places you own at Google", hidden=False, required=False
            ),
        ),
        whole_account=False,
        owner_link=OwnerLink.NONE,
        owners_view=GOOGLE,
        revalidates=False,
        takes_markup=False,
        complete=True,
        # currentOpeningHours: "for the next seven days (including today)", Places API reference.
        special_days_ahead=7,
        how_to_fix="Google takes it on the place's own page under “Suggest an edit”, or after you claim it.",
    ),
    YELP: SourceFacts(
        key=YELP,
        label="Yelp",
        monogram="Ye",
        # Yelp's API terms: content is kept for 24 hours at most, shown with logo and link, never blended,
        # and nobody may be asked for a review.
        policy=Policy(
            True,
            dt.timedelta(hours=24),
            dt.timedelta(hours=24),
            Display.EXCERPTS,
            blend=False,
            ask=False,
            excerpts=3,
        ),
        fix=Door.KIT,
        reply=Door.LINK,
        has_reviews=True,
        reply_max_bytes=5000,
        fixable=frozenset(),
        usual_delay=dt.timedelta(days=5),
        # Before the values of the last crawl have to be forgotten.
        crawl_every=dt.timedelta(hours=20),
        edit_url="https://www.yelp.com/biz/{source_id}",
        credential=(
            SecretPart("api_key", "API key", "Of your app at Yelp's developer site, under Manage App"),
            SecretPart(
                "excerpts",
                "Review excerpts",
                "“no” where the key's plan has none of them",
                hidden=False,
                required=False,
            ),
            SecretPart(
                "answer_token", "Owner's token", "Partners only: to answer", required=False, answers=True
            ),
        ),
        whole_account=False,
        owner_link=OwnerLink.NONE,
        owners_view=None,
        revalidates=False,
        takes_markup=False,
        complete=True,
        special_days_ahead=None,
        how_to_fix=(
            "Yelp takes it in Yelp for Business once the page is claimed, else on the page under “Edit business info”."
        ),
        # https://docs.developer.yelp.com/docs/places-rate-limiting: what the trial has; a plan's own
        # number comes with each answer's headers.
        quota=Quota(300, dt.timedelta(days=1), spaced=False, holder="api_key"),
    ),
    WEBSITE: SourceFacts(
        key=WEBSITE,
        label="Website",
        monogram="Ws",
        policy=Policy(True, None, None, Display.NONE, blend=False, ask=False),
        fix=Door.KIT,
        reply=Door.NONE,
        has_reviews=False,
        reply_max_bytes=None,
        fixable=frozenset(),
        usual_delay=dt.timedelta(days=1),
        crawl_every=dt.timedelta(days=1),
        edit_url="{url}",
        credential=(),
        whole_account=False,
        owner_link=OwnerLink.OWN_PAGE,
        owners_view=None,
        revalidates=True,
        takes_markup=True,
        complete=False,
        special_days_ahead=None,
        how_to_fix="Your web developer changes the page; the fix kit has the ready markup.",
    ),
    BBB: SourceFacts(
        key=BBB,
        label="BBB",
        monogram="Bb",
        # "may not be reproduced for sales or promotional purposes": the words of every profile.
        policy=Policy(True, None, None, Display.LINK, blend=False, ask=True),
        fix=Door.KIT,
        reply=Door.LINK,
        has_reviews=True,
        reply_max_bytes=None,
        fixable=frozenset(),
        usual_delay=dt.timedelta(days=14),
        # Complaints leave some thirty days to answer; a page every few days is enough and a light load.
        crawl_every=dt.timedelta(days=3),
        edit_url="{url}",
        credential=(
            SecretPart(
                "search",
                "Search",
                "“yes” also looks on BBB’s own site for profiles that you haven’t named",
                hidden=False,
                required=False,
            ),
        ),
        whole_account=False,
        owner_link=OwnerLink.GIVEN_PAGE,
        owners_view=None,
        revalidates=True,
        takes_markup=False,
        complete=False,
        special_days_ahead=None,
        how_to_fix="Your local BBB changes the profile when you ask it to, or you do in its business portal.",
    ),
    BING: SourceFacts(
        key=BING,
        label="Bing",
        monogram="Bi",
        policy=Policy(True, None, None, Display.NONE, blend=False, ask=False),
        fix=Door.FILE,
        reply=Door.NONE,
        # The stars on its pages are other directories'.
        has_reviews=False,
        reply_max_bytes=None,
        fixable=frozenset(),
        # Bing Places reviews every change, which takes days.
        usual_delay=dt.timedelta(days=10),
        crawl_every=dt.timedelta(days=3),
        edit_url="https://www.bingplaces.com/",
        credential=(
            SecretPart(
                "api_key", "Bing Maps key", "An enterprise key, good until 2028-06-30", required=False
            ),
            SecretPart("pages", "Pages", "“yes” also reads named pages", hidden=False, required=False),
        ),
        whole_account=False,
        owner_link=OwnerLink.GIVEN_PAGE,
        owners_view=None,
        revalidates=False,
        takes_markup=False,
        complete=False,
        special_days_ahead=None,
        how_to_fix="Bing Places takes it by hand, or in a bulk file: goodstanding bulk-file bing FILE.",
    ),
    YAHOO: SourceFacts(
        key=YAHOO,
        label="Yahoo",
        monogram="Ya",
        policy=Policy(True, None, None, Display.NONE, blend=False, ask=False),
        fix=Door.KIT,
        reply=Door.NONE,
        # The stars and reviews on its pages are Yelp's; counted here they would count twice.
        has_reviews=False,
        reply_max_bytes=None,
        fixable=frozenset(),
        usual_delay=dt.timedelta(days=14),
        crawl_every=dt.timedelta(days=7),
        edit_url="{url}",
        credential=(),
        whole_account=False,
        owner_link=OwnerLink.GIVEN_PAGE,
        owners_view=None,
        revalidates=True,
        takes_markup=False,
        complete=False,
        special_days_ahead=None,
        how_to_fix="Yahoo takes corrections through Yext or one of its resellers; it has no form of its own.",
    ),
}
"""Every source there is. A new one is one entry here, one adapter, one sandbox twin, payloads, one docs page."""


def facts(source: str) -> SourceFacts:
    """The facts of a source. Raises KeyError for an unknown one."""
    return SOURCES[source]
