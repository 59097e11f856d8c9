"""班次 and 工时制 of a hall. What a roster has used keeps its hours for ever; new hours are a new shift."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from core import changes
from core.errors import Refused
from halls.models import Hall
from staff.models import ShiftType, Turn, User, WorkScheme

HOURS = ("begins", "ends", "break_minutes", "break_from", "break_to", "gap_begins", "gap_ends")
FIRST_SHIFTS: tuple[dict[str, Any], ...] = (
    {"name": "早班", "mark": "早", "begins": "08:15", "ends": "16:15"},
    {"name": "晚班", "mark": "晚", "begins": "10:00", "ends": "18:15", "is_late": True},
    {"name": "全班", "mark": "全", "begins": "08:15", "ends": "18:15"},
)
LUNCH: dict[str, Any] = {"break_minutes": 60, "break_from": "11:00", "break_to": "14:00"}


def _hall(hall: Hall) -> None:
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)


def _refuse_twin(hall: Hall, given: Mapping[str, Any], but: ShiftType | None = None) -> None:
    rows = ShiftType.objects.filter(hall=hall, is_active=True).exclude(pk=but.pk if but else 0)
    for field, label in (("name", "名称"), ("mark", "表内字样")):
        if rows.filter(**{field: given[field]}).exists():
            raise Refused("known", f"本厅已有{label}为「{given[field]}」的班次,请换一个。")


@transaction.atomic
def add_shift(hall: Hall, given: Mapping[str, Any], *, actor: User) -> ShiftType:
    """A shift for rosters to come. Raises Refused("known")."""
    _hall(hall)
    _refuse_twin(hall, given)
    return _create(hall, given, actor)


def _create(hall: Hall, given: Mapping[str, Any], actor: User) -> ShiftType:
    number = ShiftType.objects.filter(hall=hall).count() + 1
    while ShiftType.objects.filter(hall=hall, code=f"s{number}").exists():
        number += 1
    shift = ShiftType.objects.create(hall=hall, code=f"s{number}", **given)
    shift.refresh_from_db()
    changes.record(shift, "班次", actor=actor, after=str(shift))
    return shift


@transaction.atomic
def first_shifts(hall: Hall, *, actor: User) -> list[ShiftType]:
    """Three shifts most halls have, for one without any. Raises Refused("known")."""
    _hall(hall)
    if ShiftType.objects.filter(hall=hall, is_active=True).exists():
        raise Refused("known", "本厅已有班次,请在原来的班次上修改。")
    return [_create(hall, {**LUNCH, **one, "order": place}, actor) for place, one in enumerate(FIRST_SHIFTS, 1)]


@transaction.atomic
def change_shift(shift_id: int, given: Mapping[str, Any], *, actor: User) -> ShiftType:
    """Change a shift. One that stands in rosters keeps its hours there: with other hours a new one takes its place.

    Raises Refused: known, out_of_use.
    """
    hall_id = ShiftType.objects.values_list("hall", flat=True).get(pk=shift_id)
    hall = Hall.objects.select_for_update(no_key=True).get(pk=hall_id)
    shift = ShiftType.objects.select_for_update(of=("self",)).get(pk=shift_id)
    if not shift.is_active:
        raise Refused("out_of_use", "这个班次已停用,请先恢复使用再修改。")
    _refuse_twin(hall, given, but=shift)
    new_hours = any(getattr(shift, name) != given[name] for name in HOURS)
    if new_hours and Turn.objects.filter(shift=shift).exists():
        shift.is_active = False
        shift.save(update_fields=["is_active"])
        changes.record(shift, "在用", actor=actor, before=True, after=False)
        return _create(hall, given, actor)
    before = str(shift)
    for name, value in given.items():
        setattr(shift, name, value)
    shift.save(update_fields=list(given))
    changes.record(shift, "班次", actor=actor, before=before, after=str(shift))
    return shift


@transaction.atomic
def stop_shift(shift_id: int, *, actor: User) -> None:
    """No new roster uses it; those that do keep it. Raises Refused: last_shift, moved_on."""
    _switch(shift_id, actor, on=False)


@transaction.atomic
def use_shift_again(shift_id: int, *, actor: User) -> None:
    """Raises Refused: known, moved_on."""
    _switch(shift_id, actor, on=True)


def _switch(shift_id: int, actor: User, *, on: bool) -> None:
    hall_id = ShiftType.objects.values_list("hall", flat=True).get(pk=shift_id)
    hall = Hall.objects.select_for_update(no_key=True).get(pk=hall_id)
    shift = ShiftType.objects.select_for_update(of=("self",)).get(pk=shift_id)
    if shift.is_active == on:
        raise Refused("moved_on", "这个班次刚被别人改过,请看过最新内容后再操作。")
    if on:
        _refuse_twin(hall, {"name": shift.name, "mark": shift.mark})
    elif not ShiftType.objects.filter(hall=hall, is_active=True).exclude(pk=shift.pk).exists():
        raise Refused("last_shift", "这是本厅最后一个在用的班次,请先添加别的班次再停用。")
    shift.is_active = on
    shift.save(update_fields=["is_active"])
    changes.record(shift, "在用", actor=actor, before=not on, after=on)


@transaction.atomic
def set_scheme(hall: Hall, kind: str, hours: int, *, month: date, actor: User) -> WorkScheme:
    """工时制 from a month on; a roster is judged by the one of its month. Raises Refused("nothing_changed")."""
    _hall(hall)
    standing = WorkScheme.objects.filter(hall=hall, valid_from__lte=month).first()
    if standing is not None and (standing.kind, standing.weekly_hours) == (kind, hours):
        raise Refused("nothing_changed", "这个月本来就按这个工时制执行,没有需要保存的修改。")
    row, _ = WorkScheme.objects.update_or_create(
        hall=hall, valid_from=month, defaults={"kind": kind, "weekly_hours": hours}
    )
    changes.record(row, "工时制", actor=actor, before=str(standing or ""), after=str(row))
    return row
