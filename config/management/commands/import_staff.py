"""`manage.py import_staff F.xlsx|csv`: people, jobs and certificates from the lists that halls keep."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from config.management.long import LongCommand
from core import time
from core.files import RejectFile
from staff.actions import staff_files
from staff.models import User


class Command(LongCommand):
    help = (
        "Take in people from an Excel or CSV list with the columns 工号, 姓名, 岗位, 营业厅 or 区域, and optionally "
        "手机号, 用工, 起, 止, 上岗证号, 上岗证有效期起, 上岗证有效期止. The same list again changes nothing. "
        "Exit 1 when lines were refused; they are in the reject file with their reasons."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", default="", metavar="工号", help="in whose name; otherwise the owner's")
        parser.add_argument(
            "--passwords", type=Path, metavar="F.csv", help="where temporary passwords of new people go; else nowhere"
        )

    def run(self, *, file: Path, by: str, passwords: Path | None, **options: Any) -> dict[str, Any]:
        now = time.now()
        people = User.objects.filter(is_active=True)
        actor = (people.filter(staff_no=by) if by else people.filter(is_superuser=True).order_by("pk")).first()
        if actor is None:
            raise CommandError("there is nobody in whose name; run create_owner or give --by 没有可用的办理人工号")
        if passwords is not None and passwords.exists():
            raise CommandError(f"{passwords} exists already 文件已存在")
        rejects = RejectFile(f"staff-{file.stem}", ("line", "reason", "content"), now)
        try:
            told = staff_files.read(
                file, reject=lambda line, why: rejects.write(line.number, why, *line.raw), actor=actor, now=now
            )
        finally:
            reject_file = rejects.close() or None
        if passwords is not None:
            _hand_out(told, passwords)
        return {
            "rows": told.rows,
            "accepted": told.accepted,
            "rejected": told.rejected,
            "reject_file": reject_file,
            "hired": len(told.hired),
            "changed": told.changed,
        }


def _hand_out(told: staff_files.Told, path: Path) -> None:
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(["工号", "姓名", "临时密码"])
        table.writerows([one.person.staff_no, one.person.name, one.password] for one in told.hired)
