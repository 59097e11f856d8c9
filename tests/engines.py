"""Pytest plugin: real engines for the whole run, started once, by the controlling process only.

Loaded by `-p tests.engines`, which pytest imports before pytest-django reads the settings; so the environment
is arranged at import. `HALLKEEPER_TEST_VAR` chooses the folder; else the first of var/test, var/test-2 … that
no other run is using, so that two runs on one checkout do not share a database.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.engines import Engines, EnginesBusy

ROOT = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_engines: Engines | None = None


def _folders() -> Iterator[Path]:
    if chosen := os.environ.get("HALLKEEPER_TEST_VAR"):
        yield Path(chosen).resolve()
        return
    for number in range(1, 10):
        yield ROOT / "var" / ("test" if number == 1 else f"test-{number}")


def _claim() -> Engines:
    """The first folder nobody uses, with less safety for more speed: test data may be lost."""
    for folder in _folders():
        engines = Engines(folder, durable=False, command="pytest")
        with contextlib.suppress(EnginesBusy):
            engines.acquire()
            return engines
    raise pytest.UsageError("another test run holds the test engines; set HALLKEEPER_TEST_VAR to a folder")


def _arrange() -> None:
    """Runs at import, in the controller and again in every xdist worker, which inherits HALLKEEPER_VAR."""
    global _engines
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    if not WORKER:
        _engines = _claim()
        os.environ["HALLKEEPER_VAR"] = str(_engines.var)
    # Pub/sub knows no database numbers: without a prefix of their own, workers would hear each other.
    os.environ["HALLKEEPER_CHANNEL_PREFIX"] = f"test-{WORKER or 'main'}-{os.getpid()}"


_arrange()


def pytest_configure(config: pytest.Config) -> None:
    if _engines is not None and not config.option.collectonly:
        _engines.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _engines is not None:
        _engines.stop(patience=0)
