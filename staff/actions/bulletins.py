"""A business notice is drafted, issued, confirmed, urged, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from core import time
from core.errors import Refused
from halls.models import Hall, Region
from messaging.actions import alert, notify
from staff.models import Bulletin, BulletinConfirmation, User
from staff.queries import bulletins as queries
from staff.states import BulletinKind, BulletinState

BEYOND = "通知范围超出本人管理的营业厅。如工作需要,请联系区县主管发布。"


@dataclass(frozen=True)
class Text:
    """What a notice says, to whom, from when to when. No roles = everybody there."""

    title: str
    body: str
    valid_from: date
    valid_to: date | None = None
    kind: str = BulletinKind.BUSINESS
    regions: Sequence[Region] = ()
    halls: Sequence[Hall] = ()
    roles: Sequence[str] = field(default=())


@transaction.atomic
def draft(text: Text, *, author: User, now: datetime) -> Bulletin:
    """A notice that nobody sees yet but those who may write it. Raises Refused, PermissionDenied."""
    _check(text, author, now)
    bulletin = Bulletin(author=author)
    _write(bulletin, text)
    return bulletin


@transaction.atomic
def rewrite(bulletin_id: int, text: Text, *, author: User, now: datetime) -> Bulletin:
    """Change a draft; what was issued is not changed under its readers' eyes."""
    bulletin = _locked(bulletin_id)
    if not bulletin.is_draft:
        raise Refused("already_issued", "通知已发布,不能再改。请撤回后另发一条。")
    _check(text, author, now)
    _write(bulletin, text)
    return bulletin


@transaction.atomic
def issue(bulletin_id: int, *, actor: User, now: datetime) -> Bulletin:
    """From now on its addressees are asked to confirm; each gets one bell."""
    bulletin = _locked(bulletin_id)
    if not bulletin.is_draft:
        raise Refused("already_issued", "通知已发布,不能再改。请撤回后另发一条。")
    _check_reach(list(bulletin.regions.all()), list(bulletin.halls.all()), actor)
    today = time.business_day(now)
    if bulletin.valid_to is not None and bulletin.valid_to < today:
        raise Refused("already_over", "失效日期已过,请先修改日期再发布。")
    asked = list(queries.addressees(bulletin, today))
    if not asked:
        raise Refused("nobody_addressed", "这个范围内现在没有人员,请重新选择营业厅或岗位。")
    bulletin.state, bulletin.issued_at = BulletinState.ISSUED, now
    bulletin.save(update_fields=["state", "issued_at"])
    page = reverse("bulletin", args=[bulletin.pk])
    notify(asked, title=f"业务通知:{bulletin.title}", body="请阅读后确认。", url=page, key=f"bulletin:{bulletin.pk}")
    return bulletin


@transaction.atomic
def confirm(bulletin_id: int, *, person: User, now: datetime) -> BulletinConfirmation:
    """The person has read it; a second time changes nothing."""
    bulletin, today = Bulletin.objects.get(pk=bulletin_id), time.business_day(now)
    known = bulletin.confirmations.filter(person=person).first()
    if known is not None:
        return known
    if not bulletin.is_in_force(today):
        raise Refused("not_in_force", "这条通知已失效或撤回,不需要确认。")
    if not queries.addressees(bulletin, today).filter(pk=person.pk).exists():
        raise Refused("not_addressed", "这条通知不是发给本岗位的,不需要确认。")
    return BulletinConfirmation.objects.get_or_create(bulletin=bulletin, person=person, defaults={"at": now})[0]


@transaction.atomic
def urge(bulletin_id: int, *, actor: User, now: datetime) -> int:
    """Ring at everybody within reach who has not confirmed, once a day each; return how many there are."""
    bulletin = _locked(bulletin_id)
    today = time.business_day(now)
    if not bulletin.is_in_force(today):
        raise Refused("not_in_force", "这条通知已失效或撤回,不需要确认。")
    late = [one.person for one in queries.readers(bulletin, today, actor.rights) if one.confirmed_at is None]
    if not late:
        raise Refused("all_confirmed", "本人管理范围内的人员都已确认。")
    alert(
        late,
        title=f"请确认通知:{bulletin.title}",
        body=f"{actor.name} 催办,请阅读后确认。",
        url=reverse("bulletin", args=[bulletin.pk]),
        key=f"bulletin:{bulletin.pk}:urge:{today}",
    )
    return len(late)


@transaction.atomic
def withdraw(bulletin_id: int, *, actor: User, now: datetime) -> Bulletin:
    """It holds no longer; who confirmed it stays on record."""
    bulletin = _locked(bulletin_id)
    if bulletin.state != BulletinState.ISSUED:
        raise Refused("not_issued", "只有已发布的通知可以撤回。")
    _check_reach(list(bulletin.regions.all()), list(bulletin.halls.all()), actor)
    bulletin.state, bulletin.withdrawn_at = BulletinState.WITHDRAWN, now
    bulletin.save(update_fields=["state", "withdrawn_at"])
    return bulletin


def _locked(bulletin_id: int) -> Bulletin:
    return Bulletin.objects.select_for_update().get(pk=bulletin_id)


def _write(bulletin: Bulletin, text: Text) -> None:
    bulletin.kind, bulletin.title, bulletin.body = text.kind, text.title, text.body
    bulletin.valid_from, bulletin.valid_to, bulletin.roles = text.valid_from, text.valid_to, list(text.roles)
    bulletin.save()
    bulletin.regions.set(text.regions)
    bulletin.halls.set(text.halls)


def _check(text: Text, author: User, now: datetime) -> None:
    if not text.regions and not text.halls:
        raise Refused("no_audience", "请选择发给哪些区域或营业厅。")
    if text.valid_to is not None and text.valid_to < max(text.valid_from, time.business_day(now)):
        raise Refused("ends_too_early", "失效日期不能早于生效日期和今天。")
    _check_reach(list(text.regions), list(text.halls), author)


def _check_reach(regions: list[Region], halls: list[Hall], author: User) -> None:
    """One writes to those whom one leads, and to nobody else."""
    rights = author.rights
    here = {hall.pk for hall in halls} <= rights.hall_ids("bulletin.write")
    if not here or not {region.pk for region in regions} <= rights.region_ids("bulletin.write"):
        raise PermissionDenied(BEYOND)
