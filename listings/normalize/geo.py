"""Coordinates: how far apart two points are, and which points are no points at all."""

import math

_EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The great-circle distance in metres between two points in degrees (haversine formula)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_lat = math.sin((phi2 - phi1) / 2)
    half_lon = math.sin(math.radians(lon2 - lon1) / 2)
    chord = half_lat * half_lat + math.cos(phi1) * math.cos(phi2) * half_lon * half_lon
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def is_null_island(lat: float, lon: float) -> bool:
    """Whether the point is (0, 0), which sources send when they know no coordinates."""
    return abs(lat) < 1e-4 and abs(lon) < 1e-4


def is_point(lat: float | None, lon: float | None) -> bool:
    """Whether the two numbers are a usable point: finite, on the globe and not null island."""
    if lat is None or lon is None or not (math.isfinite(lat) and math.isfinite(lon)):
        return False
    return abs(lat) <= 90 and abs(lon) <= 180 and not is_null_island(lat, lon)


def parse_point(text: str) -> tuple[float, float] | None:
    """ "lat,lon" in decimal degrees as two numbers; None when it isn't that or no usable point."""
    parts = text[:100].replace(";", " ").replace(",", " ").split()
    if len(parts) != 2:
        return None
    try:
        lat, lon = float(parts[0]), float(parts[1])
    except ValueError:
        return None
    return (lat, lon) if is_point(lat, lon) else None
