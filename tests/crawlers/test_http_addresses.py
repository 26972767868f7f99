"""Nothing but the public internet can be reached, by no spelling, redirect or change of mind."""

from itertools import cycle
from pathlib import Path
from urllib.parse import quote

import pytest

from crawlers.addresses import check_address, target_of
from crawlers.outcomes import Failure, Reason
from crawlers.source import Answer, Outcome, Request
from tests.crawlers.clients import Detour, detoured_client, quick_client, resolver_of
from tests.crawlers.faulty import Faulty

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "quality" / "payloads" / "ssrf_hosts.txt"
PUBLIC = "93.184.216.34"
SPELLINGS = [
    # loopback as inet_aton, browsers and IDNA would still understand it
    "127.0.0.1", "127.0.1", "127.1", "127.255.255.254", "2130706433", "0x7f000001", "0X7F.1", "0x7f.0.0.1",
    "017700000001", "0177.0.0.1", "127.0.0.01", "00000127.0.0.1", "127.0.0.1.", "0", "0.0.0.0", "00", "0x0",  # noqa: S104 - a spelling, nothing is bound
    "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "%31%32%37.0.0.1", "127%2e0%2e0%2e1",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    # addresses that carry loopback inside
    "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]",
    "[2001:0:7f00:1::]",
    # names of the machine and of private networks
    "localhost", "LOCALHOST", "localhost.", "LocalHost.", "a.localhost", "localhost.localdomain", "printer.local",
    "metadata", "metadata.google.internal", "db.internal.", "router.home.arpa", "nas.lan", "wiki.corp",
    "ｌｏｃａｌｈｏｓｔ",
    # private, shared, link-local, documentation, benchmarking, multicast, reserved, cloud metadata
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.100.100.200", "169.254.169.254",
    "0xa9fea9fe", "2852039166", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]",
    "[fe80::1%25lo]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[::ffff:10.0.0.1]",
]  # fmt: skip


def assert_blocked(result: Answer | Failure) -> None:
    assert isinstance(result, Failure)
    assert (result.reason, result.outcome) == ("BlockedAddress", Outcome.BLOCKED), result


def routes(source: Faulty, url: str) -> dict[str, str]:
    """The same address asked for directly and behind redirects."""
    once = source.url(f"/redirect?to={quote(url, safe='')}")
    return {
        "direct": url,
        "302": once,
        "307 chain": source.url(f"/redirect?status=307&to={quote(once, safe='')}"),
    }


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_private_address_is_fetched(spelling: str, source: Faulty, canary: Faulty) -> None:
    with quick_client(source.authority) as client:
        for url in routes(source, f"http://{spelling}:{canary.port}/secret").values():
            assert_blocked(client.fetch(Request(url)))
    assert canary.hits == []
    assert len(source.hits) == 3


def test_the_shared_list_of_spellings_is_refused_on_every_route(source: Faulty, canary: Faulty) -> None:
    if not SHARED.exists():
        pytest.skip("../shared is absent: its list of spellings can't be tried")
    lines = [line.split("#")[0].split() for line in SHARED.read_text("utf-8").splitlines()]
    spellings = [words[0] for words in lines if words]
    assert len(spellings) >= 31
    with quick_client(source.authority) as client:
        for spelling in spellings:
            for url in routes(source, f"http://{spelling}:{canary.port}/secret").values():
                assert_blocked(client.fetch(Request(url)))
    assert canary.hits == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["fe80::1%lo"],
        ["10.1.2.3"], ["169.254.169.254"], ["100.64.7.7"], ["fd00:ec2::254"],
        [PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], ["2606:2800:220:1::1", "::1"],
    ],
)  # fmt: skip
def test_a_name_that_stands_for_a_private_address_is_refused(addresses: list[str], canary: Faulty) -> None:
    names = resolver_of({"127.0.0.1.nip.example": addresses})
    network = Detour({PUBLIC: canary.port})
    with detoured_client(network, names) as client:
        assert_blocked(client.fetch(Request(f"http://127.0.0.1.nip.example:{canary.port}/secret")))
    assert (network.dialled, canary.hits) == ([], [])


def test_a_name_that_changes_its_address_never_leads_inside(source: Faulty, canary: Faulty) -> None:
    turns = cycle([[PUBLIC], ["127.0.0.1"]])
    network = Detour({PUBLIC: source.port})
    with detoured_client(network, lambda host, port: next(turns)) as client:
        results = [client.fetch(Request(f"http://rebind.example:{canary.port}/close")) for _ in range(1_000)]
    blocked = [result for result in results if isinstance(result, Failure)]
    assert len(blocked) == 500
    assert {result.reason for result in blocked} == {Reason.BLOCKED_ADDRESS}
    assert (len(source.hits), canary.hits, set(network.dialled)) == (500, [], {PUBLIC})


def test_a_name_that_changes_its_address_between_two_hops_is_refused(source: Faulty, canary: Faulty) -> None:
    turns = iter([[PUBLIC], ["127.0.0.1"]])
    again = f"http://rebind.example:{canary.port}/secret"
    source.answers["/hop"] = lambda handler: handler.send(b"", 302, Location=again, Connection="close")
    with detoured_client(Detour({PUBLIC: source.port}), lambda host, port: next(turns)) as client:
        assert_blocked(client.fetch(Request(f"http://rebind.example:{canary.port}/hop")))
    assert canary.hits == []


def test_only_the_exact_host_and_port_is_excepted(source: Faulty, canary: Faulty) -> None:
    with quick_client(source.authority) as client:
        assert isinstance(client.fetch(Request(source.url("/page"))), Answer)
        assert_blocked(client.fetch(Request(canary.url("/secret"))))
        assert_blocked(client.fetch(Request(f"http://127.1:{source.port}/page")))
        assert_blocked(client.fetch(Request(f"http://localhost:{source.port}/page")))
        assert_blocked(client.fetch(Request(f"http://[::ffff:127.0.0.1]:{source.port}/page")))
    assert (len(source.hits), canary.hits) == (1, [])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://shop.example/", "gopher://shop.example/", "javascript:alert(1)", "shop.example",
        "//shop.example/", "http://", "http:///path", "http://user@shop.example/", "http://user:pw@shop.example/",
        "http://shop.example@127.0.0.1/", "http://shop.example\\@127.0.0.1/", "http://shop.example:99999/",
        "http://shop.example:port/", "http://[::1/", "http://[shop.example]/", "http://sh op.example/", "http://.../",
        "http://shop..example/", "http://127.0.0.1\\.shop.example/", "http://shop.example%00.evil/", "",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str, source: Faulty) -> None:
    network = Detour({PUBLIC: source.port})
    with detoured_client(network, lambda host, port: [PUBLIC]) as client:
        result = client.fetch(Request(url))
    assert isinstance(result, Failure)
    assert (result.reason, result.outcome) == (Reason.REFUSED_URL, Outcome.BLOCKED)
    assert network.dialled == []


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "http://me:secret@shop.example/", "ftp://shop.example/x"]
)
def test_a_redirect_to_no_plain_web_address_is_refused(to: str, source: Faulty) -> None:
    with quick_client(source.authority) as client:
        result = client.fetch(Request(source.url(f"/redirect?to={quote(to, safe='')}")))
    assert isinstance(result, Failure)
    assert result.reason is Reason.REFUSED_URL


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"],
)
def test_public_addresses_pass(address: str) -> None:
    assert str(check_address(address)) == address


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("HTTP://Shop.Example", "http://shop.example/"),
        ("https://shop.example:443/a?b=c#d", "https://shop.example/a?b=c"),
        ("http://shop.example.:8080/ü?q=é&r=%C3%A9", "http://shop.example:8080/%C3%BC?q=%C3%A9&r=%C3%A9"),
        ("https://MÜNCHEN.example/", "https://xn--mnchen-3ya.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("http://[2606:4700:0:0::1111]/", "http://[2606:4700::1111]/"),
    ],
)
def test_a_url_has_one_spelling(url: str, plain: str) -> None:
    assert target_of(url).url == plain
