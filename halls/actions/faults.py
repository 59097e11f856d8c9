"""Broken equipment, from finding to accepting (R-H-4)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core import changes, time
from core import live as screens
from core.errors import Refused
from core.texts import whole
from halls import live, queries
from halls.models import Equipment, Fault, FaultEvent, Hall, HallZone
from halls.queries.calendar import working_days
from halls.rules import faults as rules
from halls.states import FaultDid, FaultState

LONGEST_PLAN = timedelta(days=366)


@dataclass(frozen=True)
class Work:
    """What an act on a fault brings along."""

    note: str = ""
    planned_on: date | None = None
    cost: Decimal | None = None


@transaction.atomic
def find_fault(equipment: Equipment, symptom: str, *, actor: Any, now: datetime) -> Fault:
    """Note that something is broken; both clocks start. Raises Refused: no_symptom, removed, already_broken."""
    if not symptom.strip():
        raise Refused("no_symptom", "请写明故障现象。")
    if equipment.removed_at is not None:
        raise Refused("removed", f"{equipment}已停用,不用报修。")
    hall = equipment.hall
    hours, days = queries.number(rules.REPORT_HOURS, hall, now), queries.number(rules.FIX_DAYS, hall, now)
    try:
        with transaction.atomic():
            fault = Fault.objects.create(
                equipment=equipment,
                hall=hall,
                symptom=whole(symptom, 60, "现象"),
                state=FaultState.TO_REPORT,
                found_at=now,
                found_by=actor,
                report_due=rules.report_due(now, hours=hours),
                fix_due=rules.fix_due(now, working_days(time.business_day(now)), days=days),
            )
    except IntegrityError as twin:
        raise Refused("already_broken", f"{equipment}已经报过故障,请在原记录上继续。") from twin
    _note(fault, FaultDid.FOUND, fault.symptom, actor=actor, now=now)
    return fault


def report_fault(fault_id: int, work: Work, *, actor: Any, now: datetime) -> Fault:
    """Reported to the supplier, with a plan. Raises Refused: bad_move, no_plan, past_plan, far_plan."""
    _check_plan(work, now)
    return _move(fault_id, FaultDid.REPORTED, work, actor=actor, now=now)


def plan_fault_anew(fault_id: int, work: Work, *, actor: Any, now: datetime) -> Fault:
    """Another day than the one planned. Raises Refused: bad_move, no_plan, past_plan, far_plan."""
    _check_plan(work, now)
    return _move(fault_id, FaultDid.PLANNED, work, actor=actor, now=now)


def start_repair(fault_id: int, work: Work, *, actor: Any, now: datetime) -> Fault:
    return _move(fault_id, FaultDid.STARTED, work, actor=actor, now=now)


def end_repair(fault_id: int, work: Work, *, actor: Any, now: datetime) -> Fault:
    """Said to be mended; the hall still has to look."""
    return _move(fault_id, FaultDid.DONE, work, actor=actor, now=now)


def reject_repair(fault_id: int, work: Work, *, actor: Any, now: datetime) -> Fault:
    """Not mended after all. Raises Refused: bad_move, no_reason."""
    if not work.note.strip():
        raise Refused("no_reason", "请写明哪里还没有修好。")
    return _move(fault_id, FaultDid.REJECTED, work, actor=actor, now=now)


def accept_repair(fault_id: int, work: Work, *, actor: Any, now: datetime) -> Fault:
    """It works again; the time to repair ends here. Raises Refused: bad_move, bad_cost."""
    if work.cost is not None and work.cost < 0:
        raise Refused("bad_cost", "费用不能为负数。")
    return _move(fault_id, FaultDid.ACCEPTED, work, actor=actor, now=now)


def _check_plan(work: Work, now: datetime) -> None:
    if not work.note.strip() or work.planned_on is None:
        raise Refused("no_plan", "请填写维修计划和计划修好的日期。")
    today = time.business_day(now)
    if work.planned_on < today:
        raise Refused("past_plan", "计划修好的日期已经过去,请改为今天或以后。")
    if work.planned_on > today + LONGEST_PLAN:
        raise Refused("far_plan", "计划修好的日期超过一年,请核对年份。")


@transaction.atomic
def _move(fault_id: int, did: FaultDid, work: Work, *, actor: Any, now: datetime) -> Fault:
    """The only writer of a fault's state: one row, one event."""
    fault = Fault.objects.select_for_update(of=("self",)).select_related("equipment", "hall").get(pk=fault_id)
    after = rules.state_after(fault.state, did)
    if after is None:
        raise Refused("bad_move", f"{fault.equipment}现在是「{fault.get_state_display()}」,请刷新后再操作。")
    fault.state = after
    if did in {FaultDid.REPORTED, FaultDid.PLANNED}:
        fault.plan, fault.planned_on = whole(work.note, 200, "维修计划"), work.planned_on
    if did == FaultDid.REPORTED:
        fault.reported_at = now
    if did == FaultDid.ACCEPTED:
        fault.fixed_at, fault.cost = now, work.cost
    fault.save(update_fields=["state", "plan", "planned_on", "reported_at", "fixed_at", "cost"])
    _note(fault, did, whole(work.note, 200, "说明"), actor=actor, now=now)
    return fault


def _note(fault: Fault, did: FaultDid, note: str, *, actor: Any, now: datetime) -> None:
    FaultEvent.objects.create(fault=fault, did=did, at=now, person=actor, note=note)
    live.hall_changed(fault.hall, "fault.changed", fault.pk)
    screens.board_content_changed([fault.hall.code])


@transaction.atomic
def save_equipment(row: Equipment, *, actor: Any) -> Equipment:
    """A new thing in the register, or what is told of a known one. Raises Refused: name_taken, removed."""
    before = Equipment.objects.select_for_update(of=("self",)).select_related("kind").filter(pk=row.pk).first()
    if before is not None and before.removed_at is not None:
        raise Refused("removed", f"{before}已停用,不能再修改。")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as twin:
        raise Refused("name_taken", f"本厅已有「{row.name}」,请换一个能区分的名称,如加上编号。") from twin
    changes.record(row, "设备", actor=actor, before=_about(before) if before else "", after=_about(row))
    return row


@transaction.atomic
def set_zones(hall: Hall, zones: Collection[str], *, actor: Any) -> bool:
    """R-H-2: the areas that a hall has, all at once. False when they were these already."""
    locked = Hall.objects.select_for_update(of=("self",), no_key=True).get(pk=hall.pk)
    before = [str(row) for row in locked.zones.all()]
    locked.zones.exclude(zone__in=zones).delete()
    HallZone.objects.bulk_create((HallZone(hall=locked, zone=zone) for zone in zones), ignore_conflicts=True)
    after = [str(row) for row in locked.zones.all()]
    if after != before:
        changes.record(locked, "功能区", actor=actor, before="、".join(before), after="、".join(after))
    return after != before


def _about(row: Equipment) -> str:
    where = row.window.label if row.window else row.place
    return " · ".join(filter(None, (row.name, row.kind.name, where, row.supplier, row.supplier_phone)))


@transaction.atomic
def remove_equipment(equipment: Equipment, *, actor: Any, now: datetime) -> None:
    """Out of the register; its history stays. Raises Refused: still_broken."""
    Hall.objects.select_for_update(of=("self",), no_key=True).get(pk=equipment.hall_id)
    if equipment.faults.exclude(state=FaultState.FIXED).exists():
        raise Refused("still_broken", f"{equipment}还有未修复的故障,请先办结再停用。")
    Equipment.objects.filter(pk=equipment.pk, removed_at=None).update(removed_at=now)
