"""Where a value may hold: a hall, or a region with all halls in it."""

from dataclasses import dataclass
from typing import Any

from halls.models import Hall, Region


@dataclass(frozen=True)
class Place:
    code: str
    name: str


def places(user: Any, hall: Hall, verb: str) -> list[Place]:
    """The places around a hall for which this person may set what the right is about, the widest first."""
    if not user.may(verb, hall):
        return []
    reached = user.rights.region_ids(verb)
    found = [Place(hall.code, f"只对{hall.name}")]
    region: Region | None = hall.region
    while region is not None:
        if region.pk in reached:
            found.insert(0, Place(region.code, f"{region.name}所有营业厅"))
        region = region.parent
    return found
