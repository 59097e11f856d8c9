"""How far from a hall somebody stood."""

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any

from halls.models import Hall

EARTH_METRES = 6_371_000


def distance_metres(place: Mapping[str, Any] | None, hall: Hall) -> int | None:
    """Metres between a place the tablet named and the hall; None when one of them is unknown."""
    if not place or "lat" not in place or hall.latitude is None or hall.longitude is None:
        return None
    lat, lon, here, there = map(radians, (place["lat"], place["lon"], float(hall.latitude), float(hall.longitude)))
    half = sin((lat - here) / 2) ** 2 + cos(lat) * cos(here) * sin((lon - there) / 2) ** 2
    return round(2 * EARTH_METRES * asin(sqrt(half)))
