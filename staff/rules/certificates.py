"""Pure decisions about certificates (R-S-14): who may work at a window, and when an end is near."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.parameters import register
from staff.states import Standing

REQUIRED = register(
    "staff.certificate_required", "没有登记上岗证的人不能上窗口", default=0, unit="1 为不能,0 为只提醒", between=(0, 1)
)
EARLY_DAYS = register("staff.certificate_early_days", "上岗证到期首次提醒", default=30, unit="天前", between=(8, 180))
LATE_DAYS = register("staff.certificate_late_days", "上岗证到期再次提醒", default=7, unit="天前", between=(1, 60))


@dataclass(frozen=True)
class Span:
    """Days on which a certificate counts, both inclusive; one withdrawn before it counted has `last` < `first`."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def standing(held: Iterable[Span], day: date, *, is_trainee: bool, is_required: bool) -> Standing:
    """What a person is at a window on a day.

    Whose certificate on record does not count that day may not serve. Whose was never recorded is only spoken to until
    the district's date (`is_required`): on the first days of the product no hall has entered any.
    """
    spans = list(held)
    if any(span.covers(day) for span in spans):
        return Standing.CERTIFIED
    if is_trainee:
        return Standing.TRAINEE
    return Standing.BLOCKED if spans or is_required else Standing.UNPROVEN


def why_blocked(held: Iterable[Span], day: date) -> str:
    """The sentence for somebody who may not serve: the certificate that ended last, or that starts next, or none."""
    spans = list(held)
    over = max((span.last for span in spans if span.last < day), default=None)
    coming = min((span.first for span in spans if span.first > day), default=None)
    if over is not None:
        return f"上岗证已于 {over.month} 月 {over.day} 日到期,不能签入窗口。请联系店长。"
    if coming is not None:
        return f"上岗证从 {coming.month} 月 {coming.day} 日起才有效,现在不能签入窗口。请联系店长。"
    return "还没有登记上岗证,不能签入窗口。请联系店长。"


UNPROVEN_WARNING = "还没有登记上岗证。区县启用后将不能签入窗口,请尽快联系店长登记。"
TRAINEE_ALONE = "见习期间须有持证同事在本厅窗口。请等同事签入后再签入,或联系店长。"


def reminder_due(last: date, today: date, *, early: int, late: int) -> int | None:
    """The reminder due for a certificate with this last day: `early` or `late` days ahead, 0 once it is over."""
    left = (last - today).days
    if left < 0:
        return 0
    if left <= late:
        return late
    return early if left <= early else None
