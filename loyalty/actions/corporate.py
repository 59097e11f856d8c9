"""Corporate customers: put on record, their members, their figures, and the end."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core import changes, parameters, time
from core.errors import Refused
from core.phones import clean_phone
from loyalty.models import CorporateFigure, CorporateGroup, CorporateMember, Customer
from loyalty.rules import corporate as rules
from loyalty.states import CustomerStatus


@transaction.atomic
def save_group(row: CorporateGroup, *, actor: Any, now: datetime) -> CorporateGroup:
    """A new company, or another class or manager. Raises Refused: too_few, name_taken, left_already."""
    least = parameters.number(rules.LEAST_PERSONS, on=time.business_day(now))
    if row.headcount < least:
        raise Refused("too_few", f"集团客户至少 {least} 人,请核对人数。")
    before = CorporateGroup.objects.select_for_update(of=("self",)).filter(pk=row.pk).first() if row.pk else None
    if before is not None and before.left_on is not None:
        raise Refused("left_already", f"{before}已离网,不能再修改。")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as twin:
        raise Refused("name_taken", f"已有集团客户「{row.name}」,请在原记录上修改。") from twin
    changes.record(row, "资料", actor=actor, before=_about(before) if before else "", after=_about(row))
    return row


def _about(row: CorporateGroup) -> str:
    return f"{row.grade} 类 · {row.hall} · {row.manager.name if row.manager else '未定客户经理'} · {row.headcount} 人"


@transaction.atomic
def add_member(group: CorporateGroup, phone: str, *, now: datetime) -> CorporateMember:
    """By the whole number. Raises Refused: bad_phone, left_already, no_customer, member_already."""
    number = clean_phone(phone)
    locked = CorporateGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if locked.left_on is not None:
        raise Refused("left_already", f"{locked}已离网,不能再加成员。")
    customer = Customer.objects.filter(phone=number).exclude(status=CustomerStatus.CLOSED).first()
    if customer is None:
        raise Refused("no_customer", "没有这个手机号的客户资料,请核对号码。")
    try:
        with transaction.atomic():
            return CorporateMember.objects.create(group=locked, customer=customer, joined_on=time.business_day(now))
    except IntegrityError as twin:
        raise Refused("member_already", f"{customer}已是集团成员,请先退出原集团。") from twin


def remove_member(row: CorporateMember, *, now: datetime) -> bool:
    """False when the member had left already."""
    return bool(CorporateMember.objects.filter(pk=row.pk, left_on=None).update(left_on=time.business_day(now)))


@dataclass(frozen=True)
class Figures:
    month: date
    satisfaction: Decimal
    awareness: Decimal
    members: int
    lost: int


@transaction.atomic
def note_figures(group: CorporateGroup, told: Figures, *, actor: Any, now: datetime) -> CorporateFigure:
    """A month's figures of a company, or their correction. Raises Refused: bad_month, bad_count."""
    if told.month.day != 1 or told.month > time.business_day(now):
        raise Refused("bad_month", "只能登记本月和以前的月份。")
    if told.lost > told.members:
        raise Refused("bad_count", "离网成员不能多于月初成员,请核对。")
    facts = {"satisfaction": told.satisfaction, "awareness": told.awareness, "members": told.members}
    facts |= {"lost": told.lost}
    row, _ = CorporateFigure.objects.update_or_create(
        group=group, month=told.month, defaults={**facts, "noted_at": now, "noted_by": actor}
    )
    return row


@transaction.atomic
def leave(group: CorporateGroup, *, actor: Any, now: datetime) -> CorporateGroup:
    """The company is no customer any more; its members stay what they are. Raises Refused: left_already."""
    locked = CorporateGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    if locked.left_on is not None:
        raise Refused("left_already", f"{locked}已离网。")
    locked.left_on = time.business_day(now)
    locked.save(update_fields=["left_on"])
    CorporateMember.objects.filter(group=locked, left_on=None).update(left_on=locked.left_on)
    changes.record(locked, "离网", actor=actor, after=locked.left_on)
    return locked
