"""What a partner's people may see beyond their role: granted from a day to a day, and taken back at once (R-H-18)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from core import changes, time
from core.errors import Refused
from halls.models import Hall
from halls.queries import number
from halls.states import Operation
from messaging.actions import notify
from staff.models import Grant, User
from staff.queries.people import in_force
from staff.rules import grants as rules
from staff.states import GrantableRight

NOT_YOURS = "只能授权本人管理范围内的合作营业厅。如工作需要,请联系区县主管。"
REASON_MOST = 80


@dataclass(frozen=True)
class Wish:
    """A right at a hall, before anybody has it."""

    hall: Hall
    verb: str
    first: date
    last: date
    reason: str


@transaction.atomic
def give(person: User, wish: Wish, *, actor: User, now: datetime) -> Grant:
    """Raises Refused: own_grant, not_partner, not_there, no_reason, ends_before_start, in_the_past, too_long,
    granted_already; PermissionDenied outside the actor's halls."""
    if not actor.may("grant.manage", wish.hall):
        raise PermissionDenied(NOT_YOURS)
    _check(person, wish, actor, now)
    User.objects.select_for_update().get(pk=person.pk)
    for other in Grant.objects.filter(user=person, hall=wish.hall, verb=wish.verb, ended_at=None):
        if rules.overlap(wish.first, wish.last, other.valid_from, other.valid_to):
            span = f"{other.valid_from:%Y-%m-%d} 到 {other.valid_to:%Y-%m-%d}"
            raise Refused("granted_already", f"{person.name}这项权限已有授权({span}),请勿重复。")
    row = Grant.objects.create(
        user=person,
        hall=wish.hall,
        verb=wish.verb,
        valid_from=wish.first,
        valid_to=wish.last,
        reason=wish.reason.strip(),
        given_by=actor,
        given_at=now,
    )
    changes.record(person, "合作厅授权", actor=actor, after=_words(row))
    _tell(row, f"已授权你{_words(row)}", "granted")
    return row


def _check(person: User, wish: Wish, actor: User, now: datetime) -> None:
    today, reason = time.business_day(now), wish.reason.strip()
    if person == actor:
        raise Refused("own_grant", "不能给自己授权,请由上级办理。")
    if wish.hall.operation == Operation.SELF:
        raise Refused("not_partner", f"{wish.hall.name}是自营厅,权限由岗位决定,不需要授权。")
    if not person.is_active or not person.employments.filter(in_force(today), hall=wish.hall).exists():
        raise Refused("not_there", f"{person.name}现在不在{wish.hall.name}任职,不能授权。")
    if not reason or len(reason) > REASON_MOST or "\x00" in reason:
        raise Refused("no_reason", f"请填写授权原因,最多 {REASON_MOST} 字。")
    if wish.last < wish.first:
        raise Refused("ends_before_start", "最后一天不能早于第一天,请核对。")
    if wish.first < today:
        raise Refused("in_the_past", "授权不能从过去的日期开始,请核对。")
    most = number(rules.MOST_DAYS, wish.hall, now)
    if rules.is_too_long(wish.first, wish.last, most=most):
        raise Refused("too_long", f"一次授权最多 {most} 天,到期可重新办理。")


@transaction.atomic
def take_back(grant: Grant, *, actor: User, now: datetime) -> Grant:
    """It gives nothing from this moment on. Raises Refused: not_in_force; PermissionDenied elsewhere."""
    row = Grant.objects.select_for_update(of=("self",)).select_related("user", "hall").get(pk=grant.pk)
    if not actor.may("grant.manage", row.hall):
        raise PermissionDenied(NOT_YOURS)
    if row.ended_at is not None or row.valid_to < time.business_day(now):
        raise Refused("not_in_force", "这项授权已收回或到期。")
    row.ended_at, row.ended_by = now, actor
    row.save(update_fields=["ended_at", "ended_by"])
    changes.record(row.user, "合作厅授权", actor=actor, before=_words(row), after="已收回")
    _tell(row, f"已收回授权:{_words(row)}", "taken-back")
    return row


def _words(row: Grant) -> str:
    what = GrantableRight(row.verb).label
    return f"{what} · {row.hall.name} · {row.valid_from:%Y-%m-%d} 到 {row.valid_to:%Y-%m-%d}"


def _tell(row: Grant, text: str, step: str) -> None:
    notify([row.user], title=text, key=f"grant:{step}:{row.pk}", url=reverse("account"))
