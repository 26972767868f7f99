"""The machine-readable layers a branch page may carry: JSON-LD in several styles, microdata, none."""

import json
from collections.abc import Callable
from html import escape
from typing import Any

from crawlers.sandbox.facts import ALL_DAY, Facts, national
from crawlers.sandbox.world import BRAND, HOST
from listings.records import OpenStatus

DAY_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ROOT = f"https://{HOST}/"


def opening_strings(facts: Facts) -> list[str]:
    """schema.org openingHours: one string per run of days and period, closed days left out."""
    rows: dict[tuple[str, str], list[int]] = {}
    for day, periods in enumerate(facts.hours):
        for period in periods:
            rows.setdefault(period, []).append(day)
    return [f"{_days(days)} {opens}-{closes}" for (opens, closes), days in rows.items()]


def _days(days: list[int]) -> str:
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{DAY_CODES[days[0]]}-{DAY_CODES[days[-1]]}"
    return ",".join(DAY_CODES[day] for day in days)


def _specifications(facts: Facts) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], list[str]] = {}
    for day, periods in zip(DAY_NAMES, facts.hours, strict=True):
        for period in periods:
            rows.setdefault(period, []).append(f"https://schema.org/{day}")
    week = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": days,
            "opens": opens,
            "closes": "23:59" if (opens, closes) == ALL_DAY else closes,
        }
        for (opens, closes), days in rows.items()
    ]
    return week + _special(facts)


def _special(facts: Facts) -> list[dict[str, Any]]:
    return [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": day.date.isoformat(),
            "validThrough": day.date.isoformat(),
            "opens": opens,
            "closes": closes,
        }
        for day in facts.special_hours
        for opens, closes in day.periods or (("00:00", "00:00"),)
    ]


def _store(facts: Facts) -> dict[str, Any]:
    return {
        "@type": "Bakery",
        "@id": f"{facts.website}#store",
        "name": facts.name,
        "url": facts.website,
        "telephone": national(facts.phone),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": facts.street,
            "addressLocality": facts.city,
            "addressRegion": facts.region,
            "postalCode": facts.postal_code,
            "addressCountry": "US",
        },
        "geo": {"@type": "GeoCoordinates", "latitude": facts.latitude, "longitude": facts.longitude},
        "priceRange": "$$",
    }


def _script(body: Any) -> str:
    # "</" inside a script element would end it early.
    text = json.dumps(body, ensure_ascii=False, indent=2).replace("</", "<\\/")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def _single(facts: Facts) -> str:
    return _script(
        {
            "@context": "https://schema.org",
            **_store(facts),
            "openingHoursSpecification": _specifications(facts),
        }
    )


def _graph(facts: Facts) -> str:
    organization = {
        "@type": "Organization",
        "@id": f"{ROOT}#organization",
        "name": f"{BRAND} Company",
        "url": ROOT,
        "telephone": "(800) 555-0100",
        "address": {"@type": "PostalAddress", "streetAddress": "1 Millstone Plaza", "addressLocality": "Columbus",
                    "addressRegion": "OH", "postalCode": "43215", "addressCountry": "US"},
    }  # fmt: skip
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": 1, "name": "Locations", "item": f"{ROOT}locations"},
            {"@type": "ListItem", "position": 2, "name": facts.city, "item": facts.website},
        ],
    }
    store = {
        **_store(facts),
        "parentOrganization": {"@id": f"{ROOT}#organization"},
        "openingHoursSpecification": _specifications(facts),
    }
    return _script({"@context": "https://schema.org", "@graph": [organization, crumbs, store]})


def _list(facts: Facts) -> str:
    page = {"@context": "http://schema.org", "@type": "WebPage", "url": facts.website, "name": BRAND}
    store = {"@context": "http://schema.org", **_store(facts), "openingHours": opening_strings(facts)}
    store["geo"] = {
        "@type": "GeoCoordinates",
        "latitude": str(facts.latitude),
        "longitude": str(facts.longitude),
    }
    store["telephone"] = facts.phone
    store["specialOpeningHoursSpecification"] = _special(facts)
    return _script([page, store])


def _one_string(facts: Facts) -> str:
    store = {
        "@context": "https://schema.org/",
        **_store(facts),
        "openingHours": ", ".join(opening_strings(facts)),
        "openingHoursSpecification": _special(facts),
    }
    store["@type"] = ["LocalBusiness", "Bakery"]
    return "<!-- store data -->\n" + _script(store)


def _microdata(facts: Facts) -> str:
    """Microdata stands in the body: see `microdata_body`."""
    return f'<meta property="og:title" content="{escape(facts.name)}">'


def _nothing(facts: Facts) -> str:
    return f'<meta name="description" content="{escape(facts.name)} in {escape(facts.city)}">'


STYLES: dict[str, Callable[[Facts], str]] = {
    "jsonld": _single,
    "graph": _graph,
    "list": _list,
    "microdata": _microdata,
    "text": _nothing,
    "string": _one_string,
}
"""Style of a page → what it puts into the head. "text" pages have visible words and a tel link only."""


def visible(facts: Facts, style: str) -> str:
    """The branch as people read it; with microdata attributes in the style of that name."""
    item = style == "microdata"

    def prop(name: str, extra: str = "") -> str:
        return f' itemprop="{name}"{extra}' if item else ""

    scope = ' itemscope itemtype="https://schema.org/Bakery"' if item else ""
    place = prop("address", ' itemscope itemtype="https://schema.org/PostalAddress"')
    meta = _microdata_only(facts) if item else ""
    return f"""<article{scope}>
<h1{prop("name")}>{escape(facts.name)}</h1>
<address{place}><span{prop("streetAddress")}>{escape(facts.street)}</span><br>
<span{prop("addressLocality")}>{escape(facts.city)}</span>, <span{prop("addressRegion")}>{facts.region}</span>
<span{prop("postalCode")}>{facts.postal_code}</span></address>
<p>Call us: <a href="tel:{facts.phone}"><span{prop("telephone")}>{national(facts.phone)}</span></a></p>
{meta}{_status_note(facts)}<h2>Hours</h2>
{_hours_table(facts)}
</article>"""


def _microdata_only(facts: Facts) -> str:
    rows = "".join(f'<meta itemprop="openingHours" content="{row}">\n' for row in opening_strings(facts))
    geo = (
        '<span itemprop="geo" itemscope itemtype="https://schema.org/GeoCoordinates">'
        f'<meta itemprop="latitude" content="{facts.latitude}">'
        f'<meta itemprop="longitude" content="{facts.longitude}"></span>\n'
    )
    special = "".join(
        '<span itemprop="specialOpeningHoursSpecification" itemscope '
        'itemtype="https://schema.org/OpeningHoursSpecification">'
        + "".join(
            f'<meta itemprop="{name}" content="{row[name]}">'
            for name in ("validFrom", "validThrough", "opens", "closes")
        )
        + "</span>\n"
        for row in _special(facts)
    )
    return f'<link itemprop="url" href="{facts.website}">\n{rows}{special}{geo}'


def _status_note(facts: Facts) -> str:
    return "" if facts.status is OpenStatus.OPEN else "<p><strong>This bakery is closed.</strong></p>\n"


def _hours_table(facts: Facts) -> str:
    rows = "".join(
        f"<tr><th>{day}</th><td>{', '.join(f'{opens}–{closes}' for opens, closes in periods) or 'Closed'}</td></tr>"
        for day, periods in zip(DAY_NAMES, facts.hours, strict=True)
    )
    return f"<table>{rows}</table>"
