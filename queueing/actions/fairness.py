"""Changing head starts and the cap on them: dated rows, on record, from a day to come."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from core.errors import Refused
from core.models import Parameter
from core.time import business_day
from halls.models import Hall
from queueing.queries import fairness as reads
from queueing.rules.replay import NAMES
from staff.actions.numbers import Change, set_numbers
from staff.models import User


@transaction.atomic
def set_order(
    hall: Hall, place: str, wished: Mapping[str, int], *, valid_from: date, actor: User, now: datetime
) -> list[Parameter]:
    """Write the values that differ from what would hold at a place around `hall` on that day.

    A day that has begun keeps its order: nobody in the line shall be moved by a form.
    Raises Refused: not_tomorrow, bad_value, no_such_place, nothing_changed.
    """
    if valid_from <= business_day(now):
        raise Refused("not_tomorrow", "取号优先最早从明天起生效,请另选日期。")
    if place not in {one.code for one in reads.places(actor, hall)}:
        raise Refused("no_such_place", "没有修改这个范围的权限,请换一个适用范围。")
    change = Change(place, valid_from, "取号优先")
    return set_numbers(hall, {name: wished[name] for name in NAMES}, change, actor=actor)
