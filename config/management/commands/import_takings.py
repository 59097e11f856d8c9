"""`manage.py import_takings F.csv`: the billing system's takings of a day, by person and way of paying."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from config.management.long import LongCommand
from core import time
from core.files import RejectFile
from staff.actions import takings_files


class Command(LongCommand):
    help = (
        "Take in a CSV file with the columns hall,day,staff_no,method,amount and optionally business,pieces "
        "(UTF-8, with or without BOM, or GB18030). Refused lines go to a reject file; a newer figure replaces an older "
        "one. Exit 1 if any line was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def run(self, *, file: Path, **options: Any) -> dict[str, Any]:
        now = time.now()
        rejects = RejectFile(f"takings-{file.stem}", ("line", "reason", "content"), now)
        try:
            told = takings_files.read(
                file, reject=lambda number, why, cells: rejects.write(number, why, *cells), say=self._say, now=now
            )
        finally:
            reject_file = rejects.close() or None
        return {
            "rows": told.rows,
            "accepted": told.accepted,
            "rejected": told.rejected,
            "reject_file": reject_file,
        }

    def _say(self, rows: int) -> None:
        self.tell(f"{rows} lines read 已读 {rows} 行")
