"""How far from a hall somebody stood."""

from collections.abc import Mapping
from typing import Any

from halls.models import Hall
from inspections.rules.route import metres


def distance_metres(place: Mapping[str, Any] | None, hall: Hall) -> int | None:
    """Metres between a place the tablet named and the hall; None when one of them is unknown."""
    if not place or "lat" not in place or hall.latitude is None or hall.longitude is None:
        return None
    return metres((place["lat"], place["lon"]), (float(hall.latitude), float(hall.longitude)))
