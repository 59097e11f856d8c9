"""Visits are arranged, started by hand, cancelled."""

from datetime import date, datetime, timedelta

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from inspections.models import AskedQuestion, CardVersion, Plan, Visit
from inspections.queries import cards as card_reads
from inspections.queries import halls as hall_reads
from inspections.states import CardState, VisitKind, VisitState
from staff.models import User

FURTHEST = timedelta(days=92)


@transaction.atomic
def arrange(hall: Hall, version: CardVersion, auditor: User, *, on: date, kind: str) -> Visit:
    """One visit by hand, outside the month's drawing."""
    today = time.business_day(time.now())
    if not today <= on <= today + FURTHEST:
        raise Refused("bad_day", "检查日期应在今天到三个月之内。")
    if kind not in (VisitKind.OPEN, VisitKind.MYSTERY):
        raise Refused("bad_kind", "请选择明察或暗访。")
    if version.state != CardState.PUBLISHED:
        raise Refused("card_is_draft", "评分表还没有发布,不能用来检查。")
    if hall.pk not in auditor.hall_ids("inspection.audit"):
        raise Refused("not_an_auditor", f"{auditor.name}没有检查{hall.name}的权限,请换一位督导。")
    if hall_reads.has_conflict(auditor, hall, on):
        raise Refused("conflict_of_interest", f"{auditor.name}在{hall.name}任职或离任不久,需要回避,请换一位督导。")
    return make(hall, version, auditor, on=on, kind=kind)


@transaction.atomic
def patrol(hall: Hall, actor: User, *, kind: str, now: datetime) -> Visit:
    """值班巡视 or a self-check by the hall's own people, with the short card; not ranked. One open at a time."""
    version = card_reads.patrol()
    if version is None:
        raise Refused("no_card", "还没有发布巡视用的评分表,请联系市公司运营。")
    if kind not in (VisitKind.PATROL, VisitKind.SELF_CHECK):
        raise Refused("bad_kind", "请选择值班巡视或厅内自查。")
    Hall.objects.select_for_update().get(pk=hall.pk)
    begun = Visit.objects.filter(
        hall=hall, auditor=actor, kind=kind, state__in=(VisitState.PLANNED, VisitState.RUNNING, VisitState.SIGNING)
    ).first()
    return begun or make(hall, version, actor, on=time.business_day(now), kind=kind)


def make(hall: Hall, version: CardVersion, auditor: User, *, on: date, kind: str, plan: Plan | None = None) -> Visit:
    """The row with what it must keep: the hall as it is, and the questions drawn for it."""
    visit = Visit.objects.create(
        hall=hall,
        version=version,
        auditor=auditor,
        kind=kind,
        planned_on=on,
        plan=plan,
        hall_snapshot=hall_reads.snapshot(hall, on),
    )
    if any(item.unit == "key_point" for item in version.facts.items.values()):
        drawn = card_reads.questions_for(hall, on, str(visit.pk))
        AskedQuestion.objects.bulk_create(
            AskedQuestion(visit=visit, question_id=pk, order=order) for order, pk in enumerate(drawn)
        )
    return visit


@transaction.atomic
def cancel(visit: Visit) -> Visit:
    """Before it begins; afterwards it is finished."""
    visit = Visit.objects.select_for_update().get(pk=visit.pk)
    if visit.state != VisitState.PLANNED:
        raise Refused("visit_begun", "检查已经开始或已取消,不能再取消。")
    if Visit.objects.filter(second_of=visit).exclude(state=VisitState.CANCELLED).exists():
        raise Refused("has_second", "这次检查有双盲复查,请先取消复查。")
    visit.state = VisitState.CANCELLED
    visit.save(update_fields=["state"])
    return visit
