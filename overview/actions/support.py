"""支撑需求: raised with a signed report, owned and answered by the city with a day, solved or declined."""

from datetime import date, datetime, timedelta

from django.db import transaction

from core import time
from core.errors import Refused
from halls.queries import number
from messaging.actions import alert, notify
from overview.models import SupportEvent, SupportRequest, WeeklyVersion
from overview.queries.support import answerers
from overview.rules.weekly import SUPPORT_DAYS, written
from overview.states import SupportDid, SupportState
from staff.models import User
from staff.queries.people import managers_of

OPEN_TO_ANSWER = {SupportState.OPEN, SupportState.ANSWERED}


def raise_from(version: WeeklyVersion, *, actor: User, now: datetime) -> list[SupportRequest]:
    """One request for each line of a signed version that has none yet. In the caller's transaction."""
    report = version.report
    known = set(report.support_requests.values_list("key", flat=True))
    due_on = time.business_day(now) + timedelta(days=number(SUPPORT_DAYS, report.hall, now))
    made = SupportRequest.objects.bulk_create(
        SupportRequest(
            hall_id=report.hall_id,
            report=report,
            key=ask["key"],
            section=ask["section"],
            text=ask["text"],
            raised_by=actor,
            raised_at=now,
            due_on=due_on,
        )
        for ask in version.asks
        if ask["key"] not in known
    )
    SupportEvent.objects.bulk_create(
        SupportEvent(request=one, did=SupportDid.RAISED, at=now, person=actor) for one in made
    )
    for one in made:
        title = f"{report.hall.name}提出支撑需求:{one}"
        notify(answerers(), title=title[:100], url=address(one), key=f"overview.support.{one.pk}")
    return made


def _held(request: SupportRequest) -> SupportRequest:
    return SupportRequest.objects.select_for_update(of=("self",)).select_related("hall").get(pk=request.pk)


def _note(request: SupportRequest, did: SupportDid, *, actor: User | None, now: datetime, note: str = "") -> None:
    SupportEvent.objects.create(request=request, did=did, at=now, person=actor, note=note[:500])


@transaction.atomic
def assign(request: SupportRequest, owner: User, *, actor: User, now: datetime) -> SupportRequest:
    """指定责任人 in the city. Raises Refused: bad_move, not_an_answerer."""
    request = _held(request)
    if request.state not in OPEN_TO_ANSWER:
        raise Refused("bad_move", f"这项需求{request.get_state_display()},不用再指定责任人。")
    if not owner.is_active or not owner.may("support.answer", request.hall):
        raise Refused("not_an_answerer", f"{owner.name}没有答复支撑需求的权限,请换一位责任人。")
    request.owner = owner
    request.save(update_fields=["owner"])
    _note(request, SupportDid.ASSIGNED, actor=actor, now=now, note=owner.name)
    key = f"overview.support.owner.{request.pk}.{owner.pk}"
    notify([owner], title=f"支撑需求由您负责:{request}", url=address(request), key=key)
    return request


@transaction.atomic
def answer(request: SupportRequest, text: str, *, promised_on: date, actor: User, now: datetime) -> SupportRequest:
    """答复 with the day by which it is done; again when the day moves. Raises Refused: no_answer, bad_day, bad_move."""
    text = _said(text, "请写明答复。")
    if promised_on < time.business_day(now):
        raise Refused("bad_day", "落实日期不能早于今天。")
    request = _held(request)
    if request.state not in OPEN_TO_ANSWER:
        raise Refused("bad_move", f"这项需求{request.get_state_display()},不能再答复。")
    request.state, request.answer, request.promised_on = SupportState.ANSWERED, text, promised_on
    request.owner = request.owner or actor
    request.answered_by, request.answered_at = actor, now
    request.late_told_at = None
    request.save()
    _note(request, SupportDid.ANSWERED, actor=actor, now=now, note=f"{text}({promised_on:%m-%d} 前落实)")
    _tell_hall(request, "已答复", now)
    return request


@transaction.atomic
def decline(request: SupportRequest, reason: str, *, actor: User, now: datetime) -> SupportRequest:
    """暂不支撑, with the reason. Raises Refused: no_answer, bad_move."""
    reason = _said(reason, "请写明暂不支撑的原因。")
    request = _held(request)
    if request.state not in OPEN_TO_ANSWER:
        raise Refused("bad_move", f"这项需求{request.get_state_display()},不能再答复。")
    request.state, request.answer, request.closed_at = SupportState.DECLINED, reason, now
    request.owner, request.answered_by, request.answered_at = request.owner or actor, actor, now
    request.save()
    _note(request, SupportDid.DECLINED, actor=actor, now=now, note=reason)
    _tell_hall(request, "暂不支撑", now)
    return request


@transaction.atomic
def confirm_done(request: SupportRequest, *, actor: User, now: datetime) -> SupportRequest:
    """确认解决, by the hall that asked. Raises Refused: bad_move."""
    request = _held(request)
    if request.state != SupportState.ANSWERED:
        raise Refused(
            "bad_move", "答复之后才能确认解决。" if request.state == SupportState.OPEN else "这项需求已办结。"
        )
    request.state, request.closed_at = SupportState.DONE, now
    request.save(update_fields=["state", "closed_at"])
    _note(request, SupportDid.DONE, actor=actor, now=now)
    return request


def _said(text: str, otherwise: str) -> str:
    text = written(text)
    if not text:
        raise Refused("no_answer", otherwise)
    if len(text) > 500:
        raise Refused("too_long", "不能超过 500 字,请精简。")
    return text


def _tell_hall(request: SupportRequest, word: str, now: datetime) -> None:
    title = f"支撑需求{word}:{request}"
    key = f"overview.support.{request.state}.{request.pk}.{now:%Y%m%d%H%M%S}"
    notify(managers_of(request.hall_id), title=title[:100], body=request.answer, url=address(request), key=key)


def tell_late(now: datetime) -> int:
    """Sweep: past the day of answer, or past the promised one: the owner (or all who may answer) hears of it, once."""
    today = time.business_day(now)
    rows = SupportRequest.objects.unsolved().filter(late_told_at=None).select_related("owner", "hall")
    return sum(_tell_late(one, now) for one in rows if one.is_late(today))


@transaction.atomic
def _tell_late(request: SupportRequest, now: datetime) -> bool:
    if SupportRequest.objects.filter(pk=request.pk, late_told_at=None).update(late_told_at=now) != 1:
        return False
    _note(request, SupportDid.LATE, actor=None, now=now)
    people = [request.owner] if request.owner else answerers()
    title = f"支撑需求超期:{request.hall.name} {request}"
    alert(people, title=title[:100], url=address(request), key=f"overview.support.late.{request.pk}.{now:%Y%m%d}")
    return True


def address(request: SupportRequest) -> str:
    return f"/overview/support/{request.pk}/"
