"""Reading a body without trusting its size: decompressed piece by piece, never past the limit."""

import zlib
from collections.abc import Iterable, Iterator

from crawlers.outcomes import Reason, Trouble

ACCEPT_ENCODING = "gzip, deflate"
"""What we ask for: the codings whose output the standard library can bound while it decodes."""

_STEP = 65_536
_GZIP = zlib.MAX_WBITS | 16


def read_body(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """The decoded body of a Content-Encoding.

    Raises Trouble: TOO_LARGE beyond `limit` bytes (on the wire or decoded), BROKEN_ANSWER for a
    stream that is damaged or ends early, UNKNOWN_ENCODING for one we didn't ask for.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        pieces = _bounded(chunks, limit)
    elif encoding in ("gzip", "x-gzip", "deflate"):
        pieces = _bounded(_inflated(_bounded(chunks, limit), encoding), limit)
    else:
        raise Trouble(Reason.UNKNOWN_ENCODING, f"the answer is encoded as {encoding[:40]!r}")
    return b"".join(pieces)


def looks_cut(body: bytes) -> bool:
    """Whether JSON or HTML lacks its own end: the only sign when a body ends by closing the connection."""
    text = body.strip()
    if text[:1] in (b"{", b"["):
        return text[-1:] != (b"}" if text[:1] == b"{" else b"]")
    return b"<html" in text[:1_000].lower() and b"</html" not in text[-10_000:].lower()


def _bounded(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise Trouble(Reason.TOO_LARGE, f"the answer is larger than {limit} bytes")
        yield piece


def _inflated(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Pieces of at most 64 KiB, so that whoever counts them can stop a bomb early."""
    decoder = None
    for chunk in chunks:
        data = chunk
        while data:
            if decoder is None or decoder.eof:
                decoder = zlib.decompressobj(_window(encoding, data))
            yield from _drained(decoder, data)
            # gzip may be several members in a row (RFC 1952, 2.2), padded with zeros
            data = decoder.unused_data.lstrip(b"\0") if encoding != "deflate" else b""
    if decoder is not None and not decoder.eof:
        raise Trouble(Reason.BROKEN_ANSWER, "the compressed answer ends early")


def _drained(decoder: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """All that `data` decodes to, up to the end of this stream, a step at a time."""
    while True:
        try:
            piece = decoder.decompress(data, _STEP)
        except zlib.error as error:
            raise Trouble(Reason.BROKEN_ANSWER, f"the compressed answer is damaged: {error}") from None
        yield piece
        data = decoder.unconsumed_tail
        if decoder.eof or (not data and len(piece) < _STEP):
            return


def _window(encoding: str, data: bytes) -> int:
    """zlib's window bits: "deflate" means zlib (RFC 9110), but many servers send it bare."""
    if encoding != "deflate":
        return _GZIP
    looks_like_zlib = data[0] & 0x0F == 8 and (len(data) < 2 or (data[0] << 8 | data[1]) % 31 == 0)
    return zlib.MAX_WBITS if looks_like_zlib else -zlib.MAX_WBITS
