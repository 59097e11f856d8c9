"""Reads about campaigns: which are seen, how they stand, what each hall brought (R-H-14)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from core import time
from halls.models import Campaign, CampaignDay, Hall
from halls.rules import campaigns as rules
from halls.states import CampaignState


@dataclass(frozen=True)
class Brought:
    """What one hall, or all of them, did for a campaign; shares are of those offered, and of the target."""

    hall: Hall | None
    offered: int
    accepted: int
    uptake: Decimal | None
    reached: Decimal | None


@dataclass(frozen=True)
class Standing:
    row: Campaign
    state: CampaignState
    total: Brought


def visible_to(user: Any, verb: str = "hall.check") -> QuerySet[Campaign]:
    """Campaigns of at least one hall of this person."""
    return Campaign.objects.filter(halls__in=user.hall_ids(verb)).distinct().select_related("made_by")


def in_state(rows: QuerySet[Campaign], state: str, today: date) -> QuerySet[Campaign]:
    over = Q(ended_at__isnull=False) | Q(ends_on__lt=today)
    match state:
        case CampaignState.OVER:
            return rows.filter(over)
        case CampaignState.COMING:
            return rows.exclude(over).filter(starts_on__gt=today)
        case CampaignState.RUNNING:
            return rows.exclude(over).filter(starts_on__lte=today)
    return rows


def state_of(row: Campaign, today: date) -> CampaignState:
    ended = time.business_day(row.ended_at) if row.ended_at else None
    return rules.state(row.starts_on, row.ends_on, today, ended_on=ended)


def standings(rows: Collection[Campaign], today: date) -> list[Standing]:
    """With their totals; two questions for any number of them."""
    days = CampaignDay.objects.filter(campaign__in=[row.pk for row in rows]).order_by()
    summed = days.values_list("campaign").annotate(Sum("offered"), Sum("accepted"))
    sums = {pk: (offered, accepted) for pk, offered, accepted in summed}
    return [Standing(row, state_of(row, today), _brought(None, row, *sums.get(row.pk, (0, 0)))) for row in rows]


def by_hall(row: Campaign, halls: Collection[Hall]) -> list[Brought]:
    """What these halls brought, the best uptake first; who has brought nothing is named too."""
    days = CampaignDay.objects.filter(campaign=row, hall__in=[hall.pk for hall in halls]).order_by()
    summed = days.values_list("hall").annotate(Sum("offered"), Sum("accepted"))
    sums = {pk: (offered, accepted) for pk, offered, accepted in summed}
    found = [_brought(hall, row, *sums.get(hall.pk, (0, 0))) for hall in halls]
    return sorted(found, key=lambda one: (-one.accepted, one.hall.code if one.hall else ""))


def _brought(hall: Hall | None, row: Campaign, offered: int, accepted: int) -> Brought:
    return Brought(hall, offered, accepted, rules.share(accepted, offered), rules.share(accepted, row.target))
