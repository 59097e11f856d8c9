"""Reads about what hangs in halls: in its place, about to end, and what should have come down (R-H-8)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from core import time
from halls.models import Hall, Material, TakenDown
from halls.queries import places
from halls.rules import materials as rules
from halls.states import Carrier, HungState

EVERYTHING = "all"
ORDER = {state: at for at, state in enumerate(HungState)}


@dataclass(frozen=True)
class Hung:
    """A material in one hall."""

    row: Material
    hall_id: int
    state: HungState
    days_left: int
    down: TakenDown | None = None

    @property
    def days_over(self) -> int:
        return -self.days_left


def printed() -> QuerySet[Material]:
    """What hangs or lies somewhere, other than on a screen."""
    return Material.objects.exclude(carrier=Carrier.SCREEN)


def register(hall: Hall, now: datetime, *, state: str = "", find: str = "") -> list[Hung]:
    """The register of one hall: what must be done first, then by its last day. `state` is one, EVERYTHING, or "" for
    what is not down."""
    rows = printed().filter(Q(hall=hall) | Q(region__in=places.regions_above(hall)))
    if find:
        rows = rows.filter(Q(title__icontains=find) | Q(place__icontains=find))
    rows = rows.select_related("hall", "region", "keeper")
    down = {one.material_id: one for one in TakenDown.objects.filter(hall=hall).select_related("by")}
    today, soon = time.business_day(now), places.number(rules.MATERIAL_DAYS, hall, now)
    found = [_hung(row, hall.pk, today, soon, down.get(row.pk)) for row in rows]
    if state in HungState.values:
        found = [one for one in found if one.state == state]
    elif state != EVERYTHING:
        found = [one for one in found if one.state != HungState.DOWN]
    return sorted(found, key=lambda one: (ORDER[one.state], one.row.valid_to, one.row.pk))


def _hung(row: Material, hall_id: int, today: date, soon: int, down: TakenDown | None) -> Hung:
    is_down = down is not None or row.retired_at is not None
    state = rules.hung_state(row.valid_from, row.valid_to, today, soon=soon, is_down=is_down)
    return Hung(row, hall_id, state, (row.valid_to - today).days, down)


def ending(hall_ids: Collection[int], last: date) -> dict[int, list[Material]]:
    """By hall: what hangs and may hang no longer than to `last`; a few questions for any number of halls."""
    halls = places.halls_by_id(hall_ids)
    above = {pk: set(places.regions_above(hall)) for pk, hall in halls.items()}
    regions = set().union(*above.values()) if above else set()
    rows = printed().filter(Q(hall__in=above) | Q(region__in=regions), retired_at=None, valid_to__lte=last)
    down = set(TakenDown.objects.filter(material__in=rows, hall__in=above).values_list("material_id", "hall_id"))
    found: dict[int, list[Material]] = defaultdict(list)
    for row in rows.select_related("hall", "region").order_by("valid_to", "pk"):
        for pk, regions_here in above.items():
            if (row.hall_id == pk or row.region_id in regions_here) and (row.pk, pk) not in down:
                found[pk].append(row)
    return dict(found)


def expired(hall_ids: Collection[int], day: date) -> dict[int, list[Material]]:
    """By hall: what should have come down before this day. Any of it is a finding (R-H-8)."""
    past = ending(hall_ids, day)
    found = {pk: [row for row in rows if row.valid_to < day] for pk, rows in past.items()}
    return {pk: rows for pk, rows in found.items() if rows}
