"""kill -9 of every part in the middle of a busy day: what was acknowledged is there, and nobody has to lend a hand."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from config.engines import addresses
from config.processes import wait_until
from tests.config.installation import ROOT, Installation, environment

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("up")]
PARTS = {
    "web": ("uvicorn",),
    "worker": ("celery", "worker"),
    "valkey": ("valkey-server",),
    "postgres": ("/bin/postgres",),
}


class Busy:
    """`simulate_day` against an installation, and what it has said so far."""

    def __init__(self, here: Installation, folder: Path) -> None:
        self.said = folder / "simulation"
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "simulate_day", "ZJ01", "--speed", "900", "--patience", "60"],
                cwd=ROOT,
                env=environment(here.var, PORT=str(here.port)),
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def words(self) -> str:
        return self.said.read_text(errors="replace")

    def is_playing(self) -> bool:
        return self.process.poll() is None and "Ctrl-C ends it early" in self.words()

    def end(self) -> dict[str, Any]:
        """Let it clear up and audit; its result."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(120)
        return json.loads(self.words().splitlines()[-1])


@pytest.fixture
def here(running: Installation) -> Installation:
    own = environment(running.var, PORT=str(running.port), DJANGO_SETTINGS_MODULE="config.settings")
    subprocess.run([sys.executable, "-m", "tests.config.small_hall"], cwd=ROOT, env=own, check=True, timeout=60)
    return running


@pytest.fixture
def busy(here: Installation, tmp_path: Path) -> Iterator[Busy]:
    simulation = Busy(here, tmp_path)
    yield simulation
    if simulation.process.poll() is None:
        simulation.process.kill()
        simulation.process.wait()


def tickets(here: Installation) -> int:
    """How many there are by now; 0 while PostgreSQL is away."""
    try:
        with contextlib.closing(psycopg2.connect(addresses(here.var).database_url)) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT count(*) FROM queueing_ticket")
            return int(cursor.fetchone()[0])
    except psycopg2.Error:
        return 0


def disk_settings(here: Installation) -> list[str]:
    with contextlib.closing(psycopg2.connect(addresses(here.var).database_url)) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')"
        )
        return [setting for (setting,) in cursor.fetchall()]


def numbers_go_on(here: Installation, limit: float = 40) -> bool:
    seen = tickets(here)
    return wait_until(lambda: tickets(here) > seen + 2, limit)


def kill(here: Installation, name: str) -> None:
    """Kill every process of a part at once, and wait until the same number is back and the whole is ready."""
    before = here.find(*PARTS[name])
    assert before
    for process in before:
        os.kill(process.pid, signal.SIGKILL)
    assert wait_until(lambda: not any(process.alive for process in before), 5), name
    assert wait_until(lambda: len(here.find(*PARTS[name])) == len(before), 30), f"{name} did not come back"
    assert wait_until(lambda: here.get("/readyz") == 200, 45), here.words()[-3000:]


def test_nothing_acknowledged_is_lost_when_parts_are_killed(here: Installation, busy: Busy) -> None:
    assert disk_settings(here) == ["on", "on", "on"]
    assert wait_until(busy.is_playing, 40), busy.words()
    for name in PARTS:
        assert numbers_go_on(here), f"before {name} is killed\n{busy.words()}"
        kill(here, name)
    assert numbers_go_on(here), busy.words()

    told = busy.end()

    assert (told["lost"], told["doubled"]) == (0, 0), busy.words()
    assert (told["unanswered"], told["errors"], told["status_500"]) == (0, 0, 0), busy.words()
    assert told["database"] is True
    assert told["served"] > 0
    assert busy.process.returncode == 0
