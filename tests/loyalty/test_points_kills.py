"""kill -9 of a worker and of the database in the middle of a generation: what comes out in the end is the same."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.engines import Engines
from config.processes import wait_until
from tests.config.installation import ROOT, environment

pytestmark = [pytest.mark.kill, pytest.mark.xdist_group("up")]


class Place:
    """A database of its own, durable, and processes that work on it."""

    def __init__(self, var: Path) -> None:
        self.engines = Engines(var, names=("postgres",), command="kill test")
        self.engines.start()
        self.environment = environment(var, DJANGO_SETTINGS_MODULE="config.settings")

    def begin(self, what: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.loyalty.fire", what]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, what: str) -> str:
        process = self.begin(what)
        out, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
        return out

    def shown(self) -> dict[str, Any]:
        return json.loads(self.run("show"))

    def begin_and_wait(self, parts: int) -> "subprocess.Popen[str]":
        """A generation that has made some parts and is making more."""
        process = self.begin("generate")
        assert process.stdout is not None
        for _ in range(parts):
            assert process.stdout.readline() == "part\n"
        return process

    def kill_database(self) -> None:
        process = self.engines.process("postgres")
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        assert wait_until(lambda: self.engines.dead() == ["postgres"], 10)
        self.engines.respawn("postgres")
        assert wait_until(lambda: self.engines.answers("postgres"), 60)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="hk-kill-") as folder:
        found = Place(Path(folder) / "var")
        found.run("fill")
        yield found
        found.engines.stop(patience=0)


def test_worker_and_database_may_die_and_every_row_is_as_it_should_be(place: Place) -> None:
    one = place.begin_and_wait(3)
    one.kill()
    one.wait(10)
    after_worker = place.shown()
    assert after_worker["lots"] == []
    assert 3 <= after_worker["parts_done"] < 30

    two = place.begin_and_wait(3)
    place.kill_database()
    assert two.wait(60) != 0
    after_database = place.shown()
    assert after_database["lots"] == []
    assert after_worker["parts_done"] <= after_database["parts_done"] < 30

    assert place.run("generate").splitlines()[-1] == "done"
    shown = place.shown()
    assert shown["state"] == "done"
    assert shown["lots"] == _expected()
    assert shown["points"] == sum(int(row[4]) for row in shown["lots"])
    assert place.run("generate") == "done\n"
    assert place.shown() == shown


def _expected() -> list[list[str]]:
    """An undisturbed run, by the pure rules: `benchmarks.points_rows` says what the bills are."""
    from loyalty.rules import earning
    from tests.loyalty.fire import CUSTOMERS
    from tests.loyalty.life import MULTIPLIERS

    rows = []
    for n in range(1, CUSTOMERS + 1):
        star = 1 + n % 7
        eligible = 1000 + (n * 7919) % 30000 - (500 if n % 10 == 0 else 0)
        if n % 50 and eligible > 0:
            points = earning.points(eligible, MULTIPLIERS[star])
            rows.append([str(n), "2015-05-01", "1", "0", str(points), str(eligible), str(star), str(MULTIPLIERS[star])])
    return rows
