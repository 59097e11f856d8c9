"""Pure decisions about what hangs in a hall and about what ends on a day (R-H-8)."""

from datetime import date

from core.parameters import register
from halls.states import HungState

MATERIAL_DAYS = register("halls.material_soon_days", "物料到期前提示", default=7, unit="天", between=(1, 60))
EXPIRY_EARLY = register("halls.expiry_early_days", "到期事项首次提醒", default=30, unit="天", between=(2, 180))
EXPIRY_LATE = register("halls.expiry_late_days", "到期事项再次提醒", default=7, unit="天", between=(1, 60))


def hung_state(valid_from: date, valid_to: date, today: date, *, soon: int, is_down: bool = False) -> HungState:
    """Good to the end of its last day; from the next on it may not hang (R-H-8)."""
    if is_down:
        return HungState.DOWN
    if today > valid_to:
        return HungState.EXPIRED
    if today == valid_to:
        return HungState.LAST_DAY
    if today < valid_from:
        return HungState.COMING
    return HungState.ENDING if (valid_to - today).days <= soon else HungState.UP


def stage(last_day: date, today: date, *, early: int, late: int) -> int | None:
    """Which reminder is due, named by its days ahead: `early`, `late`, or 0 once it is over; None before."""
    left = (last_day - today).days
    if left < 0:
        return 0
    if left <= late:
        return late
    return early if left <= early else None
