"""A person's month: counted, looked at, objected to, answered, signed; then nothing changes it."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from core import parameters, time
from core.errors import Refused
from halls.models import Hall
from messaging.actions import notify
from staff.models import MonthSheet, User
from staff.queries import month_figures
from staff.queries.people import managers_of
from staff.rules import performance as rules
from staff.states import MonthSheetState as S


def make_sheets(now: datetime) -> int:
    """The month that is over, for everybody who worked in it; safe to run twice. Returns how many are new.

    What nobody has looked at yet is counted again, as late ratings and audits come in; the rest is left as it was seen.
    """
    month = rules.month_before(time.business_day(now))
    return sum(make_for(hall, month, now) for hall in Hall.objects.filter(is_live=True).order_by("pk"))


@transaction.atomic
def make_for(hall: Hall, month: date, now: datetime) -> int:
    people = month_figures.people_of(hall, month)
    known = {row.person_id: row for row in MonthSheet.objects.select_for_update().filter(hall=hall, month=month)}
    if len(known) >= len(people) and all(row.state != S.MADE for row in known.values()):
        return 0
    counted, fresh = month_figures.of_hall(hall, month, now), []
    for person in people:
        row, figures = known.get(person.pk), counted.get(person.pk, {})
        if row is None:
            fresh.append(MonthSheet(person=person, hall=hall, month=month, figures=figures, counted_at=now))
        elif row.state == S.MADE and row.figures != figures:
            row.figures = figures
            row.save(update_fields=["figures"])
    MonthSheet.objects.bulk_create(fresh)
    for row in fresh:
        notify([row.person], title=f"{month.month} 月个人月度单已生成", url=_page(row), key=f"sheet:{row.pk}")
    return len(fresh)


@transaction.atomic
def accept(sheet_id: int, *, person: User, now: datetime) -> MonthSheet:
    """The person has looked and has nothing to say against the figures."""
    sheet = _own(sheet_id, person)
    _move(sheet, S.SEEN)
    sheet.seen_at = now
    sheet.save(update_fields=["state", "seen_at"])
    return sheet


@transaction.atomic
def object_to(sheet_id: int, words: str, *, person: User, now: datetime) -> MonthSheet:
    """The person says what is not right; it cannot be signed until that is answered."""
    sheet = _own(sheet_id, person)
    if not words.strip():
        raise Refused("no_words", "请写明哪个数字有疑问。")
    _move(sheet, S.OBJECTED)
    sheet.seen_at = sheet.seen_at or now
    sheet.objection, sheet.objected_at = words.strip(), now
    sheet.save(update_fields=["state", "seen_at", "objection", "objected_at"])
    heads = [one for one in managers_of(sheet.hall_id) if one.may("sheet.sign", sheet.hall) and one.pk != person.pk]
    notify(heads, title=f"{person.name} 对月度单有异议", url=_page(sheet), key=f"sheet:{sheet.pk}:{now.isoformat()}")
    return sheet


@transaction.atomic
def answer(sheet_id: int, words: str, *, actor: User, now: datetime) -> MonthSheet:
    """The manager's word on the objection, with the figures counted once more."""
    sheet = _signable(sheet_id, actor)
    if not words.strip():
        raise Refused("no_answer", "请写明答复内容。")
    _move(sheet, S.ANSWERED)
    sheet.answer, sheet.answered_by, sheet.answered_at = words.strip(), actor, now
    sheet.figures = month_figures.of_hall(sheet.hall, sheet.month, now).get(sheet.person_id, {})
    sheet.counted_at = now
    sheet.save(update_fields=["state", "answer", "answered_by", "answered_at", "figures", "counted_at"])
    notify([sheet.person], title="月度单异议已答复", url=_page(sheet), key=f"sheet:{sheet.pk}:{now.isoformat()}")
    return sheet


@transaction.atomic
def sign(sheet_id: int, *, actor: User, now: datetime) -> MonthSheet:
    """Locked from here on."""
    sheet = _signable(sheet_id, actor)
    days = parameters.number(rules.SEEN_WITHIN, on=time.business_day(now))
    if sheet.state == S.OBJECTED:
        raise Refused("objection_open", "本人提出的异议还没有答复,请先答复再签认。")
    if sheet.state == S.MADE and not rules.may_sign_unseen(sheet.counted_at, now, days=days):
        raise Refused("not_seen", f"本人还没有查看。生成满 {days} 天后可以直接签认。")
    _move(sheet, S.SIGNED)
    sheet.signed_by, sheet.signed_at = actor, now
    sheet.save(update_fields=["state", "signed_by", "signed_at"])
    return sheet


def _locked(sheet_id: int) -> MonthSheet:
    return MonthSheet.objects.select_for_update(of=("self",)).select_related("hall", "person").get(pk=sheet_id)


def _own(sheet_id: int, person: User) -> MonthSheet:
    sheet = _locked(sheet_id)
    if sheet.person_id != person.pk:
        raise PermissionDenied("只能对本人的月度单操作。")
    return sheet


def _signable(sheet_id: int, actor: User) -> MonthSheet:
    sheet = _locked(sheet_id)
    if not actor.may("sheet.sign", sheet.hall):
        raise PermissionDenied("没有签认月度单的权限。如工作需要,请联系店长。")
    if sheet.person_id == actor.pk:
        raise Refused("own_sheet", "本人的月度单请由上级签认。")
    return sheet


def _move(sheet: MonthSheet, state: str) -> None:
    if sheet.is_signed:
        raise Refused("locked", "月度单已签认锁定,不能再改。")
    if not rules.can_move(sheet.state, state):
        raise Refused("bad_move", f"月度单现在「{S(sheet.state).label}」,请看过最新内容后再操作。")
    sheet.state = state


def _page(sheet: MonthSheet) -> str:
    return reverse("month-sheet", args=[sheet.pk])
