"""The monthly rating: who is due gets a star with its reasons; a run that is done is never repeated (R-L-1 … R-L-9)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min

from core.errors import Refused
from core.time import business_day
from halls.models import Region
from halls.states import RegionLevel
from loyalty.actions import customers, plans
from loyalty.models import Customer, RatingRun, StarRating
from loyalty.queries import rating
from loyalty.rules import months, policy, stars
from loyalty.states import CustomerStatus, PointsSource, RatingReason, RunState, Star
from messaging.actions import send_sms
from messaging.states import MessageKind

AT_ONCE = 200_000
TOLD_AT_ONCE = 500
Progress = Callable[[float], None]
Counts = Counter[tuple[str, int, int]]


def rate(month: date, *, on: date, now: datetime, progress: Progress | None = None) -> dict[str, Any]:
    """Rate everybody who is due in a month; in batches, each whole, so that a crash is gone on from.

    Raises Refused: too_early (before the month), no_bands.
    """
    values = _values(month, on, now)
    run, _ = RatingRun.objects.get_or_create(
        month=month,
        defaults={"effective_on": values["effective"], "state": RunState.RUNNING, "started_at": now},
    )
    if run.state == RunState.DONE:
        return {**run.counts, "state": str(run.state)}
    for share, first, last in _ranges():
        _rate_some(run.pk, {**values, "first": first, "last": last})
        if progress:
            progress(share)
    return _finish(run.pk, now)


def compare(month: date, *, on: date, now: datetime) -> dict[str, Any]:
    """What a rating would do, without doing it: how many go from which star to which."""
    values = _values(month, on, now)
    counts: Counts = Counter()
    for _, first, last in _ranges():
        counts += _counted(rating.COMPARE, {**values, "first": first, "last": last})
    return {"dry_run": True, **_told(counts, values["effective"])}


def _values(month: date, on: date, now: datetime) -> dict[str, Any]:
    if on < month:
        raise Refused("too_early", f"{month:%Y-%m} 的评定从当月 1 日起进行。")
    effective = stars.effective_on(month)
    bands = rating.bands_on(effective)
    lows = [low for _, low in sorted(bands.items())]
    if set(bands) != set(range(Star.ONE, Star.FIVE_DIAMOND + 1)) or lows != sorted(lows):
        raise Refused("no_bands", "星级分数线不全或高低颠倒,请先在设置中改好再评定。")
    rules = stars.policy_on(effective, bands)
    until = stars.valid_to(effective, rules.star_months)
    boss = [
        city.pk
        for city in Region.objects.filter(level=RegionLevel.CITY)
        if policy.number(policy.POINTS_SOURCE, effective, city=city.code) == PointsSource.BOSS
    ]
    return {**rating.values_of(month, rules), "effective": effective, "until": until, "now": now, "boss": boss or None}


def _ranges() -> list[tuple[float, int, int]]:
    """Customer numbers in batches, with the share that is done after each."""
    span = Customer.objects.aggregate(low=Min("pk"), high=Max("pk"))
    if span["low"] is None:
        return []
    firsts = range(span["low"], span["high"] + 1, AT_ONCE)
    return [(at / len(firsts), first, first + AT_ONCE - 1) for at, first in enumerate(firsts, 1)]


def _counted(text: str, values: dict[str, Any]) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return Counter({(kind, before, star): count for kind, before, star, count in cursor.fetchall()})


@transaction.atomic
def _rate_some(run_id: int, values: dict[str, Any]) -> None:
    """One batch. The run is held, so two ratings at once take turns and the second finds nothing due."""
    run = RatingRun.objects.select_for_update().get(pk=run_id)
    counts = _counted(rating.APPLY, values)
    for (kind, before, star), count in counts.items():
        row = f"{kind}:{before}:{star}"
        run.counts[row] = run.counts.get(row, 0) + count
    run.save(update_fields=["counts"])


@transaction.atomic
def _finish(run_id: int, now: datetime) -> dict[str, Any]:
    run = RatingRun.objects.select_for_update().get(pk=run_id)
    if run.state == RunState.DONE:
        return {**run.counts, "state": str(run.state)}
    opened = plans.open_automatically(run.effective_on, now)
    if run.month == months.first_of(policy.day(policy.GRACE_FROM, run.effective_on)):
        plans.give_grace(now)
    counts: Counts = Counter()
    for row, count in run.counts.items():
        kind, before, star = row.split(":")
        counts[kind, int(before), int(star)] += count
    run.counts = {**_told(counts, run.effective_on), "plans_opened": opened}
    run.state, run.finished_at = RunState.DONE, now
    run.save()
    if run.effective_on <= business_day(now):
        customers.refresh_stars(now)
    return {**run.counts, "state": str(run.state)}


def _told(counts: Counts, effective: date) -> dict[str, Any]:
    """Counts as a table: by kind, and from which star to which."""
    table = [
        {"kind": kind, "before": before, "after": star, "customers": count}
        for (kind, before, star), count in sorted(counts.items())
    ]
    return {
        "effective_on": effective.isoformat(),
        "rows": sum(counts.values()),
        "rose": sum(count for (_, before, star), count in counts.items() if star > before),
        "fell": sum(count for (_, before, star), count in counts.items() if star < before),
        "comparison": table,
    }


def rate_due(now: datetime) -> None:
    """R-L-7: this month's rating on the day its stars take effect, once, and only where stars are rated here."""
    today = business_day(now)
    month = months.first_of(today)
    if today < stars.effective_on(month) or RatingRun.objects.filter(month=month, state=RunState.DONE).exists():
        return
    if RatingRun.objects.exists():
        rate(month, on=today, now=now)


@transaction.atomic
def tell(now: datetime) -> int:
    """R-L-9: put the results nobody was told of into the outbox, which keeps the quiet hours (R-S-23)."""
    rows = StarRating.objects.select_for_update(skip_locked=True, of=("self",)).select_related("customer")
    untold = list(rows.filter(told_at=None).order_by("pk")[:TOLD_AT_ONCE])
    for one in untold:
        if one.customer.status != CustomerStatus.CLOSED:
            _send(one)
    StarRating.objects.filter(pk__in=[one.pk for one in untold]).update(told_at=now)
    return len(untold)


def _send(one: StarRating) -> None:
    key, phone = f"star:{one.pk}", one.customer.phone
    if one.star >= Star.ONE:
        since, until = f"{one.valid_from:%Y-%m-%d}", f"{one.valid_to:%Y-%m-%d}"
        context = {"star": Star(one.star).label, "since": since, "until": until}
        send_sms(phone, template="star_rated", context=context, kind=MessageKind.NOTICE, key=key)
        return
    reason = "得分未达到一星" if one.star == Star.PRE_STAR else RatingReason(one.reason).label
    send_sms(phone, template="star_none", context={"reason": reason}, kind=MessageKind.NOTICE, key=key)
