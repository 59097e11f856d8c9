"""申诉 (R-I-12): a separate record with a decision; a granted one issues the score anew, and both stay readable."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core import time
from core.errors import Refused
from inspections.actions import improvement, months, submitting
from inspections.live import visit_moved
from inspections.models import ActionEvent, Appeal, CorrectiveAction, Finding, Visit
from inspections.queries.appeal_time import appeal_until
from inspections.queries.halls import has_conflict
from inspections.rules import sheet as sheets
from inspections.rules.scoring import Found, score
from inspections.states import ActionDid, ActionState, AppealState, VisitState
from messaging.actions import notify
from staff.models import User


def _held(visit_id: UUID) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",)).select_related("hall__region", "version", "auditor")
    return rows.get(pk=visit_id)


@transaction.atomic
def raise_appeal(visit: Visit, findings: Collection[Finding], reason: str, *, actor: User, now: datetime) -> Appeal:
    """The hall disputes deductions within the days allowed."""
    visit = _held(visit.pk)
    if visit.state != VisitState.SUBMITTED:
        raise Refused("no_appeal_now", f"这次检查现在是「{visit.get_state_display()}」,不能申诉。")
    until = appeal_until(visit, now)
    if until is None or time.business_day(now) > until:
        raise Refused("appeal_too_late", f"申诉期限已过,到 {improvement.day_text(until or visit.planned_on)}为止。")
    if not findings or any(one.visit_id != visit.pk or one.withdrawn_at for one in findings):
        raise Refused("nothing_named", "请选择要申诉的扣分项。")
    if not reason.strip():
        raise Refused("no_reason", "请写明申诉理由。")
    assert visit.score is not None
    appeal = Appeal.objects.create(
        visit=visit,
        hall=visit.hall,
        reason=reason.strip()[:1000],
        raised_by=actor,
        raised_at=now,
        score_before=visit.score,
    )
    appeal.findings.set(findings)
    visit.state = VisitState.APPEALING
    visit.save(update_fields=["state"])
    visit_moved(visit)
    people = improvement.above(visit.hall_id)
    notify(people, title=f"{visit.hall.name}提出申诉", url=address(appeal), key=f"appeal.{appeal.pk}")
    return appeal


def address(appeal: Appeal) -> str:
    return f"/inspections/appeals/{appeal.pk}/"


@transaction.atomic
def decide(appeal: Appeal, granted: Collection[Finding], answer: str, *, actor: User, now: datetime) -> Appeal:
    """Withdraw what is granted (nothing = the score stands); the score is reckoned anew without it."""
    visit = _held(appeal.visit_id)
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if appeal.state != AppealState.OPEN:
        raise Refused("bad_move", "这项申诉已经处理过了。")
    if actor.pk in {visit.auditor_id, appeal.raised_by_id} or has_conflict(actor, visit.hall, time.business_day(now)):
        raise Refused("conflict_of_interest", "检查人、申诉人和本厅人员需要回避,请由区县主管处理。")
    if not answer.strip():
        raise Refused("no_reason", "请写明处理意见。")
    if not set(granted) <= set(appeal.findings.all()):
        raise Refused("nothing_named", "只能处理申诉里列出的扣分项。")
    for finding in granted:
        _withdraw(finding, actor=actor, now=now)
    appeal.granted.set(granted)
    _issue_anew(visit, now)
    appeal.score_after = visit.score
    appeal.state = AppealState.ACCEPTED if granted else AppealState.DECLINED
    appeal.answer, appeal.decided_by, appeal.decided_at = answer.strip()[:1000], actor, now
    appeal.save()
    month = time.business_day(visit.started_at or now).replace(day=1)
    months.reckon(month, now=now)
    title = f"{visit.hall.name}的申诉已处理:{appeal.get_state_display()}"
    notify([appeal.raised_by], title=title, url=address(appeal), key=f"appeal.decided.{appeal.pk}")
    return appeal


def _withdraw(finding: Finding, *, actor: User, now: datetime) -> None:
    finding.withdrawn_at = now
    finding.save(update_fields=["withdrawn_at"])
    action = CorrectiveAction.objects.select_for_update().filter(finding=finding).first()
    if action is not None and action.state in {ActionState.OPEN, ActionState.RECHECK}:
        action.state, action.closed_at = ActionState.DONE, now
        action.save(update_fields=["state", "closed_at"])
        ActionEvent.objects.create(action=action, did=ActionDid.CANCELLED, at=now, person=actor)


def _issue_anew(visit: Visit, now: datetime) -> None:
    """The same arithmetic over the findings that stand. What was told on the tablet is not touched."""
    card = visit.version.facts
    reading = sheets.read(card, visit.sheet, visit.hall_snapshot, visit.planned_on)
    stand = visit.findings.filter(withdrawn_at=None)
    events = {name: one.get("event") or f"own:{name}" for name, one in sheets.entries(visit.sheet).items()}
    found = [Found(one.item, one.points, events.get(one.entry, "")) for one in stand]
    is_vetoed = any(one.item == submitting.VETO for one in stand)
    fresh = score(card, reading.situation, found, is_vetoed=is_vetoed)
    if visit.first_score is None:
        visit.first_score = visit.score
    submitting.write_score(visit, fresh)
    visit.breakdown = {**(visit.breakdown or {}), **submitting.score_document(fresh)}
    visit.state = VisitState.FINAL
    visit.save()
    visit_moved(visit)
