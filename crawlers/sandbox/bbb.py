"""BBB's site over the same chain: profile pages in two builds, pages of reviews, the site's own search."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from crawlers.sandbox.bbb_state import (
    CustomerReview,
    average,
    bureau,
    business_id,
    business_number,
    city_of,
    figures,
    linked_data,
    reviews_of,
    state,
)
from crawlers.sandbox.cities import CITIES, City
from crawlers.sandbox.facts import national
from crawlers.sandbox.planting import Listing, Role, listing, listings_of
from crawlers.sandbox.state import Sandbox
from crawlers.sandbox.wire import Answered, Asked, json_answer
from crawlers.sandbox.world import BRAND, World
from listings.records import OpenStatus

SOURCE = "bbb"
HOST = "www.bbb.org"
HOSTS = frozenset({HOST})
REVIEWS_A_PAGE = 10
ROWS_A_PAGE = 15
LAST_SEARCH_PAGE = 15
_PROFILE = re.compile(
    r"(?P<path>/us/[a-z]{2}/[a-z-]+/profile/bakery/[a-z-]+-(?P<bureau>\d{4})-(?P<business>\d+))"
    r"(?P<page>/customer-reviews|/complaints)?/?"
)


def source_id(world: World, entry: Listing) -> str:
    """Bureau and business, which name a profile only together."""
    return f"{bureau(city_of(world, entry))}_{business_id(entry)}"


def page_url(world: World, entry: Listing) -> str:
    """The address of the entry's profile."""
    return f"https://{HOST}{page_path(world, entry)}"


def page_path(world: World, entry: Listing) -> str:
    """The path of the entry's profile."""
    city = city_of(world, entry)
    ids = f"{bureau(city)}-{business_id(entry)}"
    return f"/us/{city.region.lower()}/{_slug(city.name)}/profile/bakery/{_slug(BRAND)}-{ids}"


def answer(sandbox: Sandbox, asked: Asked) -> Answered:
    """The answer to one request at www.bbb.org; GET and HEAD only."""
    if asked.method not in {"GET", "HEAD"}:
        return Answered(405, b"", {"allow": "GET, HEAD"})
    if asked.path == "/robots.txt":
        text = "User-agent: *\nDisallow: /login\nDisallow: /*/leave-a-review\n"
        return Answered(200, text.encode(), {"content-type": "text/plain; charset=utf-8"})
    if asked.path == "/api/search":
        return _search(sandbox, asked)
    match = _PROFILE.fullmatch(asked.path)
    return _profile(sandbox, asked, match) if match else _missing()


def _profile(sandbox: Sandbox, asked: Asked, match: re.Match[str]) -> Answered:
    world = sandbox.world
    try:
        entry = listing(world, SOURCE, business_number(match["business"]))
    except KeyError:
        return _missing()
    path = page_path(world, entry)
    if match["path"] != path:
        return Answered(301, b"", {"location": f"https://{HOST}{path}{match['page'] or ''}"})
    if match["page"] == "/complaints":
        return _complaints(sandbox, entry)
    if match["page"]:
        return _reviews(sandbox, entry, asked.query.get("page", "1"))
    return _page(sandbox, entry, "", None)


def carries_state(entry: Listing) -> bool:
    """Whether the entry's pages are of the build that carries its data in a script; one in three is older."""
    return entry.role is Role.COMPANY or entry.index % 3 != 2


def _page(sandbox: Sandbox, entry: Listing, body: str, reviews: list[CustomerReview] | None) -> Answered:
    world, facts = sandbox.world, sandbox.shown(entry)
    path, said = page_path(world, entry), figures(sandbox.world, entry)
    if carries_state(entry):
        head = (
            f"<script>window.__PRELOADED_STATE__ = {_inline(state(sandbox, entry, path, reviews))};</script>"
        )
    else:
        about = {
            "accredited_status": "AB" if said.accredited_since else "nonAB",
            "business_rating": said.grade,
            "tob_id": "50024-000",
        }
        head = (
            f'<script type="application/ld+json">{_inline(linked_data(facts, page_url(world, entry), said))}</script>\n'
            f"<script>var webDigitalData = {_inline({'business_info': about})};</script>"
        )
    note = ""
    if entry.role is Role.COMPANY:
        note = "<p>This Business Profile is an aggregate report for all company locations.</p>"
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{escape(facts.name)} | BBB Business Profile | Better Business Bureau</title>
<link rel="canonical" href="{page_url(world, entry)}">
{head}
</head>
<body>
<header><a href="/">Better Business Bureau</a></header>
<main>
<h1>{escape(facts.name)}</h1>
{note}<p>BBB Rating: {said.grade}</p>
<address>{escape(facts.street)}, {escape(facts.city)}, {facts.region} {facts.postal_code}</address>
<a href="tel:{facts.phone}">{national(facts.phone)}</a>
{body}
</main>
</body>
</html>
"""
    return Answered(200, html.encode(), {"content-type": "text/html; charset=utf-8"})


def _reviews(sandbox: Sandbox, entry: Listing, page: str) -> Answered:
    every = reviews_of(sandbox.world, entry, sandbox.now.date())
    number = int(page) if page.isascii() and page.isdigit() else 0
    first = (number - 1) * REVIEWS_A_PAGE
    if number < 1 or (number > 1 and first >= len(every)):
        return _missing()
    here = every[first : first + REVIEWS_A_PAGE]
    cards = "".join(_card(one) for one in here)
    more = ""
    if first + REVIEWS_A_PAGE < len(every):
        path = f"{page_path(sandbox.world, entry)}/customer-reviews?page={number + 1}"
        more = f'<nav class="bds-pagination"><a rel="next" href="{path}">Next</a></nav>'
    stars = f"<p>{average(every)}/5, average of {len(every)} customer reviews</p>" if every else ""
    return _page(sandbox, entry, f'{stars}<ul class="stack">{cards}</ul>{more}', here)


def _card(review: CustomerReview) -> str:
    answer_ = ""
    if review.answer:
        text, day = review.answer
        answer_ = (
            '<div class="bpr-review-business-response-grid"><h4>Business response</h4>'
            f'<div class="bpr-review-business-response-date">{day:%m/%d/%Y}</div>'
            f'<div class="bpr-review-business-response-body">{escape(text)}</div></div>'
        )
    return (
        f'<li class="bpr-review" id="{review.id}"><h3>Review from: {escape(review.author)}</h3>'
        f'<p>Date: {review.written:%m/%d/%Y}</p><div><span class="visually-hidden">{review.stars} stars</span></div>'
        f"<div>{escape(review.text)}</div>{answer_}</li>\n"
    )


def _complaints(sandbox: Sandbox, entry: Listing) -> Answered:
    said = figures(sandbox.world, entry)
    cards = "".join(
        f'<li class="bpr-complaint" id="complaint-{rank}"><h3>Complaint Type: Order Issues</h3>'
        "<div>Status: Answered</div><div>The cake was never delivered.</div></li>"
        for rank in range(said.complaints)
    )
    return _page(sandbox, entry, f"<ul>{cards}</ul>", None)


def _search(sandbox: Sandbox, asked: Asked) -> Answered:
    text, place = asked.query.get("find_text", ""), asked.query.get("find_loc", "")
    page = asked.query.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() else 1
    if number > LAST_SEARCH_PAGE:
        return json_answer({"message": "Internal Server Error"}, 500)
    rows = [] if asked.query.get("find_country") != "USA" or not text else list(_rows(sandbox, text, place))
    first = (number - 1) * ROWS_A_PAGE
    return json_answer(
        {
            "page": number,
            "pageSize": ROWS_A_PAGE,
            "totalPages": min(LAST_SEARCH_PAGE, -(-len(rows) // ROWS_A_PAGE)),
            "totalResults": len(rows),
            "results": rows[first : first + ROWS_A_PAGE],
            "heading": {"searchInputText": text, "searchLocationText": place},
        }
    )


def _rows(sandbox: Sandbox, text: str, place: str) -> Iterator[dict[str, Any]]:
    """The profiles near a place that share a word with the text, the head office's report for that area among them."""
    words, world = set(text.lower().split()), sandbox.world
    for city in CITIES:
        if not place.lower().startswith(city.name.lower()):
            continue
        if words & set(BRAND.lower().split()):
            yield _local_report(world, city)
        for index in world.neighbours(city):
            for entry in listings_of(world, SOURCE, index):
                if words & set(sandbox.shown(entry).name.lower().split()):
                    yield _row(sandbox, entry)


def _row(sandbox: Sandbox, entry: Listing) -> dict[str, Any]:
    world, facts = sandbox.world, sandbox.shown(entry)
    said = figures(world, entry)
    path = page_path(world, entry)
    first_word = facts.name.split()[0]
    return {
        "id": f"{source_id(world, entry)}_{90_000 + entry.number}",
        "businessName": facts.name.replace(first_word, f"<em>{first_word}</em>", 1),
        "address": facts.street,
        "city": f"{facts.city} " if entry.index % 2 else facts.city,
        "state": facts.region,
        "postalcode": facts.postal_code,
        "tobText": facts.category,
        "rating": "" if said.grade == "NR" else said.grade,
        "ratingScore": 0.0 if said.grade == "NR" else 100.0,
        "bbbMember": said.accredited_since is not None,
        "reportUrl": path,
        "localReportUrl": None,
        "leaveReviewUrl": f"{path}/leave-a-review",
        "phone": [national(facts.phone)],
        "location": f"{facts.latitude},{facts.longitude}",
        "businessId": business_id(entry),
        "bbbId": bureau(city_of(world, entry)),
        "bbbName": f"BBB of {city_of(world, entry).name}",
        "categories": [{"id": "50024-000", "name": facts.category}],
        "serviceAreasSummary": None,
        "hasServiceArea": False,
        "outOfBusinessStatus": "Out of Business" if facts.status is OpenStatus.CLOSED else None,
    }


def _local_report(world: World, city: City) -> dict[str, Any]:
    """The head office's report for an area: its own phones, no address, the town that was asked for."""
    company = Listing(SOURCE, 3, 0, Role.COMPANY)
    key = source_id(world, company)
    path = page_path(world, company)
    return {
        "id": f"{key}_LR_{CITIES.index(city)}", "businessName": f"<em>{BRAND.split(maxsplit=1)[0]}</em> Bakery",
        "address": "", "city": city.name, "state": city.region, "postalcode": city.areas[0].postal_code,
        "tobText": "Bakery", "rating": "A+", "ratingScore": 100.0, "bbbMember": True, "reportUrl": path,
        "localReportUrl": f"{path}/local-report", "phone": ["(800) 555-0199", "(800) 555-0100"], "location": "",
        "businessId": business_id(company), "bbbId": bureau(city), "bbbName": f"BBB of {city.name}",
        "categories": [{"id": "50024-000", "name": "Bakery"}], "hasServiceArea": True, "outOfBusinessStatus": None,
    }  # fmt: skip


def _missing() -> Answered:
    html = (
        "<!doctype html><html><head><title>Page Not Found | Better Business Bureau</title></head>"
        "<body><h1>Page not found</h1></body></html>"
    )
    return Answered(404, html.encode(), {"content-type": "text/html; charset=utf-8"})


def _inline(value: Any) -> str:
    # "</" would end the script early.
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _wall(status: int, title: str) -> Callable[[Asked, Answered], Answered]:
    html = (
        f"<!doctype html><html><head><title>{title}</title></head><body><p>Enable JavaScript and cookies to "
        "continue</p><script>(function(){window._cf_chl_opt = {cZone: 'www.bbb.org'};})();</script></body></html>"
    )

    def wall(asked: Asked, good: Answered) -> Answered:
        del asked, good
        return Answered(status, html.encode(), {"content-type": "text/html; charset=utf-8"})

    return wall


MISHAPS: Mapping[str, Callable[[Asked, Answered], Answered]] = {
    "challenge": _wall(403, "Just a moment..."),
    "challenge_200": _wall(200, "Just a moment..."),
    "refused": _wall(403, "You have been blocked | Better Business Bureau&#174;"),
}
"""How this site turns a crawler away."""


def review_rows(sandbox: Sandbox, entry: Listing) -> Iterator[dict[str, Any]]:
    """The truth about an entry's customer reviews, for the ledger."""
    for one in reviews_of(sandbox.world, entry, sandbox.now.date()):
        yield {
            "source": SOURCE,
            "source_review_id": one.id,
            "listing": source_id(sandbox.world, entry),
            "role": entry.role.value,
            "code": sandbox.world.code(entry.index) if entry.role is Role.OWN else None,
            "rating": one.stars,
            "text": one.text,
            "author": one.author,
            "created_at": one.written.isoformat(),
            "reply": one.answer[0] if one.answer else None,
        }


def figure_row(sandbox: Sandbox, entry: Listing) -> dict[str, Any]:
    """The truth about an entry's figures, for the ledger; what only the newer build shows is None on an older page."""
    said, new = figures(sandbox.world, entry), carries_state(entry)
    reviews = reviews_of(sandbox.world, entry, sandbox.now.date())
    return {
        "source": SOURCE,
        "source_id": source_id(sandbox.world, entry),
        "role": entry.role.value,
        "grade": said.grade,
        "accredited": said.accredited_since is not None,
        "accredited_since": said.accredited_since.isoformat() if new and said.accredited_since else None,
        "complaints": said.complaints,
        "complaints_closed_twelve_months": said.closed_in_a_year if new else None,
        "stars": average(reviews) if new else None,
        "reviews": len(reviews) if new else None,
    }
