"""Targets are set from above: a city's districts, a district's halls, a hall's people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from halls.states import RegionLevel
from staff.models import Target, User
from staff.queries import targets as queries
from staff.queries.targets import Place
from staff.rules import performance as rules

MOST = 1_000_000
NO_RIGHT = "没有下达目标的权限。如工作需要,请联系上级。"


@transaction.atomic
def set_targets(
    place: Place, month_and_measure: tuple[date, str], values: Mapping[str, int | None], *, actor: User, now: datetime
) -> int:
    """Set what stands directly below a place (and a city's own); None takes a target away. Returns how many changed."""
    month, measure = month_and_measure
    if not queries.may_see(actor, place):
        raise PermissionDenied(NO_RIGHT)
    if month < rules.month_of(time.business_day(now)):
        raise Refused("month_over", "这个月已经结束,目标不能再改。")
    if measure not in dict(queries.measures()):
        raise Refused("no_measure", "请选择指标。")
    allowed = {line.key for line in queries.sheet(place, month, measure, now).parts}
    if not isinstance(place, Hall) and place.level == RegionLevel.CITY:
        allowed.add(queries.key_of(place))
    changed = 0
    for key, value in values.items():
        if key not in allowed:
            raise Refused("not_below", "只能给下一级下达目标。")
        if value is not None and not 0 <= value <= MOST:
            raise Refused("bad_value", f"目标值应为 0–{MOST} 的整数。")
        changed += _set(_columns(key), month, measure, value=value, by=(actor, now))
    return changed


def _columns(key: str) -> dict[str, Any]:
    columns: dict[str, Any] = {"region_id": None, "hall_id": None, "person_id": None}
    for part in key.split("-"):
        name = part.rstrip("0123456789")
        columns[f"{name}_id"] = int(part[len(name) :])
    return columns


def _set(columns: dict[str, Any], month: date, measure: str, *, value: int | None, by: tuple[User, datetime]) -> bool:
    rows = Target.objects.select_for_update().filter(month=month, measure=measure, **columns)
    row = rows.first()
    if value is None or (row is not None and row.value == value):
        return bool(value is None and rows.delete()[0])
    actor, now = by
    Target.objects.update_or_create(
        month=month, measure=measure, **columns, defaults={"value": value, "set_by": actor, "set_at": now}
    )
    return True
