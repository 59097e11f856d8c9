"""From the breach of a deadline to its escalation, with a city's history behind it; two sweepers and a kill -9."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time as clock
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Result, installation, load_average, say
from benchmarks.sla_rows import CLOSED, OPEN, analyze, make_city, write_cases, write_deadlines

if TYPE_CHECKING:
    from datetime import datetime

    from staff.models import User

FALLING_DUE = int(os.environ.get("BENCH_DUE", "2000"))
SMALL = int(os.environ.get("BENCH_OPEN_SMALL", "10000"))
LARGE = int(os.environ.get("BENCH_OPEN_LARGE", "1000000"))
MINUTE = 60
PERIOD = 10.0  # of the beat
IDLE_RUNS = 30
KILL_AFTER = 0.4
SWEEPER = (
    "import django, sys; django.setup(); from complaints.actions import sweep; from core import time; "
    "print('up', flush=True); sys.stdin.readline(); sweep.sweep(time.now())"
)


def run() -> Iterator[Result]:
    load = load_average()
    with installation(web=1):
        from core import time

        now = time.now()
        halls, people = make_city(now)
        idle: dict[str, float] = {}
        write = partial(_write, halls, people["handler"], now)
        write("S", SMALL)
        idle[f"{SMALL}_open"] = _idle()
        say(f"writing {OPEN:,} open and {CLOSED:,} closed complaints")
        write("O", OPEN - SMALL)
        write("C", CLOSED, False)
        idle[f"{OPEN}_open_{CLOSED}_closed"] = _idle()
        beat = _by_the_beat(people["handler"])
        killed = _killed(people["handler"])
        write("L", max(0, LARGE - OPEN))
        idle[f"{LARGE}_open"] = _idle()
    waits = beat.pop("waits")
    p50, p99 = _percentiles(waits)
    detail = {
        "better": "lower",
        "open": OPEN,
        "closed": CLOSED,
        "falling_due_in_one_minute": FALLING_DUE,
        "p50_seconds": round(p50, 2),
        "p99_seconds": round(p99, 2),
        "worst_seconds": round(max(waits), 2),
        "lost": beat["lost"] + killed["lost"],
        "double": beat["double"] + killed["double"],
        "messages_for_them": beat["messages"],
        "two_sweepers_one_killed": killed,
        "idle_sweep_ms": {name: round(value * 1000, 2) for name, value in idle.items()},
        "floor_is": "an instant sweep every ten seconds: its P99 for evenly spread breaches",
        "load_average_before": load,
    }
    yield Result("sla_sweep", p99, "s", PERIOD * 0.99, detail)


def _write(halls: Any, handler: Any, now: Any, prefix: str, count: int, is_open: bool = True) -> None:
    write_cases(halls, handler, now, count=count, is_open=is_open, prefix=prefix)
    write_deadlines(prefix, is_open=is_open)
    analyze()


def _percentiles(waits: list[float]) -> tuple[float, float]:
    quantiles = statistics.quantiles(waits, n=100) if len(waits) > 1 else waits * 99
    return quantiles[49], quantiles[98]


def _idle() -> float:
    """One sweep that finds nothing due."""
    from complaints.actions import sweep
    from core import time

    sweep.sweep(time.now())
    found = []
    for _ in range(IDLE_RUNS):
        began = clock.perf_counter()
        sweep.sweep(time.now())
        found.append(clock.perf_counter() - began)
    return statistics.median(found)


def _spread(begins: datetime, seconds: float) -> list[int]:
    """Move so many unfired deadlines, of cases of their own, evenly into a stretch of time."""
    from complaints.models import Deadline

    rows = Deadline.objects.filter(level=3, fired_at=None, ended_at=None, complaint__number__startswith="O")
    found = list(rows.order_by("-pk")[:FALLING_DUE])
    for place, row in enumerate(found):
        row.due_at = begins + timedelta(seconds=seconds * place / len(found))
    Deadline.objects.bulk_update(found, ["due_at"], batch_size=500)
    return [row.pk for row in found]


def _wait_until_fired(keys: list[int], seconds: float) -> None:
    from complaints.models import Deadline

    end = clock.monotonic() + seconds
    while clock.monotonic() < end and Deadline.objects.filter(pk__in=keys, fired_at=None).exists():
        clock.sleep(1)


def _newest_notice() -> int:
    from messaging.models import Notice

    return Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _told_since(before: int, user: User) -> int:
    """How many cases the messages to one person speak of: their titles say it."""
    from messaging.models import Notice

    titles = Notice.objects.filter(pk__gt=before, user=user).values_list("title", flat=True)
    return sum(int(title.split(" ")[0]) if title.split(" ")[0].isdigit() else 1 for title in titles)


def _by_the_beat(handler: User) -> dict[str, Any]:
    """The installation's own beat and worker sweep; we only look afterwards. A handler hears of every breach."""
    from complaints.models import Deadline
    from core import time

    before, begins = _newest_notice(), time.now() + timedelta(seconds=8)
    keys = _spread(begins, MINUTE)
    say(f"{len(keys):,} deadlines fall due within a minute")
    _wait_until_fired(keys, 8 + MINUTE + 60)
    rows = Deadline.objects.filter(pk__in=keys).exclude(fired_at=None).values_list("fired_at", "due_at")
    waits = [(fired - due).total_seconds() for fired, due in rows if fired is not None]
    told = _told_since(before, handler)
    return {"waits": waits, "messages": _newest_notice() - before, **_balance(len(keys), len(waits), told)}


def _balance(asked: int, fired: int, told: int) -> dict[str, int]:
    return {"lost": max(asked - fired, asked - told), "double": max(0, told - asked)}


def _killed(handler: User) -> dict[str, Any]:
    """All at once, two sweepers beside the beat, one killed while it works."""
    from complaints.models import Deadline
    from core import time

    before, keys = _newest_notice(), _spread(time.now() - timedelta(seconds=1), 0.5)
    command = [sys.executable, "-c", SWEEPER]
    sweepers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in sweepers:
        assert one.stdout is not None
        one.stdout.readline()
    for one in sweepers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    clock.sleep(KILL_AFTER)
    sweepers[0].send_signal(signal.SIGKILL)
    was_at_work = sweepers[0].wait() == -signal.SIGKILL
    sweepers[1].wait(120)
    _wait_until_fired(keys, 40)
    fired = Deadline.objects.filter(pk__in=keys).exclude(fired_at=None).count()
    counts = _balance(len(keys), fired, _told_since(before, handler))
    return {"deadlines": len(keys), "killed_at_work": was_at_work, **counts}
