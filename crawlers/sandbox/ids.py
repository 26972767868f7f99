"""Identifiers that look like the source's own, and lead back to a listing's number."""

import base64
import binascii
import hashlib

_ROOM = 1 << 63
_STRIDE = 0x5851F42D4C957F2D  # odd, so multiplication modulo a power of two can be undone
_BACK = pow(_STRIDE, -1, _ROOM)
_TAG = b"\x0a\x12\x09"


def location_id(number: int) -> str:
    """A listing's number as Google's long decimal location id."""
    return str(_mixed(number))


def location_number(location: str) -> int:
    """The number behind a location id; KeyError when it isn't one of ours."""
    if not (location.isascii() and location.isdigit()):
        raise KeyError(location)
    return _unmixed(int(location))


def place_id(number: int) -> str:
    """A listing's number as a Places id ("ChIJ…", 27 characters)."""
    mixed = _mixed(number).to_bytes(8, "little")
    return base64.urlsafe_b64encode(_TAG + mixed + _seal(mixed)).decode().rstrip("=")


def place_number(place: str) -> int:
    """The number behind a Places id; KeyError when it isn't one of ours."""
    try:
        raw = base64.urlsafe_b64decode(place + "=" * (-len(place) % 4))
    except (binascii.Error, ValueError) as broken:
        raise KeyError(place) from broken
    if len(raw) != 20 or raw[:3] != _TAG or raw[11:] != _seal(raw[3:11]):
        raise KeyError(place)
    return _unmixed(int.from_bytes(raw[3:11], "little"))


def business_id(number: int) -> str:
    """A listing's number as Yelp's id of 22 characters."""
    mixed = _mixed(number).to_bytes(8, "little")
    return base64.urlsafe_b64encode(mixed + _seal(mixed)[1:]).decode().rstrip("=")


def business_number(business: str) -> int:
    """The number behind a Yelp id; KeyError when it isn't one of ours."""
    try:
        raw = base64.urlsafe_b64decode(business + "=" * (-len(business) % 4))
    except (binascii.Error, ValueError) as broken:
        raise KeyError(business) from broken
    if len(raw) != 16 or raw[8:] != _seal(raw[:8])[1:]:
        raise KeyError(business)
    return _unmixed(int.from_bytes(raw[:8], "little"))


def maps_cid(number: int) -> int:
    """The number Google Maps' own links carry."""
    return _mixed(number)


def _mixed(number: int) -> int:
    return (number + 1) * _STRIDE % _ROOM


def _unmixed(mixed: int) -> int:
    return mixed * _BACK % _ROOM - 1


def _seal(mixed: bytes) -> bytes:
    return b"\x11" + hashlib.sha256(mixed).digest()[:8]
