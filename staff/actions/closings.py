"""日清月结 (R-S-10): a hall's day is reconciled and submitted by its 24:00; a month when all its days are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from messaging.actions import alert
from staff import live
from staff.actions.money import note_differences
from staff.models import BoundForms, CashUp, DailyClosing, MonthClosing, User
from staff.queries import closings as reads
from staff.queries import money
from staff.queries.people import supervisors_of
from staff.rules import closings as rules
from staff.states import CashUpState, ClosingState

S = ClosingState
FIGURES = ("system", "cash", "pos", "scan", "cheque", "stubs")


@transaction.atomic
def open_day(hall: Hall, day: date, *, actor: User, now: datetime) -> DailyClosing:
    """Begin to close a day; asked twice it is the same closing. Raises Refused("future_day")."""
    if day > time.business_day(now):
        raise Refused("future_day", "这一天还没有到,不能日结。")
    closing, fresh = DailyClosing.objects.get_or_create(
        hall=hall, day=day, defaults={"opened_by": actor, "opened_at": now}
    )
    return reconcile(closing.pk, now=now) if fresh else closing


def _locked(closing_id: int) -> DailyClosing:
    closing = (
        DailyClosing.objects.select_for_update(of=("self",)).select_related("hall__region__parent").get(pk=closing_id)
    )
    if closing.is_submitted:
        raise Refused("closed", f"{closing.day:%m 月 %d 日}的日结已提交并锁定。")
    return closing


@transaction.atomic
def reconcile(closing_id: int, *, now: datetime) -> DailyClosing:
    """Put account, cash and receipts side by side as they are now. Raises Refused("closed")."""
    return _reconcile(_locked(closing_id), now)


def _reconcile(closing: DailyClosing, now: datetime) -> DailyClosing:
    """A manager's word was about figures; when these change it counts no longer."""
    note_differences(closing.hall, closing.day, now)
    ways = money.whole(money.clerk_days(closing.hall, closing.day))
    before = [getattr(closing, name) for name in FIGURES]
    for name in FIGURES:
        setattr(closing, name, getattr(ways, name))
    if before != [getattr(closing, name) for name in FIGURES]:
        closing.exception_by = closing.exception_at = None
        closing.exception_reason = ""
    closing.state = S.COUNTING if ways.agree else S.EXCEPTION
    closing.save(update_fields=[*FIGURES, "state", "exception_by", "exception_at", "exception_reason"])
    return closing


@dataclass(frozen=True)
class Forms:
    """受理单 of one kind in one box."""

    kind: str
    count: int
    box: str


@transaction.atomic
def bind_forms(closing_id: int, forms: Sequence[Forms]) -> DailyClosing:
    """The day's forms by kind and box, as a whole. Raises Refused: closed, bad_forms."""
    closing = _locked(closing_id)
    for one in forms:
        if not one.kind.strip() or not one.box.strip() or not 0 <= one.count <= 100_000:
            raise Refused("bad_forms", "每行请填写单据种类、份数和箱号。")
    if len({(one.kind.strip(), one.box.strip()) for one in forms}) != len(forms):
        raise Refused("bad_forms", "同一种单据在同一箱只填一行。")
    closing.forms.all().delete()
    BoundForms.objects.bulk_create(
        BoundForms(closing=closing, kind=one.kind.strip()[:30], count=one.count, box=one.box.strip()[:20])
        for one in forms
    )
    return closing


@transaction.atomic
def except_difference(closing_id: int, reason: str, *, manager: User, now: datetime) -> DailyClosing:
    """The manager answers for a day that does not agree. Raises Refused: closed, agrees, no_reason, unconfirmed."""
    closing = _reconcile(_locked(closing_id), now)
    if closing.ways.agree:
        raise Refused("agrees", "账、款、票据相符,不需要说明。")
    if not reason.strip():
        raise Refused("no_reason", "请填写差额原因。")
    _all_confirmed(closing)
    closing.exception_reason = reason.strip()[:200]
    closing.exception_by, closing.exception_at = manager, now
    closing.save(update_fields=["exception_reason", "exception_by", "exception_at"])
    return closing


def _all_confirmed(closing: DailyClosing) -> None:
    if left := money.unconfirmed(closing.hall, closing.day):
        raise Refused("unconfirmed", f"还有 {left} 笔长短款没有说明并经店长确认,不能提交。")


@transaction.atomic
def submit(closing_id: int, *, actor: User, now: datetime) -> DailyClosing:
    """Report the day to the district; from then on it is locked, as are its money and takings.

    Raises Refused: closed, no_system, slips_waiting, unconfirmed, difference, no_forms.
    """
    closing = _reconcile(_locked(closing_id), now)
    if not money.system_is_known(closing.hall, closing.day):
        raise Refused("no_system", "系统金额还没有导入,请导入文件或由后台录入。")
    slips = CashUp.objects.filter(hall=closing.hall, day=closing.day, state=CashUpState.COUNTED)
    if waiting := slips.count():
        raise Refused("slips_waiting", f"还有 {waiting} 张缴款单没有签收,不能提交。")
    if closing.ways.agree:
        _all_confirmed(closing)
    elif closing.exception_at is None:
        raise Refused("difference", closing.ways.sentence)
    if not closing.forms.exists():
        raise Refused("no_forms", "请先登记受理单装订份数和箱号。")
    closing.report = reads.report(closing.hall, closing.day, now)
    closing.submitted_by, closing.submitted_at = actor, now
    closing.is_late = rules.is_overdue(closing.day, now)
    closing.state = S.SUBMITTED
    closing.save(update_fields=["report", "submitted_by", "submitted_at", "is_late", "state"])
    live.closing_moved(closing.hall, closing.state, closing.pk)
    return closing


@transaction.atomic
def close_month(hall: Hall, month: date, *, actor: User, now: datetime) -> MonthClosing:
    """月结. A hall that began in the middle of the month answers for its days since. Raises Refused: month_running,
    days_open, closed."""
    first, last = reads.month_bounds(month)
    if last >= time.business_day(now):
        raise Refused("month_running", f"{month:%Y 年 %m 月}还没有结束,不能月结。")
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    begun = max(first, reads.first_day(hall) or first)
    missing = rules.missing_days(reads.open_days(hall, begun, last), reads.submitted_days(hall, first, last))
    if missing:
        shown = "、".join(f"{day:%d} 日" for day in missing[:5]) + ("等" if len(missing) > 5 else "")
        raise Refused("days_open", f"还有 {len(missing)} 天没有日结:{shown},不能月结。")
    rows = DailyClosing.objects.filter(hall=hall, day__gte=first, day__lte=last)
    sums = {name: str(sum((getattr(row, name) for row in rows), Decimal("0.00"))) for name in FIGURES}
    report = {**sums, "days": len(rows), "late": sum(row.is_late for row in rows)}
    try:
        with transaction.atomic():
            return MonthClosing.objects.create(hall=hall, month=first, report=report, closed_by=actor, closed_at=now)
    except IntegrityError as error:
        raise Refused("closed", f"{month:%Y 年 %m 月}已经月结。") from error


def tell_overdue(now: datetime) -> int:
    """The district learns once of each day that was not submitted by its 24:00; returns how many there are."""
    found = reads.overdue(now)
    for one in found:
        alert(
            supervisors_of(one.hall),
            title=f"{one.hall.name} {one.day:%m-%d} 日结超时未交",
            body="请联系营业厅核对账款并提交日结。",
            url=f"/closings/{one.hall.code}/{one.day}/",
            key=f"closing-overdue:{one.hall.code}:{one.day}",
        )
    return len(found)
