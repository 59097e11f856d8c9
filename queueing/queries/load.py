"""What the load check rests on: counter time as it was really open, and the forecast of the base load."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet, Sum

from core import parameters, time
from halls.models import Hall
from queueing.models import HalfHourCause, LoadCheck
from queueing.queries import forecast
from queueing.rules import forecast as forecast_rules
from queueing.rules import load as rules
from queueing.rules.figures import SLOT_MINUTES
from staff.models import User

LOOK_BACK = timedelta(days=56)


def visible_checks(user: User) -> QuerySet[LoadCheck]:
    """Checks all of whose halls are within one's rights."""
    return LoadCheck.objects.exclude(halls__in=Hall.objects.exclude(pk__in=user.hall_ids("figures.see")))


def days(halls: Sequence[Hall], since: date, until: date, now: datetime) -> list[rules.Day]:
    """Open and base minutes of the halls together, day by day."""
    span = [since + timedelta(days=at) for at in range((until - since).days + 1)]
    opened: dict[date, Decimal] = defaultdict(Decimal)
    base: dict[date, Decimal] = defaultdict(Decimal)
    for hall in halls:
        known = forecast.past(hall, time.business_day(now))
        usual = _usual_minutes(hall, known, now)
        windows = hall.windows.filter(is_active=True).count()
        for day, slots in forecast.slots_open(hall, span).items():
            if slots:
                kind = forecast_rules.traits_of(day, known.calendar).kind
                planned = Decimal(windows * len(slots) * SLOT_MINUTES)
                opened[day] += usual.get(kind, usual.get(forecast_rules.WORKDAY, planned))
        for day, minutes in forecast.base_minutes(hall, span, known, now).items():
            base[day] += Decimal(str(round(minutes, 1)))
    return [rules.Day(day, opened[day], base[day]) for day in span]


def _usual_minutes(hall: Hall, known: forecast.Past, now: datetime) -> dict[str, Decimal]:
    """Counter minutes that were really open on a day of each kind, on average over the last weeks."""
    today = time.business_day(now)
    rows = HalfHourCause.objects.filter(hall=hall, day__gte=today - LOOK_BACK, day__lt=today).values("day")
    by_kind = defaultdict(list)
    for day, seconds in rows.annotate(seconds=Sum("open_seconds")).values_list("day", "seconds"):
        if seconds:
            by_kind[forecast_rules.traits_of(day, known.calendar).kind].append(Decimal(seconds) / 60)
    return {kind: round(sum(found, Decimal(0)) / len(found), 1) for kind, found in by_kind.items()}


def rates(on: date) -> rules.Rates:
    return rules.Rates(
        usable=parameters.number(rules.USABLE_SHARE, on=on),
        first_days=parameters.number(rules.FIRST_DAYS, on=on),
        first_rate=parameters.number(rules.FIRST_RATE, on=on),
    )
