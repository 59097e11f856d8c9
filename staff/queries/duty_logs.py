"""What of a hall's day belongs into the 值班日志, found where it happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum

from core import time
from halls import queries as halls
from halls.models import Fault, Hall
from halls.states import DeviceState
from staff import hooks
from staff.models import (
    Attendance,
    BankDeposit,
    Difference,
    DrawerCheck,
    DutyLog,
    Handover,
    Leave,
    StockBalance,
    StockEntry,
)
from staff.queries import rosters
from staff.states import AskState, DutyTopic, HandoverState, StockMove

DAYS_OF_STOCK = 3
LOOK_BACK = timedelta(days=14)
TOPIC_OF_KIND = {"投诉": DutyTopic.PROMISE, "预约": DutyTopic.VIP, "号码": DutyTopic.FLOOR, "提醒": DutyTopic.FLOOR}


@dataclass(frozen=True)
class Event:
    """One thing worth a line; `key` keeps it from being written twice."""

    key: str
    topic: DutyTopic
    text: str


def events(hall: Hall, day: date, now: datetime) -> list[Event]:
    """The events of a day so far, by topic."""
    found = [
        *_people(hall, day, now),
        *_handovers(hall, day, now),
        *_money(hall, day),
        *_machines(hall, now),
        *_stock(hall, now),
        *_open(hall, now),
    ]
    return [Event(one.key[:80], one.topic, one.text[:300]) for one in found]


def log_of(hall: Hall, day: date) -> DutyLog | None:
    rows = DutyLog.objects.filter(hall=hall, day=day).select_related("signed_by")
    return rows.prefetch_related("entries__writer").first()


def _people(hall: Hall, day: date, now: datetime) -> Iterator[Event]:
    for row in Attendance.objects.filter(hall=hall, day=day).select_related("person"):
        due = row.begins_at - timedelta(minutes=row.early_minutes)
        if row.checked_in_at is None and now > row.begins_at:
            yield Event(f"absent:{row.pk}", DutyTopic.PEOPLE, f"{row.person.name} 未到班")
        elif row.checked_in_at and row.checked_in_at > due:
            at = time.local(row.checked_in_at)
            yield Event(
                f"late:{row.pk}", DutyTopic.PEOPLE, f"{row.person.name} {at:%H:%M} 到班,应提前 {row.early_minutes} 分钟"
            )
    leaves = Leave.objects.filter(hall=hall, state=AskState.GRANTED, first_day__lte=day, last_day__gte=day)
    for leave in leaves.select_related("user"):
        yield Event(f"leave:{leave.pk}", DutyTopic.PEOPLE, f"{leave.user.name} {leave.get_kind_display()}")


def _handovers(hall: Hall, day: date, now: datetime) -> Iterator[Event]:
    rows = Handover.objects.filter(hall=hall, day=day).exclude(state=HandoverState.CANCELLED)
    for row in rows.select_related("giver", "taker", "window").prefetch_related("lines__item"):
        differing = [line for line in row.lines.all() if line.difference]
        words = "".join(f",{line.item.label}差 {line.difference:+}" for line in differing)
        if row.taker_signed_at and row.taker:
            at = time.local(row.taker_signed_at)
            text = f"{row.place} {row.giver.name} → {row.taker.name} {at:%H:%M} 交接完成{words}"
            yield Event(f"handover:{row.pk}", DutyTopic.HANDOVER, text)
        if row.left_at:
            yield Event(f"left:{row.pk}", DutyTopic.HANDOVER, f"{row.place} {row.giver.name} 未等到接班人离岗")
        if row.consent_at and row.consent_by:
            text = f"{row.place} {row.giver.name} 等候接班人,{row.consent_by.name}同意离岗"
            yield Event(f"consent:{row.pk}", DutyTopic.HANDOVER, text)


def _money(hall: Hall, day: date) -> Iterator[Event]:
    for row in Difference.objects.filter(hall=hall, day=day).select_related("clerk"):
        yield Event(f"difference:{row.pk}", DutyTopic.MONEY, f"{row.clerk.name} {row.get_leg_display()} {row.words}")
    for check in DrawerCheck.objects.filter(hall=hall, day=day).exclude(sentence="").select_related("window"):
        yield Event(f"drawer:{check.pk}", DutyTopic.MONEY, f"{check.window.label}:{check.sentence}")
    for bag in BankDeposit.objects.filter(hall=hall, day=day).select_related("packed_by", "witness"):
        text = f"封包 {bag.bag} {bag.cash + bag.cheque} 元,{bag.packed_by.name}、{bag.witness.name}"
        yield Event(f"deposit:{bag.pk}", DutyTopic.MONEY, text)


def _machines(hall: Hall, now: datetime) -> Iterator[Event]:
    """Faults that stand and machines that are silent at this moment; one line a day for each."""
    for fault in Fault.objects.filter(hall=hall, fixed_at=None).select_related("equipment").order_by("pk"):
        yield Event(
            f"fault:{fault.pk}", DutyTopic.FAULT, f"{fault.equipment} {fault.symptom},{fault.get_state_display()}"
        )
    fine = {DeviceState.REVOKED, DeviceState.UNPAIRED}
    for one in halls.devices_with_state(hall, now):
        if one.state not in fine and (one.state in (DeviceState.SILENT, DeviceState.EXPIRED) or one.device.paper_out):
            name = f"{one.device.get_kind_display()}({one.device.name})"
            yield Event(f"device:{one.device.pk}", DutyTopic.FAULT, f"{name} {one.state.label}")


def _stock(hall: Hall, now: datetime) -> Iterator[Event]:
    """库存少于 3 天用量: what was sold in a fortnight says how long the rest lasts."""
    since = now - LOOK_BACK
    sold = StockEntry.objects.filter(hall=hall, move=StockMove.SOLD, at__gt=since, at__lte=now)
    used = dict(sold.order_by().values("item").annotate(total=-Sum("quantity")).values_list("item", "total"))
    left = StockBalance.objects.filter(hall=hall, item__in=used).values("item", "item__name", "item__unit")
    for row in left.annotate(total=Sum("quantity")).order_by("item"):
        daily = used[row["item"]] / LOOK_BACK.days
        if row["total"] < DAYS_OF_STOCK * daily:
            text = f"{row['item__name']}只剩 {row['total']} {row['item__unit']},不足 {DAYS_OF_STOCK} 天用量"
            yield Event(f"stock:{row['item']}", DutyTopic.STOCK, text)


def _open(hall: Hall, now: datetime) -> Iterator[Event]:
    """What the duty manager has open in the apps above: complaints, promises, bookings, alerts."""
    manager = rosters.duty_manager_of(hall, now)
    if manager is not None:
        for item in hooks.open_work(hall, manager, now):
            topic = TOPIC_OF_KIND.get(item.kind, DutyTopic.OTHER)
            yield Event(f"open:{item.key}", topic, f"{item.title} {item.detail}".strip())


def logs(hall: Hall, *, before: date, limit: int = 31) -> list[DutyLog]:
    """The latest logs of a hall, newest first."""
    rows = DutyLog.objects.filter(Q(hall=hall) & Q(day__lte=before)).select_related("signed_by")
    return list(rows.order_by("-day")[:limit])
