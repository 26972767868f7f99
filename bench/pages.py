"""Location pages of 150 to 200 KB as real sites have them, and a bare server that hands them out."""

import json
import random
import socket
import threading
from collections.abc import Mapping
from typing import Any

WORDS = ("great", "service", "staff", "friendly", "slow", "food", "cold", "price", "clean", "visit", "again")
REVIEWS = 40


def page(business: Mapping[str, Any], draw: random.Random) -> bytes:
    """One page of a schema.org business with its reviews, the markup deep and the styles many."""
    reviews = [" ".join(draw.choices(WORDS, k=draw.randrange(20, 150))) for _ in range(REVIEWS)]
    marked = {**business, "review": [{"@type": "Review", "reviewBody": text} for text in reviews]}
    items = "".join(
        f"<li><div><div class='{draw.random()}'><p>{text}</p></div></div></li>" for text in reviews
    )
    styles = "".join(f".c{draw.randrange(10**9)}{{color:#123456;margin:0 auto}}" for _ in range(2_500))
    return (
        f"<!doctype html><html><title>{business['name']}</title><style>{styles}</style>"
        f"<script type='application/ld+json'>{json.dumps(marked)}</script><h1>Shop</h1><ul>{items}</ul></body></html>"
    ).encode()


def answer(body: bytes, *headers: str) -> bytes:
    """A whole HTTP answer; a header is "Name: value"."""
    lines = ("HTTP/1.1 200 OK", "Content-Type: text/html", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body


MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def serve(listener: socket.socket, ready: Mapping[bytes, bytes]) -> None:
    """Hand out ready-made answers by path, a thread per connection; 404 for every other path."""

    def talk(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            while heading := connection.recv(65_536):
                connection.sendall(ready.get(heading.split(b" ", 2)[1], MISSING))

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()
