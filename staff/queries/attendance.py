"""考勤 as a list: every published shift of some days, with when its person came and left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from halls.models import Hall
from staff.models import Attendance, Turn
from staff.queries.rosters import turns_in_force

LATE, ABSENT, PUNCTUAL = "late", "absent", "punctual"
LABELS = {LATE: "未按时到岗", ABSENT: "没有打卡", PUNCTUAL: "按时", "coming": "还没到上班时间"}


@dataclass(frozen=True)
class Line:
    turn: Turn
    row: Attendance | None
    state: str

    @property
    def label(self) -> str:
        return LABELS[self.state]


def lines(
    halls: Iterable[Hall], span: tuple[date, date], *, find: str = "", only: str = "", now: datetime
) -> list[Line]:
    """Newest day first. A shift without a check-in is absent once it has begun."""
    turns = turns_in_force().filter(roster__hall__in=halls, day__range=span)
    if find:
        turns = turns.filter(person__name__icontains=find) | turns.filter(person__staff_no__istartswith=find)
    rows = {(row.person_id, row.day): row for row in Attendance.objects.filter(hall__in=halls, day__range=span)}
    found = []
    for turn in turns.order_by("-day", "roster__hall", "shift__begins", "person__staff_no"):
        row = rows.get((turn.person_id, turn.day))
        found.append(Line(turn, row, _state(turn, row, now)))
    return [line for line in found if not only or line.state == only]


def _state(turn: Turn, row: Attendance | None, now: datetime) -> str:
    if row is not None and row.checked_in_at is not None:
        return PUNCTUAL if row.is_punctual else LATE
    return ABSENT if turn.begins_at <= now else "coming"
