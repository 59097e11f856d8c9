"""A lobby TV for half an hour: calls, recalls, lost messages and lost links; its heap must stay flat.

`python -m benchmarks.soak_tv --minutes 30` needs a Chromium and no server: the hall is played to the page. Prints one
JSON object; value and floor are megabytes of live JavaScript heap after a full collection, at the end and once warm.
"""

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from typing import Any

import django
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import sync_playwright

from benchmarks.harness import ROOT, Result
from tests.browser import fake_hall

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
GROUPS = (("A", "综合业务"), ("B", "交费充值"), ("T", "宽带电视"))
SHORT_MINUTES = 4
CALL_EVERY = 6.0
LINK_LOST_EVERY = 150.0
LINK_LOST_FOR = 8.0
SAMPLE_EVERY = 60.0
WARM_AFTER = 120.0


class Lobby:
    """A busy hall of eight windows, always with something to say."""

    def __init__(self, hall: fake_hall.FakeHall) -> None:
        self.hall = hall
        self.random = random.Random(7)
        self.serial = self.version = 0
        self.calls: list[dict[str, Any]] = []
        self.windows: dict[int, str] = {}

    def next_document(self) -> dict[str, Any]:
        self.version += 1
        if self.calls and self.random.random() < 0.2:
            last = self.calls[0]
            again = fake_hall.call(last["number"], last["window_number"], times=last["times"] + 1)
        else:
            self.serial += 1
            number = f"{self.random.choice('AABTGV')}{self.serial % 999 + 1:03d}"
            again = fake_hall.call(number, self.random.randint(1, 8))
        again["id"] = f"{again['number']}-{self.version}"
        self.calls = [again, *self.calls][:12]
        self.windows[again["window_number"]] = again["number"]
        return fake_hall.board(
            self.version,
            calls=self.calls,
            windows=[self._window(number) for number in range(1, 9)],
            waiting=[self._waiting(letter, name) for letter, name in GROUPS],
        )

    def _window(self, number: int) -> dict[str, Any]:
        state = self.random.choice(("free", "paused", "serving", "called"))
        ticket = self.windows.get(number, "A001") if state in ("serving", "called") else None
        return fake_hall.window(number, state, ticket)

    def _waiting(self, letter: str, name: str) -> dict[str, Any]:
        count = self.random.randint(0, 30)
        return fake_hall.waiting(letter, name, count, count * 90 or None)


def watch(page: Any, lobby: Lobby, minutes: float) -> list[dict[str, float]]:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    samples: list[dict[str, float]] = []
    began = time.monotonic()
    due = {"call": 0.0, "sample": WARM_AFTER if minutes * 60 > 2 * WARM_AFTER else 30.0, "loss": LINK_LOST_EVERY}
    while (passed := time.monotonic() - began) < minutes * 60 or len(samples) < 2:
        if passed >= due["call"]:
            due["call"] = passed + CALL_EVERY
            lobby.hall.push(lobby.next_document(), silently=lobby.random.random() < 0.1)
        if passed >= due["loss"]:
            due["loss"] = passed + LINK_LOST_EVERY
            lobby.hall.go_down()
            page.wait_for_timeout(LINK_LOST_FOR * 1000)
            lobby.hall.come_back()
        if passed >= due["sample"]:
            due["sample"] = passed + SAMPLE_EVERY
            samples.append(sample(devtools, passed))
            print(json.dumps(samples[-1]), file=sys.stderr, flush=True)
        lobby.hall.live(1)
    return samples


def sample(devtools: Any, passed: float) -> dict[str, float]:
    """After a collection, so that only what is held counts."""
    devtools.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    heap = devtools.send("Runtime.getHeapUsage")
    return {
        "minute": round(passed / 60, 1),
        "heap_mb": round(heap["usedSize"] / 1e6, 3),
        "nodes": metrics["Nodes"],
        "listeners": metrics["JSEventListeners"],
    }


def soak(minutes: float) -> Result:
    path = os.environ.get("HALLKEEPER_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit("no Chromium found; set HALLKEEPER_CHROMIUM")
    flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=flags)
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.add_init_script(COUNTER)
        hall = fake_hall.FakeHall(page, board_html(), speech_ms=None)
        lobby = Lobby(hall)
        hall.document = lobby.next_document()
        hall.open()
        samples = watch(page, lobby, minutes)
        clips = page.evaluate("window.clipsPlayed")
        browser.close()
    first, last = samples[0], samples[-1]
    detail = {
        "better": "lower",
        "minutes": minutes,
        "calls": lobby.version,
        "clips_played": clips,
        "nodes": [first["nodes"], last["nodes"]],
        "listeners": [first["listeners"], last["listeners"]],
        "samples": samples,
    }
    return Result("soak_tv", last["heap_mb"], "MB", first["heap_mb"], detail)


def run() -> Iterator[Result]:
    """What `make bench` has time for."""
    yield soak(SHORT_MINUTES)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    print(soak(parser.parse_args().minutes).as_json())
    return 0


# The browser's own voice is taken away, so that the shipped clips speak: they hold the most memory.
COUNTER = """
Object.defineProperty(window, "speechSynthesis", { value: undefined });
window.clipsPlayed = 0;
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (at) { window.clipsPlayed += 1; return start.call(this, at); };
"""


def board_html() -> str:
    """The page as the server would send it, with the least of settings."""
    if not settings.configured:
        backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
        settings.configure(
            STATIC_URL="/static/",
            INSTALLED_APPS=["django.contrib.staticfiles"],
            STORAGES={"staticfiles": {"BACKEND": backend}},
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [ROOT / "templates"]}],
        )
        django.setup()
    return render_to_string("queueing/board.html", {"code": "ZJ01", "name": "中山东路营业厅"})


if __name__ == "__main__":
    sys.exit(main())
