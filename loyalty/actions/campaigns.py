"""Promotional points of a campaign, given to named customers once each (R-L-22)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from core.errors import Refused
from core.time import business_day
from loyalty.models import Customer, Lot, PointsAccount, PromoCampaign
from loyalty.queries import ledger
from loyalty.rules import months, usage
from loyalty.states import CustomerStatus, LotKind, PointsSource

MOST_POINTS = 1_000_000


@transaction.atomic
def credit(campaign: PromoCampaign, given: Mapping[int, int | None], *, now: datetime) -> int:
    """Give each customer (by number) so many points, or the campaign's own amount; how many got some now.

    Nobody gets a campaign twice, however often it is asked. Needs no star and is not multiplied. Closed numbers and
    customers of a BOSS city are passed over. Raises Refused: not_running, expired, bad_points.
    """
    today = business_day(now)
    expires_on = _expiry(campaign, today)
    if any(not 0 < (points or campaign.points) <= MOST_POINTS for points in given.values()):
        raise Refused("bad_points", "每人积分应为大于 0 的整数。")
    customers = Customer.objects.select_related("city").filter(pk__in=given).exclude(status=CustomerStatus.CLOSED)
    own = [one.pk for one in customers if ledger.points_source(one, today) == PointsSource.OWN]
    PointsAccount.objects.bulk_create([PointsAccount(customer_id=pk) for pk in own], ignore_conflicts=True)
    list(PointsAccount.objects.select_for_update().filter(pk__in=own).order_by("pk").values_list("pk"))
    had = Lot.objects.filter(kind=LotKind.PROMO, source=campaign.pk, account__in=own)
    fresh = sorted(set(own) - set(had.values_list("account_id", flat=True)))
    Lot.objects.bulk_create(
        Lot(
            account_id=pk,
            month=months.first_of(today),
            kind=LotKind.PROMO,
            source=campaign.pk,
            points=given[pk] or campaign.points,
            expires_on=expires_on,
            made_at=now,
        )
        for pk in fresh
    )
    return len(fresh)


def _expiry(campaign: PromoCampaign, today: date) -> date | None:
    if today < campaign.starts_on or (campaign.ends_on is not None and campaign.ends_on < today):
        raise Refused("not_running", "活动不在有效期内,不能发放积分。")
    expires_on = usage.promo_expiry(today, expires_on=campaign.expires_on, after_days=campaign.expires_after_days)
    if usage.is_expired(expires_on, today):
        raise Refused("expired", "活动积分的最后可用日已过,不能发放。")
    return expires_on
