"""Corrective actions (R-I-10): every deduction gets an owner, a day, a proof and a re-check."""

from datetime import date, datetime

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from halls.queries import number
from inspections.live import action_moved
from inspections.models import ActionEvent, CorrectiveAction, Finding, Visit
from inspections.rules import improvement as rules
from inspections.states import ActionDid, ActionState
from messaging.actions import notify
from staff.models import User
from staff.queries.people import managers_of, supervisors_of


def open_for(visit: Visit, *, now: datetime) -> None:
    """One action per deduction; what was put right on the spot keeps its deduction and is closed at once."""
    today = time.business_day(now)
    due_on = rules.action_due(today, days=number(rules.ACTION_DAYS, visit.hall, now))
    owner = _first_owner(visit.hall)
    findings = Finding.objects.filter(visit=visit, action=None)
    made = CorrectiveAction.objects.bulk_create(
        CorrectiveAction(
            finding=finding,
            hall_id=visit.hall_id,
            owner=owner,
            state=ActionState.ON_SPOT if finding.fixed_on_spot else ActionState.OPEN,
            due_on=due_on,
            opened_at=now,
            closed_at=now if finding.fixed_on_spot else None,
        )
        for finding in findings
    )
    ActionEvent.objects.bulk_create(ActionEvent(action=action, did=ActionDid.OPENED, at=now) for action in made)
    waiting = [action for action in made if action.state == ActionState.OPEN]
    if owner is not None and waiting:
        title = f"{visit.hall.name}有 {len(waiting)} 项整改,请在 {day_text(due_on)}前完成"
        notify([owner], title=title, url="/inspections/actions/", key=f"inspections.actions.{visit.pk}")


def _first_owner(hall: Hall) -> User | None:
    """The hall manager; of a hall without one its duty manager, then the district's supervisor."""
    managers = sorted(managers_of(hall.pk), key=lambda one: not one.may("inspection.act", hall))
    return next(iter([*managers, *supervisors_of(hall)]), None)


def day_text(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def _held(action: CorrectiveAction) -> CorrectiveAction:
    return CorrectiveAction.objects.select_for_update(of=("self",)).select_related("hall", "finding").get(pk=action.pk)


def _move(action: CorrectiveAction, state: str, did: str, *, actor: User, now: datetime, note: str = "") -> None:
    """The only writer of an action's state."""
    if not rules.can_move(action.state, state):
        raise Refused("bad_move", f"这项整改现在是「{action.get_state_display()}」,不能这样处理。请刷新后再看。")
    action.state = state
    action.closed_at = now if state == ActionState.DONE else None
    action.save()
    ActionEvent.objects.create(action=action, did=did, at=now, person=actor, note=note)
    action_moved(action)


@transaction.atomic
def prove(action: CorrectiveAction, proof: str, *, photo: str = "", actor: User, now: datetime) -> CorrectiveAction:
    """整改完成: said what was done, with a picture where one was taken; now somebody else looks."""
    if not proof.strip():
        raise Refused("no_proof", "请写明做了什么整改,再提交复核。")
    action = _held(action)
    action.proof, action.proof_photo = proof.strip()[:500], photo or action.proof_photo
    _move(action, ActionState.RECHECK, ActionDid.PROVED, actor=actor, now=now, note=action.proof)
    return action


@transaction.atomic
def recheck(action: CorrectiveAction, *, passed: bool, note: str, actor: User, now: datetime) -> CorrectiveAction:
    """复核: whoever owned the action does not pass it."""
    action = _held(action)
    if action.owner_id == actor.pk:
        raise Refused("own_action", "不能复核自己负责的整改,请由督导或区县主管复核。")
    if not passed and not note.strip():
        raise Refused("no_reason", "请写明退回的原因。")
    state, did = (ActionState.DONE, ActionDid.PASSED) if passed else (ActionState.OPEN, ActionDid.RETURNED)
    if action.state != ActionState.RECHECK:
        raise Refused("bad_move", f"这项整改现在是「{action.get_state_display()}」,不能复核。")
    _move(action, state, did, actor=actor, now=now, note=note.strip()[:500])
    return action


@transaction.atomic
def assign(action: CorrectiveAction, owner: User, *, due_on: date, actor: User, now: datetime) -> CorrectiveAction:
    action = _held(action)
    if action.state != ActionState.OPEN:
        raise Refused("bad_move", f"这项整改现在是「{action.get_state_display()}」,不能改派。")
    if action.hall_id not in owner.hall_ids("hall.see"):
        raise Refused("not_here", f"{owner.name}不在{action.hall.name}任职,请换一位责任人。")
    if due_on < time.business_day(now):
        raise Refused("bad_day", "期限不能早于今天。")
    action.owner, action.due_on = owner, due_on
    action.save(update_fields=["owner", "due_on"])
    note = f"{owner.name},{day_text(due_on)}前"
    event = ActionEvent.objects.create(action=action, did=ActionDid.ASSIGNED, at=now, person=actor, note=note)
    title = f"{action.hall.name}一项整改由您负责:{action.finding.name}"
    notify([owner], title=title, url=address(action), key=f"inspections.assigned.{event.pk}")
    return action


def escalate_overdue(now: datetime) -> int:
    """Sweep: what is past its day is told, once, to those who answer for the district."""
    today = time.business_day(now)
    late = CorrectiveAction.objects.filter(state=ActionState.OPEN, due_on__lt=today, escalated_at=None)
    count = 0
    for pk in late.values_list("pk", flat=True):
        count += _escalate(pk, now)
    return count


@transaction.atomic
def _escalate(pk: int, now: datetime) -> bool:
    fresh = CorrectiveAction.objects.filter(pk=pk, escalated_at=None, state=ActionState.OPEN)
    if fresh.update(escalated_at=now) != 1:
        return False
    action = CorrectiveAction.objects.select_related("hall", "finding", "owner").get(pk=pk)
    ActionEvent.objects.create(action=action, did=ActionDid.ESCALATED, at=now)
    told = {one.pk: one for one in [*above(action.hall_id), *([action.owner] if action.owner else [])]}
    title = f"{action.hall.name}整改超期:{action.finding.name}"
    notify(told.values(), title=title, url=address(action), key=f"inspections.overdue.{action.pk}")
    return True


def address(action: CorrectiveAction) -> str:
    return f"/inspections/actions/{action.pk}/"


def above(hall_id: int) -> list[User]:
    """区县主管 of a hall."""
    people = User.objects.filter(is_active=True, employments__role="district").distinct()
    return [one for one in people if hall_id in one.hall_ids("inspection.decide")]
