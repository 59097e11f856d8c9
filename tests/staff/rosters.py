"""Rows of rosters for tests."""

from datetime import date, time
from typing import Any

from core.time import now
from halls.models import Hall
from staff.models import Roster, ShiftType, Turn, User
from staff.states import Post, RosterState


def make_shift(hall: Hall, code: str, begins: time, ends: time, **fields: Any) -> ShiftType:
    return ShiftType.objects.create(
        hall=hall, code=code, begins=begins, ends=ends, **{"name": code, "mark": code[:1], **fields}
    )


def make_roster(hall: Hall, day: date, *, state: str = RosterState.PUBLISHED, version: int = 1) -> Roster:
    return Roster.objects.create(hall=hall, month=day.replace(day=1), version=version, state=state, made_at=now())


def put(roster: Roster, person: User, day: date, shift: ShiftType, *, post: str = Post.WINDOW) -> Turn:
    return Turn.objects.create(roster=roster, person=person, day=day, shift=shift, post=post)
