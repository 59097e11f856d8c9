"""`manage.py expire_points`: zero promotional points whose last day is over."""

from argparse import ArgumentParser
from typing import Any

from config.management.long import LongCommand
from core import time
from loyalty.actions import expiry


class Command(LongCommand):
    help = (
        "Zero promotional points whose last day is over (R-L-22). Beat does it after midnight; again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="look at every lot there ever was, not at what ended since"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        told = expiry.expire_all(time.now()) if options["all"] else expiry.expire(time.now())
        return {"rows": told["lots"], **told}
