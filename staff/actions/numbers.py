"""Changing numbers of a hall, a district or a city: dated rows, on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from core import changes, parameters
from core.errors import Refused
from core.models import Parameter
from halls import queries as halls
from halls.models import Hall
from staff.models import User


@dataclass(frozen=True)
class Change:
    """Where (the code of the hall or of a region around it) and from when; `note` says on which page."""

    place: str
    valid_from: date
    note: str


@transaction.atomic
def set_numbers(hall: Hall, wished: Mapping[str, int], change: Change, *, actor: User) -> list[Parameter]:
    """Write the values that differ from what would hold at the place on that day.

    The caller has asked whether the place is the actor's to set. Raises Refused: bad_value, nothing_changed.
    """
    for name, value in wished.items():
        _check(name, value)
    above = halls.scopes(hall)
    here = above[above.index(change.place) :]
    standing = {name: parameters.number(name, on=change.valid_from, scopes=here) for name in wished}
    changed = [name for name in wished if wished[name] != standing[name]]
    if not changed:
        raise Refused("nothing_changed", "这些值和那一天将要执行的一样,没有需要保存的修改。")
    return [_write(name, wished[name], standing[name], change, actor) for name in changed]


def _check(name: str, value: int) -> None:
    try:
        parameters.check(name, value)
    except ValidationError as error:
        raise Refused("bad_value", f"{parameters.about(name).label}{error.messages[0]}") from error


def _write(name: str, value: int, before: int, change: Change, actor: User) -> Parameter:
    row, _ = Parameter.objects.update_or_create(
        name=name,
        scope=change.place,
        valid_from=change.valid_from,
        defaults={"value": value, "note": change.note},
    )
    changes.record(row, "value", actor=actor, before=before, after=value)
    return row
