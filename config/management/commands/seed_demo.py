"""`manage.py seed_demo`: fills an empty database with the demo city."""

import dataclasses
import json
import time as clock
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import devices, history, seeding
from core import time


class Command(BaseCommand):
    help = "Fill an empty database with the demo city. A second run changes nothing. Never on a production database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=history.DAYS, metavar="N", help="days of history")
        parser.add_argument(
            "--scale", type=float, default=1.0, help="share of the customers and numbers, for a quick small city"
        )

    def handle(self, *, days: int, scale: float, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "DATABASE_URL is set: demo data is loaded into the embedded database only. "
                "已设置 DATABASE_URL,演示数据只能载入内置数据库。"
            )
        if not 0 <= days <= 90 or not 0 < scale <= 1:
            raise CommandError("--days goes from 0 to 90, --scale from just above 0 to 1")
        began, now = clock.monotonic(), time.now()
        seeded = seeding.build(now, days=days, scale=scale, say=self._say)
        if seeded is None:
            self._say("there are halls already, nothing was changed 已有营业厅数据,未作改动")
            if remark := seeding.freshen_logins(now):
                self._say(remark)
            return
        self._say(f"logins and screens: {devices.logins_path()}")
        result = {**dataclasses.asdict(seeded), "seconds": round(clock.monotonic() - began, 1)}
        self.stdout.write(json.dumps(result))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
