"""Which URLs and addresses a crawler may connect to: public ones, whatever their spelling.

The networks are those of the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890
and its successors); what isn't known to be public is refused.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import idna

from crawlers.outcomes import Reason, Trouble

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # Azure's host agent answers here inside a virtual machine
    )
)  # fmt: skip
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(network)
    # Teredo (in 2001::/23) and 6to4 carry an IPv4 address that routers on the way would unpack
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PRIVATE_NAMES = (
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "corp",
    "home",
    "home.arpa",
)
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_LONGEST_URL = 8_000
_KEPT = "/%:@!$&'()*+,;=~"
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart once; `host` is lower-case ASCII, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as the allowed exceptions are written: "127.0.0.1:8123", "[::1]:8123"."""
        return authority(self.host, self.port)

    @property
    def origin(self) -> tuple[str, str, int]:
        """What decides whether a redirect may take credentials along (RFC 6454)."""
        return (self.scheme, self.host, self.port)

    @property
    def url(self) -> str:
        """The URL in one spelling, the default port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def authority(host: str, port: int) -> str:
    """Host and port in one word, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def target_of(url: str) -> Target:
    """The URL taken apart; raises Trouble (REFUSED_URL) for what isn't a plain http(s) URL."""
    if len(url) > _LONGEST_URL:
        raise Trouble(Reason.REFUSED_URL, f"a URL of {len(url)} characters isn't fetched")
    try:
        parts = urlsplit(url.strip())
        _check_plain(parts)
        port = parts.port
        host = _plain_host(parts.hostname or "")
        path = quote(parts.path or "/", safe=_KEPT)
        query = "?" + quote(parts.query, safe=_KEPT + "?") if parts.query else ""
    except ValueError as error:
        raise Trouble(Reason.REFUSED_URL, f"not a usable URL: {error}") from None
    return Target(parts.scheme, host, _PORTS[parts.scheme] if port is None else port, path + query)


def _check_plain(parts: SplitResult) -> None:
    if parts.scheme not in _PORTS:
        raise ValueError(f"only http and https are fetched, not {parts.scheme or 'nothing'!r}")
    if "@" in parts.netloc:
        raise ValueError("there is a user name or password in it")


def redirect_target(target: Target, location: str) -> str:
    """The URL a Location header points to; raises Trouble (REFUSED_URL) when it is no URL."""
    try:
        return urljoin(target.url, location)
    except ValueError as error:
        raise Trouble(Reason.REFUSED_URL, f"redirected to no usable URL: {error}") from None


def _plain_host(host: str) -> str:
    """The host in its one spelling: percent signs, wide digits and capitals undone, IDNA applied."""
    host = unquote(host)
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    host = host.lower().rstrip(".")
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise ValueError("the host name is empty or malformed")
    return host


def check_host(host: str) -> Address | None:
    """The address when the host is one, None for a name that may be looked up.

    Raises Trouble (BLOCKED_ADDRESS) for an address that isn't public or is spelt in an odd way
    (127.1, 0x7f000001, 2130706433), and for names that only a private network knows.
    """
    if ":" in host:
        return check_address(host)
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return check_address(host)
    if "." not in host or any(host == name or host.endswith("." + name) for name in _PRIVATE_NAMES):
        raise Trouble(Reason.BLOCKED_ADDRESS, f"{host} is a name of a private network")
    return None


def check_address(text: str) -> Address:
    """The address; raises Trouble (BLOCKED_ADDRESS) when it isn't public or no plain spelling."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise Trouble(Reason.BLOCKED_ADDRESS, f"{text} is an odd spelling of an address") from None
    if not is_public(address):
        raise Trouble(Reason.BLOCKED_ADDRESS, f"{text} is not a public address")
    return address


def is_public(address: Address) -> bool:
    """Whether the address belongs to the public internet, tunnelled and mapped ones unpacked."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None:
        return False
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_V6 and not any(address in network for network in _NOT_PUBLIC_V6)
