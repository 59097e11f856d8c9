"""Bill files: streamed by COPY into a staging table, judged there, and brought in; all of a file or nothing of it.

Before a month is generated a changed bill replaces the old one, afterwards it becomes an adjustment.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction

from core.errors import Refused
from core.time import business_day
from halls.models import Region
from halls.states import RegionLevel
from loyalty.actions import adjustments, bill_stage, files, partitions
from loyalty.actions.bill_stage import Copied
from loyalty.actions.files import Table
from loyalty.models import GenerationRun, ImportedFile
from loyalty.queries import staging
from loyalty.rules import months, policy, telling
from loyalty.states import PointsSource, RunState, TellingReason

BILLS = "bills"
MEMORY = "256MB"
Progress = Callable[[float, int], None]


@dataclass
class _Load:
    """One file on its way: what was read, refused and staged so far."""

    table: Table
    rejects: files.Rejects
    now: datetime
    progress: Progress | None = None
    rows: int = 0
    staged: int = 0
    boss: list[int] = field(default_factory=list)
    stage: str = ""
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "replaced", "adjusted"), 0))

    def take(self, blocks: Iterable[Copied]) -> None:
        for block in blocks:
            self.rows += block.rows
            self.staged += block.staged
            for line, reason, text in block.refused:
                self.rejects.add(line, reason, text)
            if self.progress:
                self.progress(block.end / max(self.table.survey.size, 1), self.rows)


def import_bills(path: Path, *, now: datetime, progress: Progress | None = None) -> dict[str, Any]:
    """Bring in a file of bills. The same bytes again change nothing. Raises Refused: no_file, bad_header."""
    table = files.open_table(path, telling.BILL_COLUMNS)
    before = ImportedFile.objects.filter(kind=BILLS, sha256=table.survey.sha256).first()
    if before and not before.counts["rejected"]:
        told = {**before.counts, "new": 0, "replaced": 0, "adjusted": 0, "unchanged": before.counts["rows"]}
        return {**told, "same_file": True, "reject_file": ""}
    load = _Load(table, files.Rejects(path, now), now, progress, boss=_boss_cities(now))
    bill_stage.sweep()
    counts = _bring_in_lanes(load) if bill_stage.wants_lanes(table) else _bring_in_alone(load)
    return {**counts, "same_file": False, "reject_file": load.rejects.close()}


def _bring_in_lanes(load: _Load) -> dict[str, Any]:
    load.stage = bill_stage.create(load.table, bill_stage.LANES)
    try:
        load.take(bill_stage.copy_in_lanes(load.stage, load.table))
        with transaction.atomic():
            return _bring_in(load)
    except BaseException:
        bill_stage.drop(load.stage)
        raise


@transaction.atomic
def _bring_in_alone(load: _Load) -> dict[str, Any]:
    load.stage = bill_stage.create(load.table, 1)
    load.take(bill_stage.copy_alone(load.stage, load.table))
    return _bring_in(load)


def _bring_in(load: _Load) -> dict[str, Any]:
    """From the stage into the months, with the note that this file has been read."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = %s", [MEMORY])
        cursor.execute("SET LOCAL default_statistics_target = 10")  # only the months decide a plan
        cursor.execute(f"ANALYZE {load.stage} (month, phone)")
        cursor.execute(staging.STAGE_MONTHS)
        touched = _months(cursor, load)
        _write(cursor, load, touched)
        bill_stage.drop(load.stage)
        for name in (partitions.bill_table(months.parse(text)) for text in touched):
            if partitions.exists(name):
                cursor.execute(f'ANALYZE "{name}"')
    accepted = load.rows - load.rejects.count
    unchanged = accepted - sum(load.counts.values())
    counts: dict[str, Any] = {"rows": load.rows, "accepted": accepted, "rejected": load.rejects.count}
    counts |= {**load.counts, "unchanged": unchanged, "months": touched}
    ImportedFile.objects.update_or_create(
        kind=BILLS,
        sha256=load.table.survey.sha256,
        defaults={"name": load.table.path.name[:200], "counts": counts, "at": load.now},
    )
    return counts


def _months(cursor: Any, load: _Load) -> list[str]:
    """Lock the file's months and note how far each is."""
    cursor.execute(staging.MONTHS.format(stage=load.stage))
    this_month = months.first_of(business_day(load.now))
    named = sorted(text for (text,) in cursor.fetchall() if _is_past(text, this_month))
    for text in named:
        partitions.lock_month(months.parse(text))
    states = dict(GenerationRun.objects.values_list("month", "state"))
    rows = []
    for text in named:
        month = months.parse(text)
        state = states.get(month, "")
        state = "open" if state in ("", RunState.FAILED) else str(state)
        rows.append((text, month, months.last_of(month), state))
    cursor.executemany("INSERT INTO stage_month VALUES (%s, %s, %s, %s)", rows)
    return named


def _is_past(text: str, this_month: date) -> bool:
    try:
        return months.parse(text) <= this_month
    except Refused:
        return False


def _write(cursor: Any, load: _Load, named: list[str]) -> None:
    """New bills first; only when some lines are left over is it asked which and why."""
    fill: dict[str, Any] = {"most": telling.MOST_YUAN, "stage": load.stage}
    boss = load.boss or None
    if not _write_fresh(cursor, load, named):
        for text in named:
            partitions.ensure_bills(months.parse(text))
        cursor.execute(staging.NEW.format(**fill), {"states": ("open",), "boss": boss})
        load.counts["new"] = cursor.rowcount
    if load.counts["new"] == load.staged:
        return
    refused = _reject(cursor, load, staging.REFUSED.format(**fill), {"boss": boss})
    if load.counts["new"] + refused == load.staged:
        return
    cursor.execute(staging.KEYED.format(**fill), {"states": ("open", "done"), "boss": boss})
    cursor.execute("ANALYZE stage_keyed")
    _reject(cursor, load, staging.TWICE.format(stage=load.stage), {})
    cursor.execute(staging.REPLACE)
    load.counts["replaced"] = cursor.rowcount
    cursor.execute(staging.LATE)
    late = cursor.fetchall()
    for customer_id, month, *values in late:
        adjustments.adjust(customer_id, month, adjustments.Told(*values), load.now)
    load.counts["adjusted"] = len(late)


def _write_fresh(cursor: Any, load: _Load, named: list[str]) -> bool:
    """A month that nothing is known of yet: filled aside, keyed when it is full, attached. False: not such a file.

    This is how a month comes first, and three times as fast as row by row into a table with its key.
    """
    if len(named) != 1:
        return False
    month = months.parse(named[0])
    table = partitions.bill_table(month)
    if partitions.exists(table) or GenerationRun.objects.filter(month=month).exclude(state=RunState.FAILED).exists():
        return False
    values = {"text": named[0], "month": month, "last_day": months.last_of(month), "boss": load.boss or None}
    try:
        with transaction.atomic():
            cursor.execute(staging.FRESH.format(table=table, most=telling.MOST_YUAN, stage=load.stage), values)
            load.counts["new"] = cursor.rowcount
            if load.counts["new"]:
                partitions.attach_bills(month)
            else:
                cursor.execute(f'DROP TABLE "{table}"')
    except IntegrityError:  # a bill twice in one file: which one is the second is a slower question
        load.counts["new"] = 0
        return False
    return True


def _reject(cursor: Any, load: _Load, text: str, values: dict[str, Any]) -> int:
    """Write refused lines to the file as they come from the database; how many there were."""
    before = load.rejects.count
    name = f"refused_{before}"
    cursor.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {text}", values)
    while True:
        cursor.execute(f"FETCH 5000 FROM {name}")
        rows = cursor.fetchall()
        if not rows:
            break
        for line, reason, told in rows:
            load.rejects.add(line, TellingReason(reason), told)
    cursor.execute(f"CLOSE {name}")
    return load.rejects.count - before


def _boss_cities(now: datetime) -> list[int]:
    """Cities whose points live in BOSS; their bills would never be used."""
    today = business_day(now)
    return [
        city.pk
        for city in Region.objects.filter(level=RegionLevel.CITY)
        if policy.number(policy.POINTS_SOURCE, today, city=city.code) == PointsSource.BOSS
    ]
