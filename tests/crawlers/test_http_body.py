"""A body is unpacked piece by piece: whole and unchanged, or not at all."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.body import read_body
from crawlers.outcomes import Reason, Trouble

TEXT = b"two eggs over easy, home fries, rye toast. " * 5_000


def bare(data: bytes) -> bytes:
    """Deflate without zlib's frame, as many servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def trouble(chunks: list[bytes], encoding: str, limit: int = 10**6) -> Reason:
    with pytest.raises(Trouble) as caught:
        read_body(chunks, encoding, limit)
    return caught.value.reason


PACKERS: dict[str, list[Callable[[bytes], bytes]]] = {
    "": [bytes], "identity": [bytes], "gzip": [gzip.compress], "x-gzip": [gzip.compress], " GZIP ": [gzip.compress],
    "deflate": [zlib.compress, bare],
}  # fmt: skip
CASES = [(encoding, packer) for encoding, packers in PACKERS.items() for packer in packers]


@pytest.mark.parametrize(("encoding", "packer"), CASES)
@settings(deadline=None)
@given(data=st.binary(max_size=2_000), size=st.integers(1, 700))
def test_what_was_packed_comes_out(
    encoding: str, packer: Callable[[bytes], bytes], data: bytes, size: int
) -> None:
    assert read_body(pieces(packer(data), size), encoding, 10**6) == data


@pytest.mark.parametrize(("encoding", "packer"), CASES)
def test_a_large_body_comes_out_up_to_the_limit_exactly(
    encoding: str, packer: Callable[[bytes], bytes]
) -> None:
    chunks = pieces(packer(TEXT), 4_096)
    assert read_body(chunks, encoding, len(TEXT)) == TEXT
    assert trouble(chunks, encoding, len(TEXT) - 1) is Reason.TOO_LARGE


def test_several_gzip_members_are_one_body() -> None:
    assert read_body([gzip.compress(b"one ") + gzip.compress(b"two") + bytes(8)], "gzip", 100) == b"one two"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_body_that_is_cut_or_damaged_is_broken(encoding: str) -> None:
    packed = gzip.compress(TEXT) if encoding == "gzip" else zlib.compress(TEXT)
    assert trouble([packed[:-5]], encoding) is Reason.BROKEN_ANSWER
    assert trouble([b"not packed at all"], encoding) is Reason.BROKEN_ANSWER
    assert trouble([packed[:60] + b"\0\0\0\0" + packed[64:]], encoding) is Reason.BROKEN_ANSWER


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_a_coding_that_cannot_be_bounded_is_not_unpacked(encoding: str) -> None:
    assert trouble([gzip.compress(TEXT)], encoding) is Reason.UNKNOWN_ENCODING


def test_an_empty_packed_body_is_empty() -> None:
    assert read_body([], "gzip", 10) == b""
