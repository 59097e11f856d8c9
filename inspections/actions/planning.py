"""The month's visits are drawn (R-I-11): at random, balanced, blind for the halls."""

from datetime import date, datetime, timedelta

from django.db import transaction

from core import parameters, time
from core.errors import Refused
from halls.models import Hall, Region
from halls.rules import hours_on
from inspections.actions import visits
from inspections.models import Plan, Visit
from inspections.queries import cards as card_reads
from inspections.queries import halls as hall_reads
from inspections.rules import planning as rules
from staff.access import regions_below
from staff.models import User


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


@transaction.atomic
def draw(region: Region, month: date, *, actor: User, now: datetime) -> Plan:
    """Draw the visits of a district's halls for this month or the next. Once: nobody draws until it pleases."""
    today = time.business_day(now)
    if month.day != 1 or not today.replace(day=1) <= month <= next_month(today):
        raise Refused("bad_month", "只能为本月或下个月生成检查计划。")
    Region.objects.select_for_update().get(pk=region.pk)
    if Plan.objects.filter(region=region, month=month).exists():
        raise Refused("plan_exists", f"{region.name}这个月的检查计划已经生成,可以单独增减检查。")
    version = card_reads.ranked()
    if version is None:
        raise Refused("no_card", "还没有发布参加排名的评分表,请先发布。")
    halls = {one.pk: one for one in Hall.objects.filter(region__in=regions_below(region.pk))}
    auditors = {one.pk: one for one in hall_reads.auditors_of(halls, month)}
    if not halls or not auditors:
        raise Refused("nothing_to_plan", "这个区域没有营业厅,或没有可以安排的督导。")
    scopes = [region.code]
    terms = rules.Terms(*(parameters.number(name, on=month, scopes=scopes) for name in PLAN_TERMS))
    seed = f"{region.code}:{month}:{now.timestamp()}"
    drawn = rules.draw(
        {pk: _open_days(hall, max(month, today)) for pk, hall in halls.items()},
        list(auditors),
        hall_reads.conflicts(auditors.values(), month),
        terms,
        seed,
    )
    plan = Plan.objects.create(region=region, month=month, seed=seed[:40], made_at=now, made_by=actor)
    first: dict[tuple[int, date], Visit] = {}
    for one in sorted(drawn, key=lambda each: each.is_second):
        made = visits.make(halls[one.hall], version, auditors[one.auditor], on=one.day, kind=one.kind, plan=plan)
        if one.is_second:
            made.second_of = first[one.hall, one.day]
            made.save(update_fields=["second_of"])
        else:
            first[one.hall, one.day] = made
    return plan


PLAN_TERMS = (rules.VISITS_PER_MONTH, rules.MYSTERY_PERCENT, rules.DOUBLE_PERCENT)


def _open_days(hall: Hall, since: date) -> list[date]:
    """The days left of the month on which the hall opens."""
    end = next_month(since)
    weekly = {row.weekday: row.hours for row in hall.weekly_hours.all()}
    exceptions = {row.day: row.hours for row in hall.hours_exceptions.filter(day__gte=since, day__lt=end)}
    days = [since + timedelta(days=count) for count in range((end - since).days)]
    return [day for day in days if hours_on(day, weekly, exceptions) is not None]
