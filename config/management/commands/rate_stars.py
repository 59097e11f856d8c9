"""`manage.py rate_stars YYYY-MM`: the stars that take effect in a month."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from config.management.long import LongCommand
from core import time
from core.time import business_day
from loyalty.actions import ratings
from loyalty.rules import months


class Command(LongCommand):
    help = (
        "Rate the customers who are due in a month (R-L-7): first rating, yearly, the starless. Again: no change. "
        "Customers are told by SMS in allowed hours."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", help="the month, as 2026-11")
        parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="rehearse as if today were DATE")
        parser.add_argument("--dry-run", action="store_true", help="only compare: how many go from which star to which")

    def run(self, *, month: str, on: date | None, dry_run: bool, **options: Any) -> dict[str, Any]:
        now = time.now()
        first, today = months.parse(month), on or business_day(now)
        if dry_run:
            return {"month": month, **ratings.compare(first, on=today, now=now)}
        told = ratings.rate(
            first, on=today, now=now, progress=lambda share: self.tell(f"{share:4.0%} of the customers")
        )
        return {"month": month, **told}
