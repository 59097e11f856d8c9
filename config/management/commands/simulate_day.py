"""`manage.py simulate_day HALL`: customers and clerks of a hall as concurrent HTTP clients of the running server."""

import json
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.day import CannotRun, Day, Outcome, Plan
from config.demo.devices import logins_path, read_logins
from config.demo.http import NoAnswer

SHOWN = 20


class Command(BaseCommand):
    help = "Play a day of a hall against the running server, then check that nothing was lost or doubled."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("hall", metavar="HALL", help="code of a live hall, for instance ZJ01")
        parser.add_argument("--speed", type=float, default=60, metavar="N", help="times as fast as life (60)")
        parser.add_argument("--minutes", type=float, metavar="N", help="stop after N real minutes, whatever the hour")
        parser.add_argument("--clerks", type=int, metavar="N", help="clerks at work (one window is left for a person)")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another day")
        parser.add_argument("--url", metavar="URL", help="where the server is, when not at HOST and PORT")
        parser.add_argument(
            "--patience", type=float, default=120, metavar="S", help="seconds to wait for a lost server"
        )

    def handle(self, *, hall: str, url: str | None, **options: Any) -> None:
        plan = self._plan(hall, url, options)
        day = Day(plan, read_logins(), self._say)
        try:
            day.prepare()
            self._say(f"{hall} at {plan.url}, {plan.speed:g} × life, {len(day.clerks)} clerks; Ctrl-C ends it early")
            with _gracefully(day, self._say):
                outcome = day.run()
        except CannotRun as error:
            raise CommandError(str(error)) from error
        except NoAnswer as error:
            raise CommandError(f"the server did not come back: {error}") from error
        self._report(outcome, plan.speed)
        self.stdout.write(json.dumps(outcome.result))
        if outcome.result["lost"] or outcome.result["doubled"]:
            sys.exit(1)

    def _plan(self, hall: str, url: str | None, options: dict[str, Any]) -> Plan:
        if not 0.1 <= options["speed"] <= 3600:
            raise CommandError("--speed goes from 0.1 to 3600")
        if (options["minutes"] is not None and options["minutes"] <= 0) or options["clerks"] == 0:
            raise CommandError("--minutes and --clerks must be more than 0")
        if not read_logins():
            raise CommandError(f"{logins_path()} is missing; run seed_demo first")
        return Plan(
            hall=hall,
            url=url or _own_address(),
            speed=options["speed"],
            minutes=options["minutes"],
            clerks=options["clerks"],
            seed=options["seed"],
            patience=options["patience"],
            beside_database=url is None,
        )

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _report(self, outcome: Outcome, speed: float) -> None:
        told = outcome.result
        self._say("")
        self._say(f"numbers 号码 {told['tickets']}: {told['served']} served 办结, {told['no_show']} missed 过号, "
                  f"{told['cancelled']} cancelled 取消, {told['open']} open 未结")  # fmt: skip
        self._say(f"wait 等候: mean {told['mean_wait_minutes']} min, P90 {told['p90_wait_minutes']} min (hall time)")
        for name, done, busy, error in outcome.clerks:
            mean = f"{busy / 60 / done['served']:.1f} min each" if done["served"] else "-"
            self._say(f"  {name}  {done['served']:>4} served  {done['no_show']:>3} missed  {mean}  {error}".rstrip())
        if outcome.last_error:
            self._say(f"  last trouble: {outcome.last_error}")
        self._say("audit 核对: " + ("API and database" if told["database"] else "API only"))
        for text in (outcome.findings.lost + outcome.findings.doubled)[:SHOWN]:
            self._say(f"  ! {text}")


def _own_address() -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.ENV.host, settings.ENV.host)
    return f"http://[{host}]:{settings.ENV.port}" if ":" in host else f"http://{host}:{settings.ENV.port}"


@contextmanager
def _gracefully(day: Day, say: Any) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the day with clearing up and audit; the second ends the program."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: Any) -> None:
        if day.floor.pace.stop.is_set():
            raise KeyboardInterrupt
        say("ending the day …")
        day.stop()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
