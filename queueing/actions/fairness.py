"""Changing head starts and the cap on them: dated rows, on record, from a day to come."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from core import changes, parameters
from core.errors import Refused
from core.models import Parameter
from core.time import business_day
from halls import queries as halls
from halls.models import Hall
from queueing.queries import fairness as reads
from queueing.rules.replay import NAMES
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
    for name in NAMES:
        _check(name, wished[name])
    above = halls.scopes(hall)
    here = above[above.index(place) :]
    standing = {name: parameters.number(name, on=valid_from, scopes=here) for name in NAMES}
    changed = [name for name in NAMES if wished[name] != standing[name]]
    if not changed:
        raise Refused("nothing_changed", "这些值和那一天将要执行的一样,没有需要保存的修改。")
    return [_write(name, place, wished[name], standing[name], valid_from, actor) for name in changed]


def _check(name: str, value: int) -> None:
    try:
        parameters.check(name, value)
    except ValidationError as error:
        raise Refused("bad_value", f"{parameters.about(name).label}{error.messages[0]}") from error


def _write(name: str, place: str, value: int, before: int, valid_from: date, actor: User) -> Parameter:
    row, _ = Parameter.objects.update_or_create(
        name=name, scope=place, valid_from=valid_from, defaults={"value": value, "note": "取号优先"}
    )
    changes.record(row, "value", actor=actor, before=before, after=value)
    return row
