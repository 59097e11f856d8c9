"""The next day's audit: lists are drawn from what higher apps handled, cases are looked at, errors corrected."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from core import time
from core.errors import Refused
from halls import queries as halls
from halls.models import BusinessType, Hall
from messaging.actions import alert
from staff.models import AuditDay, AuditItem, User
from staff.queries import audits as queries
from staff.rules import audits as rules
from staff.rules.audits import Handled
from staff.states import AuditGround, AuditState, ErrorKind


@transaction.atomic
def draw(hall: Hall, day: date, handled: Sequence[Handled], *, now: datetime) -> AuditDay | None:
    """Write a hall's list of a day that is over, once; None when it was drawn before."""
    percent = halls.number(rules.SHARE, hall, now)
    drawn = rules.draw(handled, day, always=queries.always_on(day), percent=percent)
    row, fresh = AuditDay.objects.get_or_create(
        hall=hall,
        day=day,
        defaults={
            "handled": len(handled),
            "always": len(drawn.always),
            "sampled": len(drawn.sampled),
            "share": percent,
            "drawn_at": now,
        },
    )
    if not fresh:
        return None
    businesses = {one.code: one.pk for one in BusinessType.objects.all()}
    grounds = [(AuditGround.ALWAYS, drawn.always), (AuditGround.SAMPLE, drawn.sampled)]
    AuditItem.objects.bulk_create(
        _item(row, one, ground, businesses.get(one.business)) for ground, chosen in grounds for one in chosen
    )
    return row


@transaction.atomic
def add(hall: Hall, day: date, handled: Sequence[Handled]) -> int:
    """Put what a later app handled on a list that is drawn already, each once; 0 while there is no list yet."""
    row = AuditDay.objects.select_for_update().filter(hall=hall, day=day).first()
    if row is None:
        return 0
    known = AuditItem.objects.filter(hall=hall, day=day, source__in=[one.source for one in handled])
    listed = set(known.values_list("source", flat=True))
    fresh = [one for one in handled if one.source not in listed]
    AuditItem.objects.bulk_create(_item(row, one, AuditGround.ALWAYS, None) for one in fresh)
    added = len(fresh)
    AuditDay.objects.filter(pk=row.pk).update(always=F("always") + added, handled=F("handled") + added)
    return added


def _item(row: AuditDay, one: Handled, ground: str, business_id: int | None) -> AuditItem:
    return AuditItem(
        hall_id=row.hall_id,
        day=row.day,
        source=one.source,
        label=one.label[:20],
        business_id=business_id,
        about=one.about[:40],
        person_id=one.person_id,
        handled_at=one.at,
        ground=ground,
    )


@transaction.atomic
def pass_item(item_id: int, *, actor: User, now: datetime) -> AuditItem:
    """Nothing was wrong."""
    item = _locked(item_id, actor)
    _move(item, AuditState.PASSED)
    item.checked_by, item.checked_at = actor, now
    item.save(update_fields=["state", "checked_by", "checked_at"])
    return item


@transaction.atomic
def find_wrong(item_id: int, kind: str, finding: str, *, actor: User, now: datetime) -> AuditItem:
    """What was wrong; the person is told, and until when it has to be put right."""
    item = _locked(item_id, actor)
    if kind not in ErrorKind.values or not finding.strip():
        raise Refused("no_finding", "请选择差错类别,并写明问题。")
    _move(item, AuditState.WRONG)
    days = halls.number(rules.CORRECT_DAYS, item.hall, now)
    item.checked_by, item.checked_at = actor, now
    item.error_kind, item.finding = kind, finding.strip()
    item.correct_by = time.business_day(now) + timedelta(days=days)
    item.save(update_fields=["state", "checked_by", "checked_at", "error_kind", "finding", "correct_by"])
    alert(
        [item.person],
        title=f"业务差错请改正:{item.about} {item.label}",
        body=f"{item.finding}(请在 {item.correct_by:%m-%d} 前改正)"[:500],
        url=reverse("audit", args=[item.pk]),
        key=f"audit:{item.pk}",
    )
    return item


@transaction.atomic
def correct(item_id: int, words: str, *, actor: User, now: datetime) -> AuditItem:
    """How it was put right: by whoever handled the business, or by the auditor for somebody who is away."""
    item = AuditItem.objects.select_for_update(of=("self",)).select_related("hall").get(pk=item_id)
    if item.person_id != actor.pk and not actor.may("audit.check", item.hall):
        raise PermissionDenied("只能改正本人办理的业务。")
    if not words.strip():
        raise Refused("no_words", "请写明怎样改正的。")
    _move(item, AuditState.CORRECTED)
    item.corrected_by, item.corrected_at, item.correction = actor, now, words.strip()
    item.save(update_fields=["state", "corrected_by", "corrected_at", "correction"])
    return item


def _locked(item_id: int, actor: User) -> AuditItem:
    rows = AuditItem.objects.select_for_update(of=("self",)).select_related("hall__region", "person")
    item = rows.get(pk=item_id)
    if not actor.may("audit.check", item.hall):
        raise PermissionDenied("没有业务稽核的权限。如工作需要,请联系店长。")
    if item.person_id == actor.pk:
        raise Refused("own_business", "本人办理的业务请由他人稽核。")
    return item


def _move(item: AuditItem, state: str) -> None:
    if not rules.can_move(item.state, state):
        raise Refused("bad_move", f"这笔业务已是「{AuditState(item.state).label}」,请看过最新内容后再操作。")
    item.state = state
