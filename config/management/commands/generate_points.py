"""`manage.py generate_points YYYY-MM`: the points of a billing month."""

import os
import threading
import time as clock
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from django.core.management.base import CommandError
from django.db import connection

from config.management.long import LongCommand
from core import time
from core.time import business_day
from loyalty.actions import generation
from loyalty.models import GenerationPart, GenerationRun
from loyalty.queries import runs
from loyalty.rules import months
from loyalty.states import RunState


class Command(LongCommand):
    help = (
        "Make the points of a billing month (R-L-16). Again: nothing changes; after a crash: goes on where it was. "
        "Refuses before the configured day."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="the billing month, as 2026-08")
        parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="rehearse as if today were DATE")
        default = min(os.cpu_count() or 1, 4)
        parser.add_argument("--workers", type=int, default=default, metavar="N", help="parts made at the same time")

    def run(self, *, month: str, on: date | None, workers: int, **options: Any) -> dict[str, Any]:
        now = time.now()
        run = generation.start(months.parse(month), on=on or business_day(now), now=now)
        self.lock, self.done, self.bills, self.began = threading.Lock(), 0, 0, clock.monotonic()
        self.parts = run.parts.count()
        if run.state == RunState.RUNNING:
            self._work(run, max(workers, 1))
            run = self._finish(run)
        if run.state == RunState.FAILED:
            raise CommandError(f"the sums do not agree, nothing was attached 核对不符,未入账:{run.problem}")
        return runs.result(run)

    def _work(self, run: GenerationRun, workers: int) -> None:
        if workers == 1:
            generation.work(run.pk, told=self._told)
            return
        with ThreadPoolExecutor(workers) as pool:
            for one in [pool.submit(self._alone, run.pk) for _ in range(workers)]:
                one.result()

    def _alone(self, run_id: int) -> None:
        """In a thread of its own, with a connection of its own."""
        try:
            generation.work(run_id, told=self._told)
        finally:
            connection.close()

    def _finish(self, run: GenerationRun) -> GenerationRun:
        """Wait for parts that other processes are making; one that dies leaves its part to us."""
        while True:
            self.tell("checking the sums 核对", always=True)
            run = generation.finish(run.pk, time.now())
            if run.state != RunState.RUNNING:
                return run
            clock.sleep(0.5)
            generation.work(run.pk, told=self._told)

    def _told(self, part: GenerationPart) -> None:
        with self.lock:
            self.done += 1
            self.bills += part.bills
            rate = self.bills / max(clock.monotonic() - self.began, 0.001)
            self.tell(f"part {self.done} of {self.parts}, {self.bills:,} bills, {rate:,.0f} a second 笔/秒")
