"""What waits about service: inspections, supplies, letters of authorities, looks at numbers."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core import time
from halls.models import SupplyRequest
from halls.queries import number
from halls.queries.calendar import working_days
from halls.rules.faults import fix_due
from inspections.models import Appeal, Bonus, CorrectiveAction, MonthResult, Visit
from inspections.rules import sheet as sheets
from inspections.rules.improvement import APPEAL_DAYS
from inspections.states import ActionState, AppealState, BonusState, VisitState
from loyalty.models import Disclosure, Look
from overview.queries.asks.source import Source, Told, each, page
from overview.rules.approvals import ELSEWHERE, Buttons
from overview.states import AskKind
from staff.models import User


def _hall(row: Any) -> Any:
    return row.hall


# ---- 服务检查 (R-I-8, R-I-10, R-I-12) -------------------------------------------------------------------------


def _visits() -> QuerySet[Visit]:
    return Visit.objects.select_related("hall__region__parent", "auditor")


def _to_sign(user: User) -> QuerySet[Visit]:
    """The auditor's own; a hall learns of a visit when it is handed in, and signs on the auditor's tablet."""
    return _visits().filter(auditor=user, state=VisitState.SIGNING)


def _tell_visit(row: Visit, now: datetime) -> Told:
    lacking = sheets.unsigned(row.sheet, row.kind)
    began = row.started_at or time.day_bounds(row.planned_on)[0]
    return Told(
        f"{row.hall.name}{row.get_kind_display()}已查完,待签字提交",
        row.auditor.name,
        began,
        (f"还缺{'、'.join(lacking)}" if lacking else "已签字,还没有提交", "请在检查平板上完成"),
        f"{page('inspection-tablet')}#/v/{row.pk}/end",
        due=time.day_bounds(time.business_day(began))[1],
    )


def _actions() -> QuerySet[CorrectiveAction]:
    return CorrectiveAction.objects.select_related("hall__region__parent", "finding", "owner")


def _to_recheck(user: User) -> QuerySet[CorrectiveAction]:
    mine = user.hall_ids("inspection.audit") | user.hall_ids("inspection.decide")
    return _actions().filter(hall__in=mine, state=ActionState.RECHECK).exclude(owner=user)


def _tell_action(row: CorrectiveAction, now: datetime) -> Told:
    return Told(
        f"整改待复核:{row.finding.name}",
        row.owner.name if row.owner else row.hall.name,
        row.opened_at,
        (f"扣 {row.finding.points} 分:{row.finding.note}".rstrip(":"), f"整改:{row.proof}"),
        page("inspection-action", row.pk),
        due=time.day_bounds(row.due_on)[1],
    )


def _appeals() -> QuerySet[Appeal]:
    rows = Appeal.objects.select_related("hall__region__parent", "visit", "raised_by")
    return rows.annotate(items=Count("findings"), points=Coalesce(Sum("findings__points"), 0))


def _to_settle(user: User) -> QuerySet[Appeal]:
    rows = _appeals().filter(hall__in=user.hall_ids("inspection.decide"), state=AppealState.OPEN)
    return rows.exclude(raised_by=user).exclude(visit__auditor=user)


def _tell_appeals(rows: Sequence[Any], now: datetime) -> list[Told]:
    """R-I-12: decided within so many working days."""
    if not rows:
        return []
    is_working = working_days(min(time.business_day(row.raised_at) for row in rows))
    return [_tell_appeal(row, is_working, now) for row in rows]


def _tell_appeal(row: Any, is_working: Callable[[date], bool], now: datetime) -> Told:
    most = min(100, row.score_before + row.points)
    return Told(
        f"申诉:原得分 {row.score_before} 分",
        row.raised_by.name,
        row.raised_at,
        (f"申诉 {row.items} 项,共扣 {row.points} 分;全部成立后最多 {most} 分", row.reason),
        page("inspection-appeal", row.pk),
        due=fix_due(row.raised_at, is_working, days=number(APPEAL_DAYS, row.hall, now)),
    )


def _bonuses() -> QuerySet[Bonus]:
    result = MonthResult.objects.filter(hall=OuterRef("hall"), month=OuterRef("month"))
    rows = Bonus.objects.select_related("hall__region__parent", "nominated_by")
    return rows.annotate(rank=Subquery(result.values("rank")), score=Subquery(result.values("score")))


def _to_approve(user: User) -> QuerySet[Bonus]:
    rows = _bonuses().filter(hall__in=user.hall_ids("inspection.decide"), state=BonusState.NOMINATED)
    return rows.exclude(nominated_by=user)


def _tell_bonus(row: Any, now: datetime) -> Told:
    rank = f"同类排名第 {row.rank},基础得分 {row.score}" if row.rank else "还没有排名"
    return Told(
        f"{row.month.month} 月检查加分申报",
        row.nominated_by.name,
        row.nominated_at,
        (f"{rank};符合 {len(row.criteria)} 项条件", row.innovation),
        page("inspection-ranking"),
    )


# ---- 申领、依法提供、号码查看 -----------------------------------------------------------------------------------


def _supplies() -> QuerySet[SupplyRequest]:
    return SupplyRequest.objects.select_related("hall__region__parent", "asked_by")


def _to_supply(user: User) -> QuerySet[SupplyRequest]:
    return _supplies().filter(hall__in=user.hall_ids("supplies.answer"), answered_at=None).exclude(asked_by=user)


def _tell_supply(row: SupplyRequest, now: datetime) -> Told:
    return Told(
        f"申领 {row.thing} × {row.quantity}",
        row.asked_by.name,
        row.asked_at,
        (f"用途:{row.reason}",),
        f"/halls/registers/?hall={row.hall.code}",
    )


def _letters() -> QuerySet[Disclosure]:
    return Disclosure.objects.select_related("hall__region__parent", "asked_by")


def _to_confirm(user: User) -> QuerySet[Disclosure]:
    return _letters().filter(hall__in=user.hall_ids("customer.disclose"), confirmed_at=None).exclude(asked_by=user)


def _tell_letter(row: Disclosure, now: datetime) -> Told:
    return Told(
        f"依法提供待第二人核对:{row.authority}",
        row.asked_by.name,
        row.asked_at,
        (f"公函 {row.letter_no};提供{row.item_words}", f"用途:{row.purpose}"),
        page("letters"),
    )


def _looks() -> QuerySet[Look]:
    return Look.objects.select_related("hall__region__parent", "person")


def _odd(user: User) -> QuerySet[Look]:
    return (
        Look.objects.visible_to(user)
        .select_related("hall__region__parent", "person")
        .filter(review=None)
        .exclude(odd=[])
        .exclude(person=user)
    )


def _oldest_odd(user: User) -> QuerySet[Look]:
    """One line for each hall, whatever their number: they are reviewed in a heap."""
    return _odd(user).order_by("hall_id", "at").distinct("hall_id")


def _tell_look(row: Look, now: datetime) -> Told:
    odd = "、".join(str(one.label) for one in row.oddities)
    facts = (f"最早一条:{row.person.name},{odd}",)
    return Told("有异常的号码查看待审核", row.person.name, row.at, facts, page("looks") + "?odd=1")


SERVICE = (
    Source(
        AskKind.SIGNING, ("inspection.audit", "inspection.patrol"), _to_sign, _visits, _hall, each(_tell_visit),
        ELSEWHERE, sees="inspection.audit",
    ),
    Source(
        AskKind.RECHECK, ("inspection.audit", "inspection.decide"), _to_recheck, _actions, _hall, each(_tell_action),
        Buttons("复核通过"), sees="inspection.see",
    ),
    Source(
        AskKind.APPEAL, ("inspection.decide",), _to_settle, _appeals, _hall, _tell_appeals, ELSEWHERE,
        sees="inspection.see",
    ),
    Source(
        AskKind.BONUS, ("inspection.decide",), _to_approve, _bonuses, _hall, each(_tell_bonus), Buttons("同意加分"),
        sees="inspection.see",
    ),
    Source(
        AskKind.SUPPLY, ("supplies.answer",), _to_supply, _supplies, _hall, each(_tell_supply),
        Buttons("全部批准", "不批准"),
    ),
    Source(
        AskKind.LETTER, ("customer.disclose",), _to_confirm, _letters, _hall, each(_tell_letter),
        Buttons("已核对公函,确认", ""), sees="customer.disclose",
    ),
    Source(
        AskKind.LOOK, ("access_log.review",), _oldest_odd, _looks, _hall, each(_tell_look), ELSEWHERE,
        sees="access_log.review",
    ),
)  # fmt: skip
