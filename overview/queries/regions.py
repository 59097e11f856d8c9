"""Regions that a person speaks for, and the halls below them."""

from typing import Any

from django.db.models import QuerySet

from halls.models import Hall, Region
from staff.access import halls_in, regions_below


def halls_below(region: Region) -> QuerySet[Hall]:
    ids = halls_in(regions_below(region.pk))
    return Hall.objects.filter(pk__in=ids).select_related("region__parent__parent").order_by("code")


def regions_of(user: Any, verb: str) -> list[Region]:
    """Those whose every hall the right covers, the larger first; those without a hall in use left out."""
    rows = Region.objects.filter(pk__in=user.rights.region_ids(verb)).order_by("level", "code")
    return [one for one in rows if halls_below(one).filter(is_live=True).exists()]


def regions_seen(user: Any, verb: str) -> list[Region]:
    """Those whose halls are all within a person's right, and those around a hall where it is held."""
    ids = set(user.rights.region_ids(verb))
    for hall in Hall.objects.filter(pk__in=user.hall_ids(verb)).select_related("region__parent__parent"):
        ids |= around(hall)
    return list(Region.objects.filter(pk__in=ids).order_by("level", "code"))


def around(hall: Hall) -> set[int]:
    """The regions that a hall lies in, from its own upwards."""
    found: set[int] = set()
    region: Region | None = hall.region
    while region is not None:
        found.add(region.pk)
        region = region.parent
    return found
