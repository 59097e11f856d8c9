"""A month's points: planned in parts, each made in one transaction beside the ledger, checked, attached whole.

Any number of processes may work on a run at once, or die in it: a part is done or untouched, and whoever comes next
goes on. Nothing here touches an account.
"""

import time as clock
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from core import time
from core.errors import Refused
from core.time import business_day
from loyalty.actions import partitions
from loyalty.models import GenerationPart, GenerationRun
from loyalty.queries import judging
from loyalty.rules import earning, months
from loyalty.states import NotEarned, RunState, Star

PART_CUSTOMERS = 200_000
PART_MEMORY = "128MB"

MAKE = """
    WITH judged AS MATERIALIZED ({judged}),
    made AS (
        INSERT INTO "{table}"
            (account_id, made_at, month, source, points, eligible_fen, kind, star, multiplier_hundredths)
        SELECT account_id, %(made_at)s, %(month)s, 0, {points}, eligible, kind, counted_star, multiplier
        FROM judged WHERE reason = 0
    )
    SELECT reason, count(*), sum(eligible)::bigint, count(*) FILTER (WHERE has_plan),
        coalesce(sum({points}) FILTER (WHERE reason = 0), 0)::bigint
    FROM judged GROUP BY reason
"""
RANGE = "SELECT min(customer_id), max(customer_id) FROM loyalty_bill WHERE month = %s"
MADE = """
    SELECT count(*), coalesce(sum(points), 0)::bigint, coalesce(sum(eligible_fen), 0)::bigint,
        count(*) FILTER (WHERE points <> (eligible_fen::bigint * multiplier_hundredths + 9999) / 10000)
    FROM "{table}"
"""
BILLED = """
    SELECT count(*), coalesce(sum(greatest(amount_fen - gifted_fen - redeemed_fen - third_party_fen, 0)), 0)::bigint
    FROM loyalty_bill WHERE month = %s
"""
IN_PLAN = """
    SELECT count(*) FROM loyalty_pointsaccount
    WHERE plan_from <= %(last)s AND (plan_until IS NULL OR plan_until >= %(last)s)
"""


@transaction.atomic
def start(month: date, *, on: date, now: datetime) -> GenerationRun:
    """The run of a billing month: the one there is, or a new one with its parts. `on`: the day it is made as of.

    Raises Refused: too_early (R-L-16), no_bills, no_multipliers.
    """
    day = earning.generation_day(month, on)
    if on < day:
        raise Refused("too_early", f"{month:%Y-%m} 账期的积分在 {day:%Y-%m-%d} 生成,请到时再来。")
    partitions.lock_month(month)
    run = GenerationRun.objects.select_for_update().filter(month=month).first()
    if run and run.state != RunState.FAILED:
        return run
    if run:
        run.delete()
    frozen = judging.multipliers_on(months.last_of(month))
    if set(frozen) != set(range(Star.ONE, Star.FIVE_DIAMOND + 1)):
        raise Refused("no_multipliers", "这个账期有星级没有设置回馈倍数,请先补全再生成。")
    run = GenerationRun.objects.create(
        month=month, on=on, paid_before=earning.paid_before(month, on), multipliers=frozen, started_at=now
    )
    partitions.make_lots_aside(month)
    GenerationPart.objects.bulk_create(
        GenerationPart(run=run, first=first, last=last) for first, last in _ranges(month)
    )
    return run


def _ranges(month: date) -> list[tuple[int, int]]:
    """Customer numbers of a month's bills, cut into parts. Raises Refused("no_bills")."""
    with connection.cursor() as cursor:
        cursor.execute(RANGE, [month])
        lowest, highest = cursor.fetchone()
    if lowest is None:
        raise Refused("no_bills", f"还没有 {month:%Y-%m} 账期的账单,请先导入账单。")
    return [(first, first + PART_CUSTOMERS - 1) for first in range(lowest, highest + 1, PART_CUSTOMERS)]


def work(run_id: int, *, told: Callable[[GenerationPart], None] | None = None, seconds: float = 1e9) -> bool:
    """Make parts until none is left to take, or for so many seconds. True when none is left."""
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        part = make_part(run_id)
        if part is None:
            return True
        if told:
            told(part)
    return False


@transaction.atomic
def make_part(run_id: int) -> GenerationPart | None:
    """Take one open part that nobody else is making, make its lots and count the rest by reason."""
    parts = GenerationPart.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run")
    part = parts.filter(run=run_id, done_at=None, run__state=RunState.RUNNING).order_by("first").first()
    if part is None:
        return None
    began, run = clock.monotonic(), part.run
    values = {**judging.values_of(run), "first": part.first, "last": part.last, "made_at": run.started_at}
    text = MAKE.format(judged=judging.JUDGED, table=partitions.lot_table(run.month), points=judging.POINTS)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = %s", [PART_MEMORY])
        cursor.execute(text, values)
        rows = cursor.fetchall()
    part.counts = {str(reason): [bills, eligible, planned] for reason, bills, eligible, planned, _ in rows}
    part.bills = sum(bills for _, bills, _, _, _ in rows)
    part.earned = sum(bills for reason, bills, _, _, _ in rows if reason == NotEarned.EARNED)
    part.points = sum(points for _, _, _, _, points in rows)
    part.seconds = clock.monotonic() - began
    part.done_at = time.now()
    part.save()
    return part


@transaction.atomic
def finish(run_id: int, now: datetime) -> GenerationRun:
    """Attach the month when every part is made and all sums agree; else note what differs. Safe to call at any time."""
    run = GenerationRun.objects.select_for_update().get(pk=run_id)
    if run.state != RunState.RUNNING or run.parts.filter(done_at=None).exists():
        return run
    _add_up(run)
    run.problem = _difference(run)
    run.state = RunState.FAILED if run.problem else RunState.DONE
    run.finished_at = now
    run.save()
    if not run.problem:
        partitions.attach_lots(run.month)
    return run


def _add_up(run: GenerationRun) -> None:
    counts: dict[str, list[int]] = {}
    planned = 0
    for told in run.parts.values_list("counts", flat=True):
        for reason, (bills, eligible, with_plan) in told.items():
            before = counts.setdefault(reason, [0, 0])
            counts[reason] = [before[0] + bills, before[1] + eligible]
            planned += with_plan
    sums = run.parts.aggregate(bills=Sum("bills"), earned=Sum("earned"), points=Sum("points"))
    run.bills, run.earned, run.points = sums["bills"], sums["earned"], sums["points"]
    run.counts = {reason: {"bills": bills, "eligible_fen": fen} for reason, (bills, fen) in sorted(counts.items())}
    with connection.cursor() as cursor:
        cursor.execute(IN_PLAN, {"last": months.last_of(run.month)})
        run.without_bill = cursor.fetchone()[0] - planned


def _difference(run: GenerationRun) -> str:
    """What does not agree between bills, parts and the lots that stand aside; empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(MADE.format(table=partitions.lot_table(run.month)))
        made, points, made_fen, wrong = cursor.fetchone()
        cursor.execute(BILLED, [run.month])
        bills, billed_fen = cursor.fetchone()
    earned: dict[str, Any] = run.counts.get(str(int(NotEarned.EARNED)), {"eligible_fen": 0})
    told_fen = sum(one["eligible_fen"] for one in run.counts.values())
    checks = (
        ("账单数", bills, run.bills),
        ("可积分金额", billed_fen, told_fen),
        ("生成笔数", made, run.earned),
        ("生成积分", points, run.points),
        ("生成金额", made_fen, earned["eligible_fen"]),
        ("与规则不符的笔数", wrong, 0),
    )
    return "；".join(f"{name} {is_so} ≠ {should}" for name, is_so, should in checks if is_so != should)[:300]


def start_due(now: datetime) -> int | None:
    """R-L-16: the run that should be going on now, started at need; None when there is nothing to do."""
    running = GenerationRun.objects.filter(state=RunState.RUNNING).order_by("month").first()
    if running:
        return running.pk
    today = business_day(now)
    month = earning.newest_due_month(today)
    run = GenerationRun.objects.filter(month=month).first()
    if run:  # also one that another beat has just started
        return run.pk if run.state == RunState.RUNNING else None
    try:
        return start(month, on=today, now=now).pk
    except Refused:
        return None
