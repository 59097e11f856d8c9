"""Campaigns: on the calendar with the check whether the halls can carry them, counted by day, ended (R-H-14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from core import changes, parameters, time
from core.errors import Refused
from halls.models import Campaign, CampaignDay, Hall
from halls.states import CampaignState
from queueing.actions.load import check_load
from queueing.models import LoadCheck
from queueing.queries.campaigns import state_of
from queueing.rules import load as rules
from staff.models import User

MOST = 9_999_999


@transaction.atomic
def start_campaign(wanted: Campaign, halls: Sequence[Hall], *, by: User, now: datetime) -> Campaign:
    """Save a campaign with its load check; where no hall opens in its days there is nothing to check.

    Raises Refused: no_halls, no_channel.
    """
    if not halls:
        raise Refused("no_halls", "请选择营业厅。")
    least = parameters.number(rules.CHANNELS_LEAST, on=time.business_day(now))
    if rules.needs_channel(len(wanted.channels), least):
        raise Refused("no_channel", f"营销案除营业厅外至少搭配 {least} 个渠道,请再选渠道。")
    wanted.made_at, wanted.made_by = now, by
    wanted.save(force_insert=True)
    wanted.halls.set(halls)
    _check(wanted, halls, by, now)
    return wanted


def _check(row: Campaign, halls: Sequence[Hall], by: User, now: datetime) -> None:
    wanted = LoadCheck(
        name=row.name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        target=row.target,
        uptake=row.uptake,
        minutes=row.minutes,
        other_channels=len(row.channels),
        campaign=row,
    )
    live = [hall for hall in halls if hall.is_live]
    try:
        check_load(wanted, live, by=by, now=now)
    except Refused as no:
        if no.code != "always_closed":
            raise


@dataclass(frozen=True)
class Count:
    """What a hall did for a campaign on a day."""

    day: date
    offered: int
    accepted: int


@transaction.atomic
def note_day(row: Campaign, hall: Hall, count: Count, *, by: User, now: datetime) -> CampaignDay:
    """Say it, or correct it. Raises Refused: other_hall, not_its_day, bad_count."""
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not locked.halls.filter(pk=hall.pk).exists():
        raise Refused("other_hall", f"{hall.name}没有参加「{locked}」。")
    last = min(locked.ends_on, time.business_day(now))
    if locked.ended_at is not None:
        last = min(last, time.business_day(locked.ended_at))
    if not locked.starts_on <= count.day <= last:
        raise Refused("not_its_day", "只能登记活动开始以后、今天及以前的日子。")
    if not 0 <= count.accepted <= count.offered <= MOST:
        raise Refused("bad_count", "办理数不能大于推荐人数,请核对。")
    facts = {"offered": count.offered, "accepted": count.accepted, "noted_at": now, "noted_by": by}
    day, _ = CampaignDay.objects.update_or_create(campaign=locked, hall=hall, day=count.day, defaults=facts)
    return day


@transaction.atomic
def end_campaign(row: Campaign, *, by: User, now: datetime) -> Campaign:
    """Before its last day. Raises Refused: over_already."""
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if state_of(locked, time.business_day(now)) == CampaignState.OVER:
        raise Refused("over_already", f"「{locked}」已经结束。")
    locked.ended_at, locked.ended_by = now, by
    locked.save(update_fields=["ended_at", "ended_by"])
    changes.record(locked, "提前结束", actor=by, before=locked.ends_on, after=time.business_day(now))
    return locked
