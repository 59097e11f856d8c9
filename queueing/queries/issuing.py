"""Reads about groups that give no more numbers today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from core.sql import kept_rows, kept_values
from halls.models import Hall
from queueing.models import GroupStop, Ticket
from queueing.rules import issuing as rules
from queueing.states import Stopped, TicketState


@dataclass(frozen=True)
class Standing:
    """An order in force for a group."""

    group_id: int
    limit: int | None
    reason: str


@kept_rows
def lock_stop(group_id: int, day: date) -> QuerySet[GroupStop, GroupStop]:
    """The order in force for a group today, held until commit; usually there is none."""
    return GroupStop.objects.filter(group_id=group_id, day=day, lifted_at=None).select_for_update().order_by()


def standing(hall_id: int, day: date) -> tuple[Standing, ...]:
    return tuple(Standing(*row) for row in _standing(hall_id, day))


@kept_values
def _standing(hall_id: int, day: date) -> QuerySet[GroupStop, Any]:
    rows = GroupStop.objects.filter(group__hall_id=hall_id, day=day, lifted_at=None).order_by("pk")
    return rows.values_list("group_id", "limit", "reason")


def taken_today(group_id: int, day: date) -> int:
    return taken_by_group({group_id}, day).get(group_id, 0)


def taken_by_group(group_ids: Collection[int], day: date) -> dict[int, int]:
    """Numbers of today's groups, without those given back."""
    rows = Ticket.objects.filter(group_id__in=group_ids, business_day=day).exclude(state=TicketState.CANCELLED)
    return dict(rows.order_by().values_list("group_id").annotate(count=Count("id")))


def stopped(orders: Collection[Standing], day: date) -> dict[int, tuple[Stopped, str]]:
    """By group: whether and why it gives no number now. Counts only when an order has a limit."""
    limited = {order.group_id for order in orders if order.limit is not None}
    taken = taken_by_group(limited, day) if limited else {}
    found = {one.group_id: (rules.stopped(one.limit, taken.get(one.group_id, 0)), one.reason) for one in orders}
    return {group_id: told for group_id, told in found.items() if told[0]}


def panel(hall: Hall, day: date) -> list[dict[str, Any]]:
    """The hall's groups with today's order and count, and what was ordered and lifted before."""
    groups = list(hall.groups.filter(is_active=True).order_by("order", "code"))
    taken = taken_by_group([group.pk for group in groups], day)
    rows = GroupStop.objects.filter(group__in=groups, day=day).select_related("made_by", "lifted_by")
    by_group: dict[int, list[GroupStop]] = {}
    for row in rows:
        by_group.setdefault(row.group_id, []).append(row)
    shown = []
    for group in groups:
        orders = by_group.get(group.pk, [])
        order = next((one for one in orders if one.lifted_at is None), None)
        state = rules.stopped(order.limit, taken.get(group.pk, 0)) if order else Stopped.NO
        past = [one for one in orders if one.lifted_at is not None]
        shown.append({"group": group, "taken": taken.get(group.pk, 0), "order": order, "state": state, "past": past})
    return shown
