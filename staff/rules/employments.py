"""Pure decisions about jobs: where a role is held, when two of them are the same twice."""

from dataclasses import dataclass
from datetime import date, timedelta

from staff.states import JobKind, Role

IN_REGIONS = frozenset({Role.INSPECTOR, Role.COMPLAINT_HANDLER, Role.DISTRICT, Role.OPERATIONS})
IN_BOTH = frozenset({Role.ACCOUNT_MANAGER})
COUNTER = frozenset({Role.CLERK, Role.BACK_OFFICE, Role.HANDSET_SELLER, Role.DUTY_MANAGER, Role.HALL_MANAGER})


def place_problem(role: str, *, at_hall: bool) -> str:
    """Why a role can't be held there; empty when it can."""
    if role in IN_BOTH or (role in IN_REGIONS) != at_hall:
        return ""
    where = "营业厅" if at_hall else "区域"
    return f"「{Role(role).label}」不能设在{where},请改选{'区域' if at_hall else '营业厅'}。"


def dates_problem(kind: str, first: date, last: date | None) -> str:
    """Why the dates of a job can't be so; empty when they can."""
    if last is not None and last < first:
        return "最后一天不能早于第一天,请核对。"
    if kind != JobKind.REGULAR and last is None:
        return f"{JobKind(kind).label}岗位须填写最后一天,到期后自动停用。"
    return ""


@dataclass(frozen=True)
class Days:
    """From a day to a day, both inclusive; no last day = still so."""

    first: date
    last: date | None

    def overlaps(self, other: "Days") -> bool:
        return self.first <= (other.last or date.max) and other.first <= (self.last or date.max)

    @property
    def text(self) -> str:
        return f"{self.first:%Y-%m-%d} 至 {self.last:%Y-%m-%d}" if self.last else f"{self.first:%Y-%m-%d} 起"


def month_later(day: date) -> date:
    """The same day of the next month, or that month's last day."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(first.replace(day=min(day.day, last.day)), last)
