"""Bill files: streamed by COPY into a staging table, judged there, and brought in; all of a file or nothing of it.

A block that COPY refuses is read line by line for its reasons, and its good lines are staged all the same. Before a
month is generated a changed bill replaces the old one, afterwards it becomes an adjustment.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg2
from django.db import IntegrityError, connection, transaction

from core.errors import Refused
from core.time import business_day
from halls.models import Region
from halls.states import RegionLevel
from loyalty.actions import adjustments, files, partitions
from loyalty.actions.files import Block, Table
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
    rows: int = 0
    staged: int = 0
    boss: list[int] = field(default_factory=list)
    stage: str = ""
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "replaced", "adjusted"), 0))


def import_bills(path: Path, *, now: datetime, progress: Progress | None = None) -> dict[str, Any]:
    """Bring in a file of bills. The same bytes again change nothing. Raises Refused: no_file, bad_header."""
    table = files.open_table(path, telling.BILL_COLUMNS)
    before = ImportedFile.objects.filter(kind=BILLS, sha256=table.survey.sha256).first()
    if before and not before.counts["rejected"]:
        told = {**before.counts, "new": 0, "replaced": 0, "adjusted": 0, "unchanged": before.counts["rows"]}
        return {**told, "same_file": True, "reject_file": ""}
    load = _Load(table, files.Rejects(path, now), now, boss=_boss_cities(now))
    with transaction.atomic():
        counts = _bring_in(load, progress)
        ImportedFile.objects.update_or_create(
            kind=BILLS, sha256=table.survey.sha256, defaults={"name": path.name[:200], "counts": counts, "at": now}
        )
    _analyse(counts["months"])
    return {**counts, "same_file": False, "reject_file": load.rejects.close()}


def _bring_in(load: _Load, progress: Progress | None) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = %s", [MEMORY])
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Shanghai'")  # a time without offset is of here
        cursor.execute("SELECT pg_backend_pid()")
        load.stage = f"loyalty_stage_{cursor.fetchone()[0]}"
        more = "".join(f', "{_column(at)}" text' for at in range(len(_others(load.table.header))))
        cursor.execute(staging.STAGE.format(stage=load.stage, more=more))
        for block in load.table.blocks():
            _stage(cursor, load, block)
            if progress:
                progress(block.end / max(load.table.survey.size, 1), load.rows)
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")
        cursor.execute("SET LOCAL default_statistics_target = 10")  # only the months decide a plan
        cursor.execute(f"ANALYZE {load.stage} (month, phone)")
        touched = _months(cursor, load)
        _write(cursor, load, touched)
        cursor.execute(staging.UNSTAGE.format(stage=load.stage))
    accepted = load.rows - load.rejects.count
    unchanged = accepted - sum(load.counts.values())
    counts: dict[str, Any] = {"rows": load.rows, "accepted": accepted, "rejected": load.rejects.count}
    return {**counts, **load.counts, "unchanged": unchanged, "months": touched}


def _others(header: tuple[str, ...]) -> list[str]:
    return [name for name in header if name not in telling.BILL_COLUMNS]


def _column(at: int) -> str:
    return f"other_{at}"


def _stage(cursor: Any, load: _Load, block: Block) -> None:
    """By COPY as it is; when that fails, line by line."""
    if not block.is_unfinished and _is_plain(block.text) and _copied(cursor, load, block):
        return
    good = io.BytesIO()
    for at, text, cells in files.lines(block, load.table.header):
        load.rows += 1
        if cells is None:
            load.rejects.add(at, TellingReason.BAD_LINE, text)
        elif problem := telling.bill_problem(cells, is_whole=not block.is_unfinished):
            load.rejects.add(at, problem, text)
        else:
            values = "\t".join(cells[name].strip() or "\\N" for name in telling.BILL_COLUMNS)
            good.write(f"{at}\t{values}\n".encode())
            load.staged += 1
    good.seek(0)
    columns = ", ".join(("line", *telling.BILL_COLUMNS))
    cursor.copy_expert(f"COPY {load.stage} ({columns}) FROM STDIN", good)


def _is_plain(text: bytes) -> bool:
    """COPY and we would read it the same way: no quotes that join lines, no escapes, no empty lines."""
    blank = text.startswith(b"\n") or b"\n\n" in text
    return not blank and b'"' not in text and b"\\" not in text


def _copied(cursor: Any, load: _Load, block: Block) -> bool:
    others = iter(range(len(load.table.header)))
    columns = [f'"{name if name in telling.BILL_COLUMNS else _column(next(others))}"' for name in load.table.header]
    cursor.execute(f"SAVEPOINT block; SELECT setval('{load.stage}_line', %s, false)", [block.first])
    try:
        cursor.copy_expert(f"COPY {load.stage} ({', '.join(columns)}) FROM STDIN (FORMAT csv)", io.BytesIO(block.text))
    except psycopg2.DataError:
        cursor.execute("ROLLBACK TO SAVEPOINT block; RELEASE SAVEPOINT block")
        return False
    read = cursor.cursor.rowcount
    cursor.execute("RELEASE SAVEPOINT block")
    load.rows += read
    load.staged += read
    return True


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


def _analyse(named: list[str]) -> None:
    with connection.cursor() as cursor:
        for table in (partitions.bill_table(months.parse(text)) for text in named):
            if partitions.exists(table):
                cursor.execute(f'ANALYZE "{table}"')
