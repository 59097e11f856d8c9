"""200 halls with five screens each, twenty changes a second: how long from the commit to a screen?"""

from __future__ import annotations

import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import push_halls
from benchmarks.harness import ROOT, STAMPS, Installation, Result, Wire, free_port, installation, load_average, say

HALLS = 200
FEW_HALLS = 20
SCREENS = 5  # in each hall
EVENTS_PER_S = 20
SECONDS = 20
IDLE_SECONDS = 6.0
SERVERS = 2
SETTLE_SECONDS = 3.0


@dataclass(frozen=True)
class Phase:
    """What one number of halls gave: milliseconds of the product and of the bare broadcast, and what went wrong."""

    ours: list[float]
    built: list[float]
    bare: list[float]
    lost: int
    backwards: int
    events: int
    cost_ms: float


def run() -> Iterator[Result]:
    load = load_average()
    os.environ[STAMPS] = "1"
    with installation(web=SERVERS) as here, bare_servers(here) as ports:
        halls = push_halls.make(HALLS)
        for hall in halls:
            Wire(here.port, hall.token).ask("POST", f"/api/v1/windows/{hall.window_id}/sign-in/", {})
        few = phase(here, ports, halls[:FEW_HALLS])
        many = phase(here, ports, halls)
        size = halls[0].size(here.port)
    value, floor = statistics.median(many.ours), statistics.median(many.bare)
    detail = {
        "better": "lower",
        "p50_ms": value,
        "p99_ms": percentile(many.ours, 99),
        "lost": few.lost + many.lost,
        "backwards": few.backwards + many.backwards,
        "floor_p50_ms": floor,
        "floor_p99_ms": percentile(many.bare, 99),
        "p99_ratio": round(percentile(many.ours, 99) / percentile(many.bare, 99), 3),
        "board_built_p50_ms": statistics.median(many.built),
        "sent_to_screen_p50_ms": statistics.median(
            one - built for one, built in zip(many.ours, many.built, strict=True)
        ),
        "halls": HALLS,
        "screens": HALLS * SCREENS,
        "events": few.events + many.events,
        f"p50_ms_{FEW_HALLS}_halls": statistics.median(few.ours),
        f"floor_p50_ms_{FEW_HALLS}_halls": statistics.median(few.bare),
        f"cpu_ms_per_event_{FEW_HALLS}_halls": few.cost_ms,
        "cpu_ms_per_event": many.cost_ms,
        "document_bytes": size,
        "load_average_before": load,
    }
    detail = {name: round(one, 2) if isinstance(one, float) else one for name, one in detail.items()}
    yield Result("board_push", value, "ms", floor, detail)


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]


@contextmanager
def bare_servers(here: Installation) -> Iterator[list[int]]:
    """As many processes as the product has."""
    from django.conf import settings

    ports = [free_port() for _ in range(SERVERS)]
    command = [sys.executable, "-m", "uvicorn", "benchmarks.server.bare_push:application", "--log-level", "warning"]
    own = {**os.environ, "BARE_REDIS": settings.REDIS_URL}
    servers = [subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=own) for port in ports]
    try:
        time.sleep(3)
        yield ports
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(15)


class Screens:
    """A process with one kind of screens: `path(hall)` says where each joins."""

    def __init__(self, joins: list[tuple[int, str]]) -> None:
        pipe = subprocess.PIPE
        command = [sys.executable, "-m", "benchmarks.screens"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        self._tell(json.dumps({"joins": joins}))
        assert self.process.stdout is not None
        if self.process.stdout.readline() != "joined\n":
            raise RuntimeError("the screens did not join")

    def _tell(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self) -> list[tuple[int, int, int]]:
        """(join, version, nanoseconds) of every document; version −1 = the socket was closed."""
        self._tell("")
        assert self.process.stdout is not None
        seen = json.loads(self.process.stdout.readline())
        self.process.wait(10)
        return [(join, version, at) for join, version, at in seen]


def phase(here: Installation, ports: list[int], halls: list[push_halls.BenchHall]) -> Phase:
    from core.redis import client, key

    joins = [(here.port, f"/ws/halls/{hall.code}/board/") for hall in halls for _ in range(SCREENS)]
    next_port = itertools.cycle(ports)
    say(f"{len(joins)} screens join, and as many bare ones")
    ours = Screens(joins)
    bare = Screens([(next(next_port), path) for _, path in joins])
    idle = cpu_used(here, IDLE_SECONDS)
    client().delete(key("bench:pushes"))
    before = cpu_now(here)
    began = time.monotonic()
    sent = drive(here, halls)
    time.sleep(SETTLE_SECONDS)
    spent = cpu_now(here) - before - idle * (time.monotonic() - began)
    notes = [json.loads(note) for note in client().lrange(key("bench:pushes"), 0, -1)]
    place = {hall.code: number * SCREENS for number, hall in enumerate(halls)}
    got, back = by_screen(ours.end())
    got_bare, _ = by_screen(bare.end())
    pushed = [(place[note["hall"]], note["version"], note["at"]) for note in notes]
    left = {note["version"]: (note["built"] - note["at"]) / 1e6 for note in notes}
    times, lost = waits(got, pushed)
    bare_times, bare_lost = waits(got_bare, [(place[code], version, at) for code, version, at in sent])
    say(f"{len(notes)} boards for {len(sent)} changes, {lost} lost; bare broadcasts {len(sent)}, {bare_lost} lost")
    missing = len(sent) - len(notes)  # each change is alone in its hall: each has a board of its own
    return Phase(
        [ms for _, ms in times],
        [left[version] for version, _ in times],
        [ms for _, ms in bare_times],
        lost + missing,
        back,
        len(sent),
        spent / len(sent) * 1000,
    )


def drive(here: Installation, halls: list[push_halls.BenchHall]) -> list[tuple[str, int, int]]:
    """A clerk somewhere calls the next number, twenty times a second; between two calls a bare broadcast of that hall's
    board. Returns what was broadcast: hall, version, nanoseconds."""
    from core.redis import client

    texts = {hall.code: hall.document(here.port) for hall in halls}
    turns, sent = list(halls), []
    random.Random(11).shuffle(turns)
    count = EVENTS_PER_S * SECONDS
    began = time.monotonic()
    for number in range(count):
        hall = turns[number % len(turns)]
        _sleep_until(began + number / EVENTS_PER_S)
        hall.call_next(here.port)
        _sleep_until(began + (number + 0.5) / EVENTS_PER_S)
        text = push_halls.with_version(texts[hall.code], number + 1)
        at = time.monotonic_ns()
        client().publish(f"bare:{hall.code}", text)
        sent.append((hall.code, number + 1, at))
    return sent


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def by_screen(seen: list[tuple[int, int, int]]) -> tuple[dict[int, dict[int, int]], int]:
    """For each screen its versions and when they came; and how often a version was not larger than the one before."""
    got: dict[int, dict[int, int]] = defaultdict(dict)
    last: Counter[int] = Counter()
    back = 0
    for join, version, at in seen:
        if version < 0:
            raise RuntimeError("a screen lost its socket")
        back += join in got and version <= last[join]
        last[join] = version
        got[join].setdefault(version, at)
    return got, back


def waits(got: dict[int, dict[int, int]], pushed: list[tuple[int, int, int]]) -> tuple[list[tuple[int, float]], int]:
    """Version and milliseconds from each push to each screen of its hall; and how many never came."""
    found, lost = [], 0
    for first, version, began in pushed:
        for join in range(first, first + SCREENS):
            at = got[join].get(version)
            if at is None:
                lost += 1
            else:
                found.append((version, (at - began) / 1e6))
    return found, lost


def cpu_now(here: Installation) -> float:
    """Seconds of processor time of the web processes."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if str(here.var) not in (stat.parent / "environ").read_text(errors="replace"):
                continue
            if "config.asgi" not in (stat.parent / "cmdline").read_text():
                continue
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # gone, or somebody else's
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def cpu_used(here: Installation, seconds: float) -> float:
    """Per second, while nothing happens: heartbeats grow with the screens, not with the events."""
    before = cpu_now(here)
    time.sleep(seconds)
    return (cpu_now(here) - before) / seconds
