"""Commands end with one JSON line, and with 1 when lines were refused."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.models import Parameter
from halls.models import Region
from loyalty.models import BossBalance, Lot
from tests.factories import make_customer
from tests.loyalty.life import first_rules, make_bill, make_lot, make_member, shanghai

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    first_rules()


def told(*command: str, ends: int = 0) -> dict[str, Any]:
    out = io.StringIO()
    if ends:
        with pytest.raises(SystemExit) as end:
            call_command(*command, stdout=out, stderr=io.StringIO())
        assert end.value.code == ends
    else:
        call_command(*command, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue().splitlines()[-1])


def test_files_of_customers_and_bills(tmp_path: Path) -> None:
    people, bills = tmp_path / "people.csv", tmp_path / "bills.csv"
    people.write_text(
        "phone,name,brand,star,vip,status,real_name,personal,joined_on\n"
        "13800000001,王芳,gotone,4,1,normal,1,1,2015-03-01\n"
    )
    bills.write_text(
        "phone,month,amount,gifted,redeemed,third_party,paid_at\n"
        "13800000001,2026-08,58.50,0,0,0,2026-09-03\n13800000002,2026-08,1,0,0,0,\n"
    )
    assert told("import_customers", str(people))["accepted"] == 1
    result = told("import_bills", str(bills), ends=1)
    assert (result["rows"], result["accepted"], result["rejected"]) == (2, 1, 1)
    assert Path(result["reject_file"]).read_text(encoding="utf-8-sig").splitlines()[1].startswith("3,unknown_phone,")

    result = told("generate_points", "2026-08", "--on", "2026-10-01", "--workers", "1")

    assert (result["rows"], result["earned"], result["points"], result["state"]) == (1, 1, 147, "done")
    assert told("generate_points", "2026-08", "--on", "2026-10-01", "--workers", "1")["points"] == 147
    assert Lot.objects.get().points == 147


def test_r_l_16_generating_too_early_or_nonsense_is_an_error_in_words() -> None:
    make_bill(make_member(), date(2099, 1, 1), 1)
    for month, code in (("2099-01", "too_early"), ("2099-1", "bad_month"), ("2015-05", "no_bills")):
        with pytest.raises(CommandError, match=code):
            call_command("generate_points", month)


def test_rating_and_its_dry_run() -> None:
    make_customer(joined_on=date(2014, 1, 1))
    dry = told("rate_stars", "2015-11", "--dry-run")
    assert dry["comparison"] == [{"kind": "first", "before": -1, "after": 0, "customers": 1}]
    assert told("rate_stars", "2015-11")["comparison"] == dry["comparison"]


def test_expiry_and_conversion() -> None:
    make_lot(make_member(), 100, source=1, expires_on=date(2016, 1, 1))
    make_lot(make_member(), 100, source=2)
    assert told("expire_points")["points"] == 100
    assert told("convert_points")["points"] == 25


def test_balances_of_boss_cities(tmp_path: Path) -> None:
    city = Region.objects.create(code="ZJ", name="镇江", level="city")
    Parameter.objects.create(name="loyalty.points_source", scope="ZJ", value=1, valid_from=date(2015, 1, 1))
    make_customer("13800000001", city=city)
    make_customer("13800000002")
    path = tmp_path / "balances.csv"
    path.write_text(
        "phone,points,usable,as_of\n13800000001,77,70,2026-11-24 23:00\n13800000002,1,1,2026-11-24\n"
        "13800000003,1,1,2026-11-24\n13800000001,-1,0,2026-11-24\n13800000001,1,2,2026-11-24\n13800000001,1,1,x\n"
    )
    result = told("import_balances", str(path), ends=1)
    row = BossBalance.objects.get()
    assert (row.points, row.usable, row.as_of) == (77, 70, shanghai(2026, 11, 24, 23))
    lines = Path(result["reject_file"]).read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [line.split(",")[1] for line in lines] == ["not_boss", "no_customer", "bad_points", "bad_points", "bad_time"]


def test_the_newest_balance_stands_whatever_the_order_of_lines(tmp_path: Path) -> None:
    city = Region.objects.create(code="ZJ", name="镇江", level="city")
    Parameter.objects.create(name="loyalty.points_source", scope="ZJ", value=1, valid_from=date(2015, 1, 1))
    make_customer("13800000001", city=city)
    make_customer("13800000002", city=city, status="closed", closed_on=date(2026, 1, 1))
    make_customer("13800000002", city=city, joined_on=date(2026, 2, 1))
    path = tmp_path / "balances.csv"
    path.write_text(
        "phone,points,usable,as_of\n13800000001,5,5,2026-11-24 10:00\n13800000002,9,0,2026-11-24 10:00\n"
        "13800000001,7,6,2026-11-24 12:00\n13800000001,6,6,2026-11-24 11:00\n"
    )
    for _ in range(2):
        assert told("import_balances", str(path))["accepted"] == 4
        rows = BossBalance.objects.order_by("points").values_list("points", "usable", "customer__status")
        assert list(rows) == [(7, 6, "normal"), (9, 0, "normal")]
