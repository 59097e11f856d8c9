"""`manage.py import_balances F.csv`: points that BOSS keeps, for cities whose `points_source` is BOSS."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from config.management.long import LongCommand
from core import time
from loyalty.actions import imports


class Command(LongCommand):
    help = (
        "Take over balances that BOSS keeps (phone,points,usable,as_of); desks only show them. Older news changes "
        "nothing. Exit 1 when lines were refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def run(self, *, file: Path, **options: Any) -> dict[str, Any]:
        return imports.import_balances(file, now=time.now(), progress=self.of_file)
