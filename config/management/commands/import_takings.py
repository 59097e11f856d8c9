"""`manage.py import_takings F.csv`: the billing system's takings of a day, by person and way of paying."""

import csv
import json
import sys
import time as clock
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import time
from core.errors import Refused
from staff.actions import takings_files


class Command(BaseCommand):
    help = (
        "Take in a CSV file with the columns hall,day,staff_no,method,amount and optionally business,pieces "
        "(UTF-8, with or without BOM, or GB18030). Refused lines go to a reject file; a newer figure replaces an older "
        "one. Exit 1 if any line was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        began = clock.monotonic()
        rejects = _Rejects(settings.VAR / "rejects" / f"takings-{time.local(time.now()):%Y%m%d-%H%M%S}.csv")
        try:
            told = takings_files.read(file, reject=rejects.add, say=self._say, now=time.now())
        except Refused as no:
            raise CommandError(no.message) from no
        finally:
            rejects.close()
        result = {
            "rows": told.rows,
            "accepted": told.accepted,
            "rejected": told.rejected,
            "reject_file": str(rejects.path) if told.rejected else None,
            "seconds": round(clock.monotonic() - began, 1),
        }
        self.stdout.write(json.dumps(result, ensure_ascii=False))
        if told.rejected:
            sys.exit(1)

    def _say(self, rows: int) -> None:
        self.stderr.write(f"{rows} lines read 已读 {rows} 行")


class _Rejects:
    """Made when the first line is refused; with a mark so that Excel reads the reasons."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file: Any = None

    def add(self, number: int, reason: str, cells: list[str]) -> None:
        if self.file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self.file).writerow(["line", "reason", "content"])
        csv.writer(self.file).writerow([number, reason, *cells])

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
