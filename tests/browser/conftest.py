"""The system's Chromium, and one running installation with a small hall. Drive both from outside only: the ORM does
not work inside sync Playwright."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.config.installation import ROOT, Installation, environment

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SLOW = 60_000  # milliseconds that something with much behind it may take while other tests run
LOOK_MILLISECONDS = 15_000  # other tests share the processors; what must be quick says so itself
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")


expect.set_options(timeout=LOOK_MILLISECONDS)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    chosen = os.environ.get("HALLKEEPER_CHROMIUM")
    for name in filter(None, (chosen, *NAMES)):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium found; set HALLKEEPER_CHROMIUM")


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Per module, not per session: while it runs, Django refuses the ORM to every other test of the process."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Contexts that are closed when the test ends: `new_context(viewport=…, locale=…)`."""
    opened: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        opened.append(chromium.new_context(**options))
        return opened[-1]

    yield make
    for context in opened:
        context.close()


@dataclass
class LiveHall:
    """A running installation: its address and what was put in it (see `small_hall.py`)."""

    url: str
    facts: dict[str, Any]
    installation: Installation

    def __getitem__(self, name: str) -> Any:
        return self.facts[name]


@pytest.fixture(scope="session")
def live_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHall]:
    """`manage.py up` with a folder and a port of its own, and hall BR01 with two windows and two clerks."""
    var: Path = tmp_path_factory.mktemp("browser") / "var"
    installation = Installation(var)
    installation.start()
    try:
        installation.wait_ready()
        seeded = subprocess.run(
            [sys.executable, "-m", "tests.browser.small_hall"],
            cwd=ROOT,
            env=environment(var, PORT=str(installation.port)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert seeded.returncode == 0, seeded.stderr
        facts = json.loads(seeded.stdout.strip().splitlines()[-1])
        yield LiveHall(f"http://127.0.0.1:{installation.port}", facts, installation)
    finally:
        installation.stop()
