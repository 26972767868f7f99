"""From a host name to the addresses a connection may be made to, all of them checked."""

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from crawlers.addresses import authority, check_address, check_host
from crawlers.outcomes import Reason, Trouble

Resolver = Callable[[str, int], Sequence[str]]
"""A host name and port to the addresses it stands for; raises OSError as socket.getaddrinfo does."""

_FINAL_ERRORS = {socket.EAI_NONAME, socket.EAI_NODATA}


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The addresses that the machine's own resolver knows for the name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def checked_addresses(
    host: str, port: int, *, allowed: frozenset[str], resolver: Resolver, seconds: float
) -> list[str]:
    """The addresses to try, in order; `allowed` names the exact "host:port" exceptions.

    Raises Trouble. One address that isn't public condemns the whole name: an honest site has no
    reason to mix them.
    """
    if authority(host, port) in allowed:
        return list(_resolved(host, port, resolver, seconds))
    literal = check_host(host)
    if literal is not None:
        return [str(literal)]
    return [str(check_address(found)) for found in _resolved(host, port, resolver, seconds)]


def _resolved(host: str, port: int, resolver: Resolver, seconds: float) -> Sequence[str]:
    """Ask the resolver in a thread of its own: it can't be told when to stop."""
    answer: Future[Sequence[str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        found = answer.result(seconds)
    except TimeoutError:
        raise Trouble(Reason.NAME_UNRESOLVED, f"no address for {host} in time") from None
    except (OSError, UnicodeError) as error:
        final = isinstance(error, UnicodeError) or error.errno in _FINAL_ERRORS
        reason = Reason.NAME_NOT_FOUND if final else Reason.NAME_UNRESOLVED
        raise Trouble(reason, f"no address for {host}: {error}") from None
    if not found:
        raise Trouble(Reason.NAME_NOT_FOUND, f"no address for {host}")
    return found
