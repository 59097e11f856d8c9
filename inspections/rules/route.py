"""The order in which an auditor drives to the halls of a day."""

from collections.abc import Mapping, Sequence
from itertools import pairwise, permutations
from math import asin, cos, radians, sin, sqrt
from typing import TypeVar

EARTH_METRES = 6_371_000
MOST_TRIED = 7  # 5,040 orders; with more stops the nearest one comes next
Place = tuple[float, float]
Stop = TypeVar("Stop")


def metres(one: Place, other: Place) -> int:
    """Along the ground between two places given as (latitude, longitude) in degrees."""
    lat, lon, here, there = map(radians, (*one, *other))
    half = sin((lat - here) / 2) ** 2 + cos(lat) * cos(here) * sin((lon - there) / 2) ** 2
    return round(2 * EARTH_METRES * asin(sqrt(half)))


def shortest(stops: Mapping[Stop, Place]) -> list[tuple[Stop, int]]:
    """The stops along the shortest way that begins at any of them, each with metres from the one before (first: 0).

    Of two directions, and of ways equally long, the one whose stops were given first.
    """
    if not stops:
        return []
    keys = list(stops)
    ways = permutations(keys) if len(keys) <= MOST_TRIED else [_nearest_next(first, stops) for first in keys]
    best = min(ways, key=lambda way: _length(way, stops))
    return [(best[0], 0), *((there, metres(stops[here], stops[there])) for here, there in pairwise(best))]


def _length(way: Sequence[Stop], stops: Mapping[Stop, Place]) -> int:
    return sum(metres(stops[here], stops[there]) for here, there in pairwise(way))


def _nearest_next(first: Stop, stops: Mapping[Stop, Place]) -> Sequence[Stop]:
    way, left = [first], [stop for stop in stops if stop != first]
    while left:
        left.sort(key=lambda stop: metres(stops[way[-1]], stops[stop]))
        way.append(left.pop(0))
    return way
