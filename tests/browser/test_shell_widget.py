"""The widget on a page of strangers, with a policy of its own and styles that shout."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, expect

from tests.browser.shell_site import served, watched
from tests.web.preview import make_app

pytestmark = pytest.mark.browser

HOST_PAGE = """<!doctype html><html lang=en><title>The Corner Guide</title>
<link rel=stylesheet href="/host.css"><main><h1>Where to mend a bike</h1>
<goodstanding-reviews w="hw7k2"><a href="/l/mankato">Reviews of Tallow Creek Bikes</a></goodstanding-reviews>
<goodstanding-reviews w="bd1"><a href="/l/mankato">Rating of Tallow Creek Bikes</a></goodstanding-reviews>
<script async src="/w/hw7k2.js"></script><script async src="/w/bd1.js"></script></main></html>"""


STYLE = """* { color: red !important; letter-spacing: 3px !important; text-transform: uppercase !important }
goodstanding-reviews { float: left !important; display: none !important }"""


def host(policy: str) -> Flask:
    app = make_app()

    def page() -> Response:
        return Response(HOST_PAGE, mimetype="text/html")

    def style() -> Response:
        return Response(STYLE, mimetype="text/css")

    def own_policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        return response

    app.add_url_rule("/host", "host", page)
    app.add_url_rule("/host.css", "style", style)
    app.after_request_funcs[None].insert(0, own_policy)
    return app


@pytest.fixture(scope="module", params=["default-src 'none'; script-src 'self'; style-src 'self'"])
def origin(request: pytest.FixtureRequest) -> Iterator[str]:
    with served(host(request.param)) as address:
        yield address


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "light"), (320, "dark")])
def test_it_shows_reviews_in_its_own_dress_with_script_src_alone(
    browser: Browser, origin: str, width: int, scheme: str
) -> None:
    with watched(browser, origin, width=width, scheme=scheme) as site:
        page = site.open("/host")
        reviews = page.get_by_role("region", name="Reviews of Tallow Creek Bikes")
        expect(reviews.get_by_role("article")).to_have_count(2)
        expect(reviews.get_by_text("<b>Not bold</b>")).to_be_visible()
        expect(page.get_by_role("region", name="Rating of Tallow Creek Bikes")).to_contain_text("4.4")
        colour = reviews.get_by_text("<b>Not bold</b>").evaluate("e => getComputedStyle(e).color")
        assert colour in ("rgb(28, 29, 31)", "rgb(237, 237, 234)")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert site.strangers == []


def test_without_permission_the_link_stays(browser: Browser) -> None:
    with served(host("default-src 'none'")) as origin, watched(browser, origin) as site:
        page = site.open("/host")
        expect(page.get_by_role("link", name="Reviews of Tallow Creek Bikes")).to_be_visible()
