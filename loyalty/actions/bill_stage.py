"""Where a bill file is first copied to: tables that inherit from one stage, each filled by a connection of its own.

A small file is copied by the import's own connection, inside its transaction. A large one is copied by several at
once, which must commit what they copied before the import can read it: whatever a killed import leaves behind is
dropped by the next one. A block that COPY refuses is read line by line for its reasons, and its good lines are staged
all the same.
"""

import io
import queue
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from django.db import connection

from loyalty.actions import files
from loyalty.actions.files import Block, Table
from loyalty.queries import staging
from loyalty.rules import telling
from loyalty.states import TellingReason

LANES = 2
LARGE = 16 * 1024 * 1024
READ = 256 * 1024
OPEN_BLOCKS = 2 * LANES

LEFT_BEHIND = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relname ~ '^loyalty_stage_[0-9]+$' AND NOT EXISTS (
        SELECT 1 FROM pg_stat_activity
        WHERE pid = split_part(relname, '_', 3)::int AND pid <> pg_backend_pid() AND datname = current_database()
    )
"""


@dataclass(frozen=True)
class Copied:
    """What became of a block: its lines, those that are staged, and those that were refused unread by the database."""

    end: int
    rows: int
    staged: int
    refused: tuple[tuple[int, TellingReason, str], ...] = ()


def wants_lanes(table: Table) -> bool:
    """Inside somebody's transaction nothing could be committed aside."""
    return table.survey.size >= LARGE and not connection.in_atomic_block


def sweep() -> None:
    """Drop stages whose import is gone."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT_BEHIND)
        for (name,) in cursor.fetchall():
            drop(name)


def create(table: Table, lanes: int) -> str:
    """An empty stage for a file's columns with so many lanes; its name is that of this session's process."""
    more = "".join(f', "{_column(at)}" text' for at in range(len(_others(table.header))))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stage = f"loyalty_stage_{cursor.fetchone()[0]}"
        cursor.execute(staging.STAGE.format(stage=stage, more=more))
        for lane in range(lanes):
            cursor.execute(staging.LANE.format(stage=stage, lane=_lane(stage, lane)))
    return stage


def drop(stage: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {stage} CASCADE")


def copy_alone(stage: str, table: Table) -> Iterator[Copied]:
    """By the import's own connection, in its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Shanghai'")  # a time without offset is of here
        for block in table.blocks():
            yield _copy(cursor, _lane(stage, 0), table.header, block)
        cursor.execute("SET LOCAL TIME ZONE 'UTC'")


def copy_in_lanes(stage: str, table: Table) -> Iterator[Copied]:
    """By several connections at once; told in the order of the file, committed when all of it is copied."""
    with _connected(LANES) as connections, ThreadPoolExecutor(LANES) as pool:
        free: queue.SimpleQueue[int] = queue.SimpleQueue()
        for lane in range(LANES):
            free.put(lane)

        def work(block: Block) -> Copied:
            lane = free.get()
            try:
                with connections[lane].cursor() as cursor:
                    return _copy(cursor, _lane(stage, lane), table.header, block)
            finally:
                free.put(lane)

        pending: deque[Future[Copied]] = deque()
        for block in table.blocks():
            pending.append(pool.submit(work, block))
            if len(pending) >= OPEN_BLOCKS:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
        for one in connections:
            one.commit()


@contextmanager
def _connected(count: int) -> Iterator[list[Any]]:
    """Connections beside ours, each in a transaction; what is staged need not outlive a crash."""
    connections: list[Any] = []
    try:
        for _ in range(count):
            one = connection.copy()
            connections.append(one)
            one.inc_thread_sharing()
            with one.cursor() as cursor:
                cursor.execute("SET TIME ZONE 'Asia/Shanghai'; SET synchronous_commit = off")
            one.set_autocommit(False)
        yield connections
    finally:
        for one in connections:
            one.close()


def _lane(stage: str, lane: int) -> str:
    return f"{stage}_{lane}"


def _others(header: tuple[str, ...]) -> list[str]:
    return [name for name in header if name not in telling.BILL_COLUMNS]


def _column(at: int) -> str:
    return f"other_{at}"


def _copy(cursor: Any, into: str, header: tuple[str, ...], block: Block) -> Copied:
    """By COPY as it is; when that fails, line by line."""
    if not block.is_unfinished and _is_plain(block.text):
        read = _copied(cursor, into, header, block)
        if read is not None:
            return Copied(block.end, read, read)
    good, rows, staged, refused = io.BytesIO(), 0, 0, []
    for at, text, cells in files.lines(block, header):
        rows += 1
        if cells is None:
            refused.append((at, TellingReason.BAD_LINE, text[: files.SHOWN]))
        elif problem := telling.bill_problem(cells, is_whole=not block.is_unfinished):
            refused.append((at, problem, text[: files.SHOWN]))
        else:
            values = "\t".join(cells[name].strip() or "\\N" for name in telling.BILL_COLUMNS)
            good.write(f"{at}\t{values}\n".encode())
            staged += 1
    good.seek(0)
    columns = ", ".join(("line", *telling.BILL_COLUMNS))
    cursor.copy_expert(f"COPY {into} ({columns}) FROM STDIN", good)
    return Copied(block.end, rows, staged, tuple(refused))


def _is_plain(text: bytes) -> bool:
    """COPY and we would read it the same way: no quotes that join lines, no escapes, no empty lines."""
    blank = text.startswith(b"\n") or b"\n\n" in text
    return not blank and b'"' not in text and b"\\" not in text


def _copied(cursor: Any, into: str, header: tuple[str, ...], block: Block) -> int | None:
    """How many lines were copied; None when there is one that COPY can't read."""
    others = iter(range(len(header)))
    columns = [f'"{name if name in telling.BILL_COLUMNS else _column(next(others))}"' for name in header]
    cursor.execute(f"SAVEPOINT block; SELECT setval('{into}_line', %s, false)", [block.first])
    try:
        text = f"COPY {into} ({', '.join(columns)}) FROM STDIN (FORMAT csv)"
        cursor.copy_expert(text, io.BytesIO(block.text), READ)
    except psycopg2.DataError:
        cursor.execute("ROLLBACK TO SAVEPOINT block; RELEASE SAVEPOINT block")
        return None
    read = int(cursor.cursor.rowcount)
    cursor.execute("RELEASE SAVEPOINT block")
    return read
