"""The first admin of a production system; afterwards people are added in the settings pages."""

import getpass
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from core import time
from halls.actions.first_lists import write_first_lists
from staff.actions import count_lists
from staff.models import User


class Command(BaseCommand):
    help = "Create the owner of a new system: the person who may change everything. Refuses when there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("staff_no", help="3 to 20 letters or digits")
        parser.add_argument("--name", required=True, help="as people know the owner")
        parser.add_argument("--password-file", type=Path, help="read the password from this file instead of asking")

    def handle(self, *, staff_no: str, name: str, password_file: Path | None, **options: Any) -> None:
        _refuse_second()
        owner = User(staff_no=staff_no, name=name, is_superuser=True, password_changed_at=time.now())
        password = _read(password_file) if password_file else _ask()
        try:
            validate_password(password, owner)
            owner.set_password(password)
            owner.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            _wait_for_others()
            _refuse_second()
            owner.save()
            write_first_lists()
            count_lists.write_first_lists()
        self.stdout.write(f"owner {staff_no} created 已建立系统所有者 {name},请用工号登录")


def _refuse_second() -> None:
    owner = User.objects.filter(is_superuser=True, is_active=True).first()
    if owner:
        raise CommandError(f"there is an owner already: {owner.staff_no} 系统所有者已存在,请由其添加人员")


def _wait_for_others() -> None:
    """Of two commands at the same time the second waits here, and then finds the first one's owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('config.create_owner', 0))")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"the password file cannot be read: {error}") from error


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError("no terminal to ask for the password on; use --password-file")
    password = getpass.getpass("password 密码: ")
    if password != getpass.getpass("again 再输一次: "):
        raise CommandError("the two passwords differ 两次输入不一样")
    return password
