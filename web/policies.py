"""Who may call which route. A route without a row here is refused when the application starts."""

import enum

from flask import Flask

from listings.access import Act


class Anybody(enum.Enum):
    """Rows for routes that need no log-in."""

    OPEN = "open"
    """Everybody, and the page may look different for somebody who is logged in."""
    PUBLISHED = "published"
    """Everybody alike: no cookie is read or set, so that shared caches may keep the answer."""


Policy = Act | Anybody

POLICIES: dict[str, Policy] = {
    "static": Anybody.PUBLISHED,
    "health.healthz": Anybody.PUBLISHED,
    "login.form": Anybody.OPEN,
    "login.enter": Anybody.OPEN,
    "login.leave": Anybody.OPEN,
    "login.set_password_form": Anybody.OPEN,
    "login.set_password": Anybody.OPEN,
    "inbox.index": Act.LOOK,
    "inbox.show": Act.LOOK,
    "answering.send": Act.REPLY,
    "answering.take_back": Act.REPLY,
    "answering.note": Act.REPLY,
    "answering.close": Act.REPLY,
    "answering.reopen": Act.REPLY,
    "answering.assign": Act.REPLY,
    "answering.mark": Act.REPLY,
    "answering.check": Act.REPLY,
    "sources.index": Act.LOOK,
    "sources.show": Act.LOOK,
    "failed_jobs.index": Act.RUN_SOURCES,
    "failed_jobs.again": Act.RUN_SOURCES,
    "failed_jobs.again_all": Act.RUN_SOURCES,
    "failed_jobs.give_up": Act.RUN_SOURCES,
    "source_acts.read_all": Act.RUN_SOURCES,
    "source_acts.read": Act.RUN_SOURCES,
    "source_acts.pause": Act.RUN_SOURCES,
    "source_acts.resume": Act.RUN_SOURCES,
    "source_acts.believe": Act.RUN_SOURCES,
    "source_acts.keep": Act.RUN_SOURCES,
    "source_acts.accept": Act.RUN_SOURCES,
    "source_acts.doubt": Act.RUN_SOURCES,
    "source_acts.connect": Act.ADMINISTER,
    "source_permission.record": Act.ADMINISTER,
    "source_permission.end": Act.ADMINISTER,
    "source_consent.begin": Act.ADMINISTER,
    "source_consent.returned": Act.ADMINISTER,
    "source_consent.take": Act.ADMINISTER,
    "source_consent.disconnect": Act.ADMINISTER,
    "pages.index": Act.LOOK,
    "pages.show": Act.LOOK,
    "pages.add": Act.PUBLISH,
    "pages.save": Act.PUBLISH,
    "public.index": Anybody.PUBLISHED,
    "public.location": Anybody.PUBLISHED,
    "widget.script": Anybody.PUBLISHED,
    "widget.data": Anybody.PUBLISHED,
    "widget.fragment": Anybody.PUBLISHED,
    "widget.frame": Anybody.PUBLISHED,
    "push.google": Anybody.PUBLISHED,
    "push.yelp": Anybody.PUBLISHED,
    "push.yelp_verification": Anybody.PUBLISHED,
    "account.show": Act.LOOK,
    "account.save_keys": Act.LOOK,
    "account.sign_out_everywhere": Act.LOOK,
    "home.index": Act.LOOK,
    "search.index": Act.LOOK,
    "locations.index": Act.LOOK,
    "locations.one": Act.LOOK,
    "locations.read": Act.DECIDE,
    "named_pages.save": Act.DECIDE,
    "named_pages.remove": Act.DECIDE,
    "named_pages.undo": Act.DECIDE,
    "mismatches.index": Act.LOOK,
    "mismatches.show": Act.LOOK,
    "evidence.whole": Act.LOOK,
    "evidence.download": Act.LOOK,
    "decisions.fix": Act.DECIDE,
    "decisions.accept": Act.DECIDE,
    "decisions.dismiss": Act.DECIDE,
    "decisions.record_wrong": Act.EDIT_LOCATIONS,
    "decisions.not_ours": Act.DECIDE,
    "decisions.check": Act.DECIDE,
    "decisions.undo": Act.DECIDE,
    "decisions.many": Act.DECIDE,
    "decisions.undo_moment": Act.DECIDE,
    "attributes.show": Act.LOOK,
    "attributes.change": Act.DECIDE,
    "attributes.take_back": Act.DECIDE,
    "belonging.yes": Act.DECIDE,
    "belonging.second": Act.DECIDE,
    "belonging.no": Act.DECIDE,
    "belonging.none": Act.DECIDE,
    "belonging.ask_again": Act.DECIDE,
    "matches.index": Act.LOOK,
    "matches.show": Act.LOOK,
    "limits.show": Act.LOOK,
    "limits.save": Act.ADMINISTER,
    "limits.undo": Act.ADMINISTER,
    "duplicates.index": Act.LOOK,
    "duplicates.not_duplicate": Act.DECIDE,
    "duplicates.reported": Act.DECIDE,
    "duplicates.keep_other": Act.DECIDE,
    "duplicates.merge": Act.EDIT_LOCATIONS,
    "duplicates.undo": Act.DECIDE,
}
"""Endpoint to what its caller must be allowed to do; which rows they reach is `listings.access`."""


def check_policies(app: Flask) -> None:
    """Raise RuntimeError when a route has no policy: a forgotten row must not become an open door."""
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules()} - POLICIES.keys())
    if missing:
        raise RuntimeError(f"web/policies.py has no row for {', '.join(missing)}")
