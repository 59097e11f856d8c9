"""The month is reckoned and ranked (R-I-8, R-I-9); bonus is asked for and decided."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from core import time
from core.errors import Refused
from halls.models import Hall
from inspections.models import Bonus, MonthResult
from inspections.queries import cards as card_reads
from inspections.queries import months as reads
from inspections.rules import months as rules
from inspections.states import BonusState
from staff.models import User

LOCK = 6_020_261_122


class Reckoned(NamedTuple):
    """A hall's month as it is kept in MonthResult; what has not changed is not written again."""

    hall_type: str
    visits: int
    score: Decimal
    spread: Decimal | None
    lowest: int
    is_vetoed: bool
    rank: int | None
    bonus: int


@transaction.atomic
def reckon(month: date, *, now: datetime) -> int:
    """Means and places of a month for all halls; safe to run again, as often as something changed.

    A hall is ranked inside its class once it has visits enough (default three); the others are shown without place.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    reckoned = _reckoned(month)
    before = {row[0]: Reckoned(*row[1:]) for row in _results(month).values_list("hall", *Reckoned._fields)}
    _results(month).exclude(hall__in=reckoned).delete()
    MonthResult.objects.bulk_create(
        [
            MonthResult(hall_id=hall, month=month, reckoned_at=now, **one._asdict())
            for hall, one in reckoned.items()
            if before.get(hall) != one
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["hall", "month"],
        update_fields=[*Reckoned._fields, "reckoned_at"],
    )
    return len(reckoned)


def _results(month: date) -> QuerySet[MonthResult]:
    return MonthResult.objects.filter(month=month)


def _reckoned(month: date) -> dict[int, Reckoned]:
    """What the visits of a month come to, by hall."""
    rows = reads.scores_of(month)
    least = reads.least_visits(month)
    means = {row.hall: rules.mean(row.scores) for row in rows}
    classes: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for row in rows:
        if len(row.scores) >= least:
            classes[row.hall_type][row.hall] = means[row.hall]
    places = {hall: place for among in classes.values() for hall, place in rules.ranks(among).items()}
    bonus = dict(Bonus.objects.filter(month=month, state=BonusState.APPROVED).values_list("hall", "points"))
    return {
        row.hall: Reckoned(
            hall_type=row.hall_type,
            visits=len(row.scores),
            score=means[row.hall],
            spread=rules.spread(row.scores),
            lowest=min(row.scores),
            is_vetoed=row.is_vetoed,
            rank=places.get(row.hall),
            bonus=bonus.get(row.hall, 0),
        )
        for row in rows
    }


def reckon_recent(now: datetime) -> int:
    """Sweep: this month and the one before."""
    this = time.business_day(now).replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    return reckon(before, now=now) + reckon(this, now=now)


@transaction.atomic
def nominate(
    hall: Hall, month: date, criteria: Collection[str], innovation: str, *, is_region_wide: bool, actor: User
) -> Bonus:
    """加分申报: the conditions are looked at now and again when it is decided."""
    now = time.now()
    Hall.objects.select_for_update().get(pk=hall.pk)
    if Bonus.objects.filter(hall=hall, month=month).exclude(state=BonusState.DECLINED).exists():
        raise Refused("bonus_exists", "这个月已经申报过加分。")
    points_for(hall, month, criteria, innovation, is_region_wide=is_region_wide)
    return Bonus.objects.create(
        hall=hall,
        month=month,
        criteria=sorted(set(criteria)),
        innovation=innovation.strip(),
        is_region_wide=is_region_wide,
        nominated_by=actor,
        nominated_at=now,
    )


@transaction.atomic
def decide(bonus: Bonus, *, approved: bool, answer: str, actor: User, now: datetime) -> Bonus:
    """加分审批; an approval is added to the month at once."""
    bonus = Bonus.objects.select_for_update().get(pk=bonus.pk)
    if bonus.state != BonusState.NOMINATED:
        raise Refused("bad_move", "这项加分已经审批过了。")
    if bonus.nominated_by_id == actor.pk:
        raise Refused("own_bonus", "不能审批自己申报的加分。")
    if not approved and not answer.strip():
        raise Refused("no_reason", "请写明退回的原因。")
    if approved:
        bonus.points = points_for(
            bonus.hall, bonus.month, bonus.criteria, bonus.innovation, is_region_wide=bonus.is_region_wide
        )
    bonus.state = BonusState.APPROVED if approved else BonusState.DECLINED
    bonus.answer, bonus.decided_by, bonus.decided_at = answer.strip()[:200], actor, now
    bonus.save()
    MonthResult.objects.filter(hall=bonus.hall, month=bonus.month).update(bonus=bonus.points)
    return bonus


def points_for(hall: Hall, month: date, criteria: Collection[str], innovation: str, *, is_region_wide: bool) -> int:
    """R-I-8 for a hall's month as it stands. Raises Refused when a condition fails."""
    version = card_reads.ranked()
    document = (version.content.get("bonus") if version else None) or {}
    known = {one["code"] for one in document.get("criteria", ())}
    if not known:
        raise Refused("no_bonus", "现行评分表没有加分规则。")
    result = MonthResult.objects.filter(hall=hall, month=month).first()
    terms = rules.BonusTerms(*(document[name] for name in rules.BonusTerms.__dataclass_fields__))
    return rules.bonus_points(
        terms,
        rank=result.rank if result else None,
        criteria=len(known & set(criteria)),
        has_innovation=bool(innovation.strip()),
        is_region_wide=is_region_wide,
        vetoed=bool(result and result.is_vetoed),
    )
