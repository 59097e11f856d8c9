"""What other apps know of a hall's day, offered beside the item it bears on (R-I-13); the auditor decides."""

from datetime import date, datetime, timedelta
from typing import Any

from core import time
from halls.models import Fault, Hall
from halls.queries import materials, number
from halls.states import FaultState
from inspections.states import Evidence, Peak
from queueing.models import LowRating, VipArrival
from queueing.queries import figures, floor
from queueing.rules.floor import VIP_MINUTES
from staff.queries import handovers, money

WAIT_MINUTES = 15


def evidence(hall: Hall, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """By the name an item asks for: sentences, each with whether it speaks against the hall."""
    found = {
        Evidence.MEAN_WAIT: _mean_wait(hall, now),
        Evidence.VIP: _vip(hall, now),
        Evidence.MATERIALS: _materials(hall, now),
        Evidence.FAULTS: _faults(hall, now),
        Evidence.COMPLAINTS: _complaints(hall, now),
        Evidence.DRAWER: _drawers(hall, now),
        Evidence.HANDOVER: _handovers(hall, now),
    }
    return {str(name): rows for name, rows in found.items() if rows}


def peak_now(hall: Hall, now: datetime) -> str:
    """R-I-7: the default, from the queue at this moment."""
    return Peak.PEAK if hall.is_live and floor.is_peak(hall.pk, now) else Peak.OFF_PEAK


def _said(text: str, against: bool) -> dict[str, Any]:
    return {"text": text, "against": against}


def _mean_wait(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    if not hall.is_live:
        return []
    sums = figures.today(hall.pk, now)
    if sums.mean_wait is None:
        return []
    minutes = f"{sums.mean_wait:.1f}"
    return [
        _said(f"叫号记录:今天已办 {sums.answered} 位,平均等候 {minutes} 分钟", sums.mean_wait > WAIT_MINUTES),
    ]


def _vip(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    start, end = time.day_bounds(time.business_day(now))
    rows = VipArrival.objects.filter(hall=hall, declared_at__gte=start, declared_at__lt=end).order_by("declared_at")
    limit = timedelta(minutes=number(VIP_MINUTES, hall, now))
    waits = [(row, row.met_after(row.left_at or now)) for row in rows]
    if not waits:
        return []
    late = [(row, wait) for row, wait in waits if wait > limit]
    said = [_said(f"VIP 到厅 {len(waits)} 次,{len(waits) - len(late)} 次按时接待", bool(late))]
    for row, wait in late[:5]:
        how = f"{wait.total_seconds() / 60:.0f} 分钟才接待" if row.received_at else "未接待"
        said.append(_said(f"{time.local(row.declared_at):%H:%M} 到厅的 VIP {how}", True))
    return said


def _materials(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    today: date = time.business_day(now)
    expired = materials.expired([hall.pk], today).get(hall.pk, [])[:5]
    return [_said(f"{row}已于 {row.valid_to.month} 月 {row.valid_to.day} 日到期", True) for row in expired]


def _faults(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    """Faults past one of their two times (R-H-4)."""
    rows = Fault.objects.filter(hall=hall).exclude(state=FaultState.FIXED).select_related("equipment")
    said = []
    for row in rows[:8]:
        if row.reported_at is None and now > row.report_due:
            said.append(_said(f"{row}:报修超时 {_hours(now - row.report_due)} 小时", True))
        elif now >= row.fix_due:
            said.append(_said(f"{row}:修复超时 {_hours(now - row.fix_due)} 小时", True))
        else:
            said.append(_said(f"{row}:{row.get_state_display()},未超时", False))
    return said


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)


def _complaints(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    """Customers who said today that they were unhappy, and of whom there is no complaint on record."""
    start, end = time.day_bounds(time.business_day(now))
    low = LowRating.objects.filter(hall=hall, noted_at__gte=start, noted_at__lt=end)
    silent = low.filter(ticket__complaints=None).select_related("ticket")
    if not low:
        return []
    numbers = "、".join(one.ticket.number for one in silent[:5])
    text = f"今天 {len(low)} 位客户评价不满意,{len(silent)} 位没有投诉登记"
    return [_said(f"{text}({numbers})" if numbers else text, bool(numbers))]


def _drawers(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    rows = money.full_drawers(hall, time.business_day(now))
    return [_said(f"{row.window}:{row.sentence}", True) for row in rows[:5]]


def _handovers(hall: Hall, now: datetime) -> list[dict[str, Any]]:
    rows = handovers.late(now).filter(hall=hall)[:5]
    return [_said(f"{row.giver.name}的交接等候接班人,已超过约定时间", True) for row in rows]
