"""Pure decisions about training (R-S-15)."""

from datetime import date

from core.parameters import register
from staff.rules.employments import month_later

CLASS_SIZE = register("staff.class_size", "一节课不超过", default=30, unit="人", between=(1, 200))
CHOSEN_A_YEAR = register("staff.chosen_courses", "每人每年自选培训至少", default=1, unit="次", between=(0, 12))


def trained_on(started: date) -> date:
    """The first day after the month of training before work."""
    return month_later(started)


def is_new(started: date, today: date) -> bool:
    return started <= today < trained_on(started)
