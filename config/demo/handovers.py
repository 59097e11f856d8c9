"""Handovers of past days as they would have been signed, and the one that waits for its relief right now."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from typing import Any

from config.demo import tills
from config.demo.copying import copy_rows
from config.demo.counting import FLOAT
from config.demo.people import Member
from core import time
from halls.models import Hall
from queueing.models import WindowSession
from staff.models import CountItem, DutyLog, DutyLogEntry, Handover, HandoverLine, StockBalance, User
from staff.states import (
    DutyTopic,
    HandoverKind,
    HandoverMode,
    HandoverState,
    PayMethod,
    Role,
    SystemSource,
)

SEED = "handovers"
LOG_DAYS = 10
BLIND = 0.3
MISCOUNTS = 0.02
NOTES = {"50": 2, "20": 5, "10": 6, "5": 6, "1": 9, "0.5": 2}  # 300.00


@dataclass(frozen=True)
class Sat:
    """Who sat last at a window on a day."""

    hall: Hall
    window_id: int
    day: date
    clerk: User
    until: datetime
    following: User | None


def make(halls: Mapping[str, Hall], members: list[Member], days: tills.Days, now: datetime) -> int:
    """One handover per window and person of each past day: to whoever sat down next, else at night."""
    sat = _sittings(halls, members)
    rows = [_handover(one, members, now) for one in sat]
    Handover.objects.bulk_create(rows)
    items = list(CountItem.objects.filter(kind=HandoverKind.COUNTER).select_related("stock"))
    heads = {one.hall: one.user for one in members if one.job.role == Role.HALL_MANAGER}
    money = {(code, day, till.clerk.pk): till for (code, day), found in days.items() for till in found}
    booked = dict(StockBalance.objects.exclude(window=None).values_list("item", "quantity").distinct())
    lines: list[dict[str, Any]] = []
    for row in rows:
        till = money.get((row.hall.code, row.day, row.giver_id))
        lines += _lines(row, items, till, booked, heads[row.hall.code])
    copy_rows(HandoverLine, lines)
    Handover.objects.filter(pk__in=[row.pk for row in rows]).update(state=HandoverState.DONE)
    _logs(halls, members, rows, now)
    _waiting(halls["ZJ01"], members, items, now)
    return len(rows)


def _sittings(halls: Mapping[str, Hall], members: list[Member]) -> list[Sat]:
    people = {one.user.pk: one.user for one in members}
    codes = {hall.pk: hall for hall in halls.values()}
    rows = WindowSession.objects.filter(signed_out_at__isnull=False).order_by("window", "signed_in_at")
    last: dict[tuple[int, date, int], Any] = {}
    for window, clerk, begun, ended, hall in rows.values_list(
        "window", "clerk", "signed_in_at", "signed_out_at", "window__hall"
    ):
        last[window, time.business_day(begun), clerk] = (begun, ended, hall)
    ordered = sorted(last.items(), key=lambda one: (one[0][0], one[1][0]))
    found = []
    for at, ((window, day, clerk), (_, ended, hall)) in enumerate(ordered):
        after = ordered[at + 1][0] if at + 1 < len(ordered) else None
        following = people.get(after[2]) if after and after[:2] == (window, day) else None
        if clerk in people:
            found.append(Sat(codes[hall], window, day, people[clerk], ended, following))
    return found


def _handover(one: Sat, members: list[Member], now: datetime) -> Handover:
    """Not open in the meantime: a window has only one open handover. Done comes with the lines."""
    draw = random.Random(f"{SEED}:{one.window_id}:{one.day}:{one.clerk.pk}")
    signed = one.until + timedelta(minutes=draw.uniform(2, 6))
    taker, mode, taken = one.following, HandoverMode.FACE, signed + timedelta(seconds=draw.randint(40, 160))
    if taker is None:
        others = [who.user for who in members if who.hall == one.hall.code and who.user.pk != one.clerk.pk]
        counting = [who for who in others if who.pk % 2 == one.clerk.pk % 2] or others
        taker, mode = draw.choice(counting), HandoverMode.NIGHT
        morning = time.at(one.day + timedelta(days=1), clock(8, draw.randint(5, 25)))
        taken = max(min(morning, now - timedelta(minutes=1)), signed + timedelta(seconds=30))
    return Handover(
        hall=one.hall,
        window_id=one.window_id,
        day=one.day,
        mode=mode,
        state=HandoverState.CANCELLED,
        is_blind=draw.random() < BLIND,
        giver=one.clerk,
        taker=taker,
        opened_at=signed - timedelta(minutes=3),
        revealed_at=signed - timedelta(minutes=1),
        giver_signed_at=signed,
        taker_signed_at=taken,
    )


def _lines(
    row: Handover, items: list[CountItem], till: tills.Till | None, booked: Mapping[int, int], head: User
) -> list[dict[str, Any]]:
    draw = random.Random(f"{SEED}:{row.pk}")
    found = []
    for order, item in enumerate(items):
        system, counted, notes = _values(item, till, booked)
        off = 0
        if item.source == SystemSource.STOCK and counted and draw.random() < MISCOUNTS:
            off = -1
        confirmer = head if head.pk not in (row.giver_id, row.taker_id) else None
        off = off if confirmer else 0
        found.append(
            {
                "handover_id": row.pk,
                "item_id": item.pk,
                "order": order,
                "system": system,
                "carried": counted if item.source == SystemSource.CASH else Decimal("0.00"),
                "notes": notes,
                "counted": counted + off,
                "first_counted": counted + off,
                "recounted": counted + off if row.mode == HandoverMode.NIGHT else None,
                "reason": "少一张,已上报查找" if off else _why(item, till),
                "confirmed_by_id": confirmer.pk if confirmer and (off or _why(item, till)) else None,
                "confirmed_at": row.giver_signed_at if confirmer and (off or _why(item, till)) else None,
            }
        )
    return found


def _values(
    item: CountItem, till: tills.Till | None, booked: Mapping[int, int]
) -> tuple[Decimal | None, Decimal, dict[str, int]]:
    """Book value, counted value and notes of a line."""
    if item.source == SystemSource.FLOAT:
        return FLOAT, FLOAT, NOTES
    if item.source == SystemSource.STOCK and item.stock_id is not None:
        value = Decimal(booked.get(item.stock_id, 0))
        return value, value, {}
    if item.source in PayMethod.values:
        value = till.sums[PayMethod(item.source)] if till else Decimal("0.00")
        off = till.off if till and item.source == SystemSource.CASH else Decimal("0.00")
        return value, value + off, {}
    return None, Decimal("0.00"), {}


def _why(item: CountItem, till: tills.Till | None) -> str:
    if item.source != SystemSource.CASH or till is None or not till.off:
        return ""
    return tills.REASONS[0] if till.off < 0 else tills.REASONS[1]


def _logs(halls: Mapping[str, Hall], members: list[Member], rows: list[Handover], now: datetime) -> None:
    """值班日志 of the last days, signed in the evening. Written first, signed afterwards."""
    today = time.business_day(now)
    managers = {one.hall: one.user for one in members if one.job.role in (Role.HALL_MANAGER, Role.DUTY_MANAGER)}
    logs: dict[tuple[int, date], DutyLog] = {}
    for row in rows:
        if row.day > today - timedelta(days=LOG_DAYS):
            logs.setdefault((row.hall_id, row.day), DutyLog(hall=row.hall, day=row.day))
    DutyLog.objects.bulk_create(logs.values())
    names = {one.user.pk: one.user.name for one in members}
    entries = []
    for row in rows:
        log = logs.get((row.hall_id, row.day))
        if log is not None and row.taker_id is not None and row.taker_signed_at is not None:
            taken = f"→ {names[row.taker_id]} {time.local(row.taker_signed_at):%H:%M} 交接完成"
            text = f"{names[row.giver_id]} {'当晚清点,明早复点' if row.mode == HandoverMode.NIGHT else taken}"
            at = row.giver_signed_at or now
            entries.append(DutyLogEntry(log=log, topic=DutyTopic.HANDOVER, text=text, key=f"handover:{row.pk}", at=at))
    for (_, day), log in logs.items():
        writer = managers[log.hall.code]
        at = time.at(day, clock(18, 30))
        words = (
            (DutyTopic.FLOOR, "客流平稳,窗口按计划开放。"),
            (DutyTopic.PROMISE, "意见簿已看,未答复投诉已列给明日。"),
        )
        entries += [DutyLogEntry(log=log, topic=topic, text=text, writer=writer, at=at) for topic, text in words]
    DutyLogEntry.objects.bulk_create(entries)
    for (_, day), log in logs.items():
        log.signed_by, log.signed_at = managers[log.hall.code], time.at(day, clock(19, 30))
    DutyLog.objects.bulk_update(logs.values(), ["signed_by", "signed_at"])


def _waiting(hall: Hall, members: list[Member], items: list[CountItem], now: datetime) -> None:
    """The relief at window 3 should have been there twelve minutes ago."""
    clerks = [one.user for one in members if one.hall == hall.code and one.job.role == Role.CLERK]
    row = Handover.objects.create(
        hall=hall,
        window=hall.windows.get(number=3),
        day=time.business_day(now),
        state=HandoverState.WAITING_RELIEF,
        giver=clerks[2],
        opened_at=now - timedelta(minutes=19),
        revealed_at=now - timedelta(minutes=15),
        giver_signed_at=now - timedelta(minutes=14),
        relief_due_at=now - timedelta(minutes=12),
        note="暂挂 1 位客户去补材料,下午回来。",
    )
    booked = dict(StockBalance.objects.filter(hall=hall, window=row.window).values_list("item", "quantity"))
    copy_rows(HandoverLine, _lines(row, items, None, booked, clerks[0]))
