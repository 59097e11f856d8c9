"""`manage.py import_bills F.csv`: a month's bills, as large as a province's."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from config.management.long import LongCommand
from core import time
from loyalty.actions import bills


class Command(LongCommand):
    help = (
        "Bring in bills from a CSV file (phone,month,amount,gifted,redeemed,third_party,paid_at). All of it or, when "
        "interrupted, nothing. Exit 1 when lines were refused; they are in the reject file with their reasons."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def run(self, *, file: Path, **options: Any) -> dict[str, Any]:
        return bills.import_bills(file, now=time.now(), progress=self.of_file)
