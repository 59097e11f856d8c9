"""Large bill files: copied by two connections at once, refused in the file's order, nothing left of a killed one."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from loyalty.actions import bill_stage, bills, files, partitions
from loyalty.models import Bill, ImportedFile
from tests.factories import make_customer
from tests.loyalty.life import first_rules, shanghai

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "phone,month,amount,gifted,redeemed,third_party,paid_at"
NOW = shanghai(2026, 11, 25, 10)
MAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def lanes(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Every file counts as large, and is read in blocks of a few lines."""
    settings.VAR = tmp_path
    first_rules()
    monkeypatch.setattr(bill_stage, "LARGE", 0)
    monkeypatch.setattr(files, "BLOCK", 200)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE IF EXISTS "{partitions.bill_table(MAY)}"')


def file_of(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "bills.csv"
    path.write_text("".join(f"{one}\n" for one in (HEAD, *lines)), encoding="utf-8")
    return path


def stages() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'loyalty_stage_%%' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def mixed(count: int) -> list[str]:
    """Every seventh can't be read, every fifth has nobody's number."""
    lines = []
    for n in range(count):
        phone = 13_700_000_000 + n if n % 5 == 0 else 13_800_000_000 + n
        lines.append("x" if n % 7 == 0 else f"{phone},2026-05,{n}.50,0,0,0,2026-06-01")
    return lines


def test_lanes_bring_in_what_one_connection_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(60):
        make_customer(str(13_800_000_000 + n))
    path, told = file_of(tmp_path, *mixed(60)), []
    for least in (0, 10**9):
        monkeypatch.setattr(bill_stage, "LARGE", least)
        result = bills.import_bills(path, now=NOW)
        refused = Path(result.pop("reject_file")).read_text(encoding="utf-8-sig")
        rows = list(Bill.objects.order_by("customer_id").values_list("customer__phone", "amount_fen", "paid_at"))
        told.append((result, refused, rows))
        Bill.objects.all().delete()
        ImportedFile.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TABLE "{partitions.bill_table(MAY)}"')
    assert told[0] == told[1]
    assert (told[0][0]["new"], told[0][0]["rejected"], len(told[0][2])) == (41, 19, 41)
    unread = [int(line.partition(",")[0]) for line in told[0][1].splitlines() if ",bad_line," in line]
    assert unread == [2 + n for n in range(60) if n % 7 == 0]
    assert stages() == []


def test_a_failing_import_leaves_no_stage_and_no_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_customer("13800000001")

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(bills, "_write", broken)
    with pytest.raises(ZeroDivisionError):
        bills.import_bills(file_of(tmp_path, "13800000001,2026-05,1,0,0,0,"), now=NOW)
    assert (stages(), Bill.objects.count(), ImportedFile.objects.count()) == ([], 0, 0)


def test_what_a_killed_import_left_is_dropped_by_the_next(tmp_path: Path) -> None:
    make_customer("13800000001")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE loyalty_stage_2147483000 (line int)")
        cursor.execute("CREATE TABLE loyalty_stage_2147483000_0 () INHERITS (loyalty_stage_2147483000)")
    told = bills.import_bills(file_of(tmp_path, "13800000001,2026-05,1,0,0,0,"), now=NOW)
    assert (told["new"], stages()) == (1, [])
