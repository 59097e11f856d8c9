"""`manage.py sweep_sla`: one round of the complaints' clocks by hand; `--check` replays every case and its hashes."""

import json
import time as clock
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.actions import check, sweep
from complaints.actions.catalogue import current_policy
from core import time


class Command(BaseCommand):
    help = "Fire what is due of the complaints' clocks, exactly once; with --check also prove every case by replay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="replay all cases and their chains of hashes")

    def handle(self, **options: Any) -> None:
        began = clock.monotonic()
        current_policy()
        done = sweep.sweep(time.now())
        result: dict[str, Any] = {"fired": done.fired, "told": done.told}
        if options["check"]:
            proved = check.check_all(time.now())
            result |= {"cases": proved.cases, "wrong": len(proved.wrong)}
        self.stdout.write(json.dumps(result | {"seconds": round(clock.monotonic() - began, 2)}))
        if result.get("wrong"):
            raise CommandError("some cases are not what their events say; see the log")
