"""No text that claims to be a URL makes a fetch raise, whoever wrote it."""

import string

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.addresses import check_host, target_of
from crawlers.http import Client, Conditions, Limits
from crawlers.outcomes import Trouble
from crawlers.source import Request
from tests.crawlers.clients import PaperClock, Scripted

MARKS = ["/", "?", "#", "@", ":", "[", "]", "%", "..", "xn--", "\\", "\t"]
PIECES = st.one_of(st.text(max_size=20), st.sampled_from(MARKS))
URLS = st.lists(PIECES, max_size=8).map("".join)
HOSTS = st.text(alphabet=string.ascii_letters + string.digits + ".-_:%[]é。①", max_size=30)


def offline(reply: tuple[int, dict[str, str], bytes]) -> Client:
    clock = PaperClock()
    wire = Scripted(lambda request: reply, clock)
    return Client("Test", limits=Limits(rate=1_000, retries=0), clock=clock, transport=wire)


@settings(deadline=None)
@given(st.sampled_from(["http://", "https://", "", "//", "HTTP:", "file://"]), HOSTS, URLS)
def test_a_url_is_taken_apart_or_refused(scheme: str, host: str, rest: str) -> None:
    try:
        target = target_of(scheme + host + rest)
    except Trouble:
        return
    assert target_of(target.url) == target


@settings(deadline=None)
@given(HOSTS)
def test_the_host_that_was_checked_is_the_host_that_is_asked(host: str) -> None:
    try:
        target = target_of(f"http://{host}/")
        check_host(target.host)
    except Trouble:
        return
    assert httpx.URL(target.url).raw_host.decode() == target.host


@settings(deadline=None)
@given(URLS)
def test_no_url_makes_a_fetch_raise(url: str) -> None:
    offline((200, {}, b"")).fetch(Request("http://shop.example/" + url))
    offline((200, {}, b"")).fetch(Request(url))


@settings(deadline=None)
@given(URLS)
def test_no_location_makes_a_fetch_raise(location: str) -> None:
    value = location.encode("utf-8", "ignore").decode()
    offline((302, {"location": value}, b"")).fetch(Request("http://shop.example/"))


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_stored_validator_makes_a_fetch_raise(etag: str, last_modified: str) -> None:
    offline((200, {}, b"")).fetch(Request("http://shop.example/"), conditions=Conditions(etag, last_modified))
