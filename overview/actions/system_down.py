"""A system is out, and back again: one act for incident, queue, screens and everybody who waits (R-H-10)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from core import time
from core.errors import Refused
from halls import actions as places
from halls.actions import incidents
from halls.models import BusinessType, Hall, Material
from halls.states import IncidentKind, MaterialKind
from messaging.actions import alert, notify
from queueing.actions import outages
from queueing.models import Outage
from queueing.queries.outages import down_of
from queueing.states import OutageKind
from staff.models import User
from staff.queries.people import managers_of

NOTICE_DAYS = 30  # the notice goes with the outage; its last day is only there because every material has one
LONGEST_TEXT = 300
INCIDENTS = {OutageKind.POWER: IncidentKind.POWER}


@dataclass(frozen=True)
class Down:
    """What is out. No businesses named: everything the hall does. `text` is for the incident's record."""

    kind: str
    businesses: frozenset[str] = frozenset()
    text: str = ""


@transaction.atomic
def declare_system_down(halls: Iterable[Hall], down: Down, *, by: User, now: datetime) -> list[Outage]:
    """Open an incident, pause the businesses, tell screens, phones, waiting customers and managers, hall by hall.

    Again while it lasts: only what is newly out is added, nobody is told twice. Halls that do none of the businesses
    are left out. Raises Refused: no_halls, nothing_affected.
    """
    here = _held(halls)
    found = [row for row in (_declare(hall, down, by, now) for hall in here) if row is not None]
    if not found:
        raise Refused("nothing_affected", "所选营业厅都不办理这些业务,请重新选择受影响的业务。")
    return found


def _held(halls: Iterable[Hall]) -> list[Hall]:
    """The halls' rows in one order, so that two people at once wait for each other."""
    wanted = [hall.pk for hall in halls]
    if not wanted:
        raise Refused("no_halls", "请选择营业厅。")
    rows = Hall.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted, is_live=True)
    return list(rows.select_related("region__parent__parent").order_by("pk"))


def _declare(hall: Hall, down: Down, by: User, now: datetime) -> Outage | None:
    out = _affected(hall, down.businesses)
    if not out:
        return None
    row = Outage.objects.select_for_update(of=("self",)).filter(hall=hall, ended_at=None).first()
    if row is not None:
        row.hall = hall
        fresh = [one for one in out if one.code not in down_of(row).codes]
        return outages.widen(row, fresh, now=now) if fresh else row
    kind = OutageKind(down.kind)
    text = down.text.strip() or f"{kind.label},停办:{'、'.join(one.name for one in out)}"[:LONGEST_TEXT]
    incident = incidents.open_incident(hall, INCIDENTS.get(kind, IncidentKind.SYSTEM), text, actor=by, now=now)
    pause = outages.Pause(kind, out, incident, _notice(hall, kind, by, now))
    row = outages.begin(hall, pause, by=by, now=now)
    alert(
        managers_of(hall.pk),
        title=f"{hall.name}:{kind.label}",
        body=f"{'、'.join(one.name for one in out)}已暂停取号,等候客户已告知。"[:500],
        url=reverse("system-down", args=[hall.code]),
        key=f"system-down:{row.pk}",
    )
    return row


def _affected(hall: Hall, codes: Collection[str]) -> list[BusinessType]:
    """What the hall really does of it."""
    rows = BusinessType.objects.filter(groups__hall=hall, groups__is_active=True, is_active=True).distinct()
    return list((rows.filter(code__in=codes) if codes else rows).order_by("code"))


def _notice(hall: Hall, kind: OutageKind, by: User, now: datetime) -> Material:
    today = time.business_day(now)
    notice = Material(
        hall=hall,
        kind=MaterialKind.URGENT,
        title="停电" if kind == OutageKind.POWER else "业务系统维护中",
        text="部分业务暂不能办理,已取号码继续有效",
        valid_from=today,
        valid_to=today + timedelta(days=NOTICE_DAYS),
    )
    return places.add_material(notice, actor=by, now=now)


@transaction.atomic
def declare_system_up(halls: Iterable[Hall], measures: str, *, by: User, now: datetime) -> list[Outage]:
    """Resume what was paused, take the notice down, tell everybody; the incident ends when its playbook is done.

    Halls that run are left out, so twice is once. Raises Refused: no_halls, not_down, no_measures.
    """
    if not measures.strip():
        raise Refused("no_measures", "请写明怎样处置、何时恢复。")
    here = {hall.pk: hall for hall in _held(halls)}
    rows = Outage.objects.select_for_update(of=("self",)).filter(hall__in=here, ended_at=None).order_by("hall")
    found = [_resume(row, here[row.hall_id], measures, by, now) for row in rows.select_related("incident")]
    if not found:
        raise Refused("not_down", "所选营业厅没有正在中断的系统。")
    return found


def _resume(row: Outage, hall: Hall, measures: str, by: User, now: datetime) -> Outage:
    row.hall = hall
    outages.end(row, by=by, now=now)
    places.retire_material(row.notice_id, actor=by, now=now)
    if row.incident.ended_at is None:
        if row.incident.tells.filter(told_at=None).exists():
            incidents.note_measures(row.incident, measures)
        else:
            incidents.end_incident(row.incident, measures, actor=by, now=now)
    notify(
        managers_of(hall.pk),
        title=f"{hall.name}:{row.get_kind_display()}已恢复",
        body=f"{time.local(now):%H:%M} 恢复取号,等候和离开的客户已告知。",
        url=reverse("system-down", args=[hall.code]),
        key=f"system-up:{row.pk}",
    )
    return row
