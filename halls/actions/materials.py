"""Hanging materials and taking them down (R-H-8); what screens show of them is changed in `places`."""

from datetime import datetime
from typing import Any

from django.db import transaction

from core import changes
from core.errors import Refused
from halls import live
from halls.actions import places
from halls.models import Hall, Material, TakenDown
from halls.queries import regions_above
from halls.states import Carrier


@transaction.atomic
def take_down(material: Material, hall: Hall, *, picture: str = "", actor: Any, now: datetime) -> TakenDown:
    """It no longer hangs in this hall, by whom, when, with a photo if there is one. Twice is once.

    The hall's own material leaves the TV with it; a region's stays up in the other halls. Raises Refused: not_here.
    """
    locked = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
    here = locked.hall_id == hall.pk or locked.region_id in regions_above(hall)
    if not here or locked.carrier == Carrier.SCREEN:
        raise Refused("not_here", f"{locked}不在本厅的物料清单里,请刷新页面。")
    facts = {"at": now, "by": actor, "picture": picture}
    row, fresh = TakenDown.objects.get_or_create(material=locked, hall=hall, defaults=facts)
    if fresh:
        changes.record(locked, f"撤下({hall.name})", actor=actor, after=locked.place)
        live.hall_changed(hall, "material.taken_down", locked.pk)
    if locked.hall_id == hall.pk:
        places.retire_material(locked.pk, actor=actor, now=now)
    return row
