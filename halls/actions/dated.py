"""What ends on a day: put on record, renewed in time, or given up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from core import changes, time
from core.errors import Refused
from core.texts import whole
from halls.models import DatedThing, Equipment, Hall


@dataclass(frozen=True)
class Paper:
    kind: str
    name: str
    valid_to: date
    valid_from: date | None = None
    number: str = ""
    partner: str = ""


@transaction.atomic
def record_dated(hall: Hall, paper: Paper, *, actor: Any, now: datetime) -> DatedThing:
    """Raises Refused: blank, wrong_days, known_already."""
    if not paper.name.strip():
        raise Refused("blank", "请填写名称。")
    if paper.valid_from is not None and paper.valid_to < paper.valid_from:
        raise Refused("wrong_days", "最后一天不能早于开始日期。")
    try:
        with transaction.atomic():
            row = DatedThing.objects.create(
                hall=hall,
                kind=paper.kind,
                name=whole(paper.name, 40, "名称"),
                number=whole(paper.number, 40, "编号"),
                partner=whole(paper.partner, 40, "对方单位"),
                valid_from=paper.valid_from,
                valid_to=paper.valid_to,
                keeper=actor,
                recorded_at=now,
            )
    except IntegrityError as twin:
        raise Refused("known_already", f"「{paper.name.strip()}」已经登记,请在原记录上续期。") from twin
    changes.record(row, "新增", actor=actor, after=f"至 {row.valid_to}")
    return row


@transaction.atomic
def renew(row: DatedThing, valid_to: date, *, actor: Any, now: datetime) -> DatedThing:
    """A later last day; the reminders begin anew. Raises Refused: closed, not_later, in_the_past."""
    locked = DatedThing.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.closed_at is not None:
        raise Refused("closed", f"{locked}已不再续办,请重新登记。")
    _check_later(locked.valid_to, valid_to, now)
    changes.record(locked, "续期", actor=actor, before=locked.valid_to, after=valid_to)
    locked.valid_to = valid_to
    locked.save(update_fields=["valid_to"])
    return locked


@transaction.atomic
def renew_equipment(row: Equipment, expires_on: date, *, actor: Any, now: datetime) -> Equipment:
    """Refilled, exchanged or checked: another last day, as for an extinguisher. Raises Refused: not_later, removed."""
    locked = Equipment.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.removed_at is not None:
        raise Refused("removed", f"{locked}已停用,不用续期。")
    _check_later(locked.expires_on, expires_on, now)
    changes.record(locked, "有效期至", actor=actor, before=locked.expires_on, after=expires_on)
    locked.expires_on = expires_on
    locked.save(update_fields=["expires_on"])
    return locked


def _check_later(old: date | None, new: date, now: datetime) -> None:
    if old is not None and new <= old:
        raise Refused("not_later", f"新日期须晚于原来的 {old.year} 年 {old.month} 月 {old.day} 日。")
    if new < time.business_day(now):
        raise Refused("in_the_past", "新日期已经过去,请核对。")


@transaction.atomic
def close(row: DatedThing, *, actor: Any, now: datetime) -> None:
    """Not to be renewed any more: it leaves the calendar. Twice is once."""
    if DatedThing.objects.filter(pk=row.pk, closed_at=None).update(closed_at=now, closed_by=actor):
        changes.record(row, "不再续办", actor=actor, before=row.valid_to, after="已结束")
