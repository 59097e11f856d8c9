"""Tell managers once about checks not made, faults past their time, and people not told of an incident."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from core import time
from halls.models import Fault, Hall
from halls.queries import faults
from halls.rules.faults import is_fix_late
from messaging.actions import alert
from staff.queries import hall_watch as reads
from staff.queries.people import managers_of


def watch_halls(now: datetime) -> int:
    """Safe to run twice: each matter has a key of its own. Returns how many were looked at."""
    return _rounds(now) + _faults(now) + _untold(now)


def _page(name: str, hall: Hall) -> str:
    return f"{reverse(name)}?hall={hall.code}"


def _rounds(now: datetime) -> int:
    found = list(reads.missed_rounds(now))
    for hall, due in found:
        page = "patrols" if due.list.kind == "patrol" else "checks"
        alert(
            managers_of(hall.pk),
            title=f"{hall.name}:{due.label}超时未做",
            body=f"应在 {time.local(due.until):%H:%M} 前完成,请安排补做。",
            url=_page(page, hall),
            key=f"round:{hall.pk}:{due.list.kind}:{due.slot.isoformat()}",
        )
    return len(found)


def _faults(now: datetime) -> int:
    return sum(_fault(pk, now) for pk in faults.late_to_tell(now).values_list("pk", flat=True))


@transaction.atomic
def _fault(pk: int, now: datetime) -> int:
    row = faults.late_to_tell(now).select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if row is None:
        return 0
    Fault.objects.filter(pk=pk).update(late_told_at=now)
    unfixed = is_fix_late(row.fix_due, row.fixed_at, now)
    alert(
        managers_of(row.hall_id),
        title=f"{row.hall.name}:{row.equipment} {'超过修复期限' if unfixed else '超过报修期限'}",
        body="请联系维保单位并更新维修计划。" if unfixed else "请尽快报修并填写维修计划。",
        url=reverse("fault", args=[pk]),
        key=f"fault:{pk}:{'fix' if unfixed else 'report'}",
    )
    return 1


def _untold(now: datetime) -> int:
    found = reads.untold(now)
    for tell in found:
        alert(
            managers_of(tell.incident.hall_id),
            title=f"{tell.incident}:还没有告知{tell.whom}",
            body=f"应在 {time.local(tell.due_at):%H:%M} 前告知。",
            url=reverse("incident", args=[tell.incident_id]),
            key=f"untold:{tell.pk}",
        )
    return len(found)
