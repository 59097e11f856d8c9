"""Bill files: good lines come in, bad ones have a reason, and the same or a corrected file does what it should."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core.errors import Refused
from core.models import Parameter
from halls.models import Region
from loyalty.actions import bills, files, generation, partitions
from loyalty.models import Bill, BillAdjustment, Customer, Debit, Lot
from loyalty.queries import ledger
from tests.factories import make_customer
from tests.loyalty.life import first_rules, make_bill, make_lot, make_member, shanghai

pytestmark = pytest.mark.django_db
HEAD = "phone,month,amount,gifted,redeemed,third_party,paid_at"
NOW = shanghai(2026, 11, 25, 10)
MAY = date(2026, 5, 1)
ONE, TWO = "13800000001", "13800000002"


@pytest.fixture(autouse=True)
def customers(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    first_rules()
    for phone in (ONE, TWO):
        make_customer(phone)


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def run(*lines: str, raw: bytes | None = None, head: str = HEAD, encoding: str = "utf-8") -> dict[str, Any]:
        path = tmp_path / "bills.csv"
        path.write_bytes(raw if raw is not None else "".join(f"{one}\n" for one in (head, *lines)).encode(encoding))
        return bills.import_bills(path, now=NOW)

    return run


def rows() -> list[tuple[Any, ...]]:
    return list(
        Bill.objects.order_by("customer__phone", "month").values_list(
            "customer__phone", "month", "amount_fen", "gifted_fen", "redeemed_fen", "third_party_fen"
        )
    )


def reasons(told: dict[str, Any]) -> list[tuple[int, str]]:
    text = Path(told["reject_file"]).read_text(encoding="utf-8-sig") if told["reject_file"] else "\n"
    return [(int(line.split(",")[0]), line.split(",")[1]) for line in text.splitlines()[1:]]


def paid(phone: str = ONE) -> Any:
    return Bill.objects.get(customer__phone=phone).paid_at


def test_good_lines_come_in_to_the_fen(bring: Any) -> None:
    told = bring(f"{ONE},2026-05,128.00,30,0,10.5,2026-06-01T10:00:00", f"{TWO},2026-05,0.01,,,,")
    assert rows() == [(ONE, MAY, 128_00, 30_00, 0, 10_50), (TWO, MAY, 1, 0, 0, 0)]
    assert (told["rows"], told["accepted"], told["rejected"], told["new"]) == (2, 2, 0, 2)
    assert told["reject_file"] == ""
    assert (paid(ONE), paid(TWO)) == (shanghai(2026, 6, 1, 10), None)


def test_r_l_15_times_without_offset_are_of_here_and_others_are_kept(bring: Any) -> None:
    bring(f"{ONE},2026-05,1,0,0,0,2026-06-30 23:59:59", f"{TWO},2026-05,1,0,0,0,2026-06-30T16:00:00+00:00")
    assert (paid(ONE), paid(TWO)) == (shanghai(2026, 6, 30, 23, 59, 59), shanghai(2026, 7, 1))


BAD = [
    ("13800009999,2026-05,1,0,0,0,", "unknown_phone"),
    ("1380000000,2026-05,1,0,0,0,", "bad_phone"),
    (",2026-05,1,0,0,0,", "bad_phone"),
    (f"{TWO},2026-13,1,0,0,0,", "bad_month"),
    (f"{TWO},May,1,0,0,0,", "bad_month"),
    (f"{TWO},2026-12,1,0,0,0,", "future_month"),
    (f"{TWO},2031-01,1,0,0,0,", "future_month"),
    (f"{TWO},2026-05,-1,0,0,0,", "negative"),
    (f"{TWO},2026-05,5,-1,0,0,", "negative"),
    (f"{TWO},2026-05,,0,0,0,", "bad_amount"),
    (f"{TWO},2026-05,abc,0,0,0,", "bad_amount"),
    (f"{TWO},2026-05,NaN,0,0,0,", "bad_amount"),
    (f"{TWO},2026-05,1.005,0,0,0,", "bad_amount"),
    (f"{TWO},2026-05,5,1.005,0,0,", "bad_amount"),
    (f"{TWO},2026-05,5,0,0.000,0,", "bad_amount"),
    (f"{TWO},2026-05,10000000.01,0,0,0,", "bad_amount"),
    (f"{TWO},2026-05,1,1.01,0,0,", "more_than_bill"),
    (f"{TWO},2026-05,1,0,2,0,", "more_than_bill"),
    (f"{TWO},2026-05,1,0,0,0,yesterday-ish", "bad_time"),
    (f"{TWO},2026-05,1,0,0,0,infinity", "bad_time"),
    (f"{TWO},2026-05,1,0,0", "bad_line"),
    (f"{TWO},2026-05,1,0,0,0,,", "bad_line"),
    (f"{TWO}", "bad_line"),
    ("\\.", "bad_line"),
    (f'"{TWO},2026-05,1', "bad_line"),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_bad_line_is_refused_and_the_others_are_kept(bring: Any, line: str, reason: str) -> None:
    told = bring(line, f"{ONE},2026-05,88.80,0,0,0,2026-06-01")
    assert reasons(told) == [(2, reason)]
    assert rows() == [(ONE, MAY, 88_80, 0, 0, 0)]
    assert (told["rows"], told["accepted"], told["rejected"]) == (2, 1, 1)


def test_many_bad_lines_in_many_blocks_keep_their_numbers(bring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCK", 100)
    lines = [f"{ONE},2026-0{month},1,0,0,0," if month % 2 else "x" for month in range(1, 10)]
    told = bring(*lines)
    assert [number for number, _ in reasons(told)] == [3, 5, 7, 9]
    assert len(rows()) == 5


def test_a_half_written_last_line_is_refused(bring: Any) -> None:
    whole = f"{HEAD}\n{ONE},2026-05,88.80,0,0,0,2026-06-01\n"
    for cut, reason in ((f"{TWO},2026-0", "bad_line"), (f"{TWO},2026-05,5,0,0,0,", "bad_line"),
                        (f"{TWO},2026-05,5,0,0,0,2026-06-1", "bad_time")):  # fmt: skip
        told = bring(raw=(whole + cut).encode())
        assert reasons(told) == [(3, reason)]
        assert rows() == [(ONE, MAY, 88_80, 0, 0, 0)]
    assert bring(raw=(whole + f"{TWO},2026-05,5,0,0,0,2026-06-11").encode())["rejected"] == 0
    assert len(rows()) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_bytes_of_the_usual_kinds_are_read(bring: Any, encoding: str) -> None:
    head = f"{HEAD},备注"
    told = bring(f"{ONE},2026-05,88.80,0,0,0,2026-06-01,更正", head=head, encoding=encoding)
    assert (told["accepted"], rows()) == (1, [(ONE, MAY, 88_80, 0, 0, 0)])


def test_windows_line_ends_quotes_blank_lines_and_other_orders_are_read(bring: Any) -> None:
    head = "month,phone,amount,gifted,redeemed,third_party,paid_at"
    text = f'{head}\r\n"2026-05","{ONE}",1.50,,,,\r\n\r\n2026-05,{TWO},2,,,,\r\n'
    told = bring(raw=text.encode())
    assert (told["rows"], told["rejected"]) == (2, 0)
    assert [row[2] for row in rows()] == [1_50, 2_00]


def test_a_wrong_header_or_no_file_is_refused_whole(bring: Any, tmp_path: Path) -> None:
    for head in ("phone,month", "", f"{HEAD},phone"):
        with pytest.raises(Refused) as no:
            bring(f"{ONE},2026-05,1,0,0,0,", head=head)
        assert no.value.code == "bad_header"
    with pytest.raises(Refused) as no:
        bills.import_bills(tmp_path / "none.csv", now=NOW)
    assert (no.value.code, rows()) == ("no_file", [])


def test_the_same_file_again_changes_nothing(bring: Any) -> None:
    line = f"{ONE},2026-05,88.80,0,0,0,2026-06-01"
    bring(line)
    told = bring(line)
    assert (told["same_file"], told["rows"], told["new"], told["replaced"], told["unchanged"]) == (True, 1, 0, 0, 1)
    other = bring(line, f"{TWO},2026-05,1,0,0,0,")
    assert (other["same_file"], other["new"], other["replaced"], other["unchanged"]) == (False, 1, 0, 1)


def test_a_file_with_refused_lines_may_come_again_when_its_customers_are_known(bring: Any) -> None:
    line = "13800009999,2026-05,1,0,0,0,"
    assert bring(line)["rejected"] == 1
    make_customer("13800009999")
    told = bring(line)
    assert (told["rejected"], told["new"]) == (0, 1)


def test_the_second_of_two_lines_for_one_bill_is_refused(bring: Any) -> None:
    told = bring(f"{ONE},2026-05,1,0,0,0,", f"{ONE},2026-05,2,0,0,0,", f"{TWO},2026-05,3,0,0,0,")
    assert reasons(told) == [(3, "twice")]
    assert [row[2] for row in rows()] == [1_00, 3_00]


def test_a_corrected_bill_replaces_before_generation(bring: Any) -> None:
    bring(f"{ONE},2026-05,88.80,0,0,0,2026-06-01")
    told = bring(f"{ONE},2026-05,90.00,0,0,0,2026-06-01")
    assert (told["replaced"], rows()) == (1, [(ONE, MAY, 90_00, 0, 0, 0)])
    assert BillAdjustment.objects.count() == 0


def generated(*members: Customer) -> None:
    for one in members:
        make_bill(one, MAY, 100_00)
    run = generation.start(MAY, on=date(2026, 7, 1), now=NOW)
    generation.work(run.pk)
    assert generation.finish(run.pk, NOW).state == "done"


def test_r_l_14_afterwards_a_higher_bill_is_an_entry_with_the_frozen_multiplier(bring: Any) -> None:
    member = make_member(2)
    generated(member)
    told = bring(f"{member.phone},2026-05,120.01,0,0,0,2026-06-01")
    assert (told["adjusted"], told["replaced"]) == (1, 0)
    lots = list(Lot.objects.filter(account_id=member.pk).order_by("kind").values_list("kind", "points", "month"))
    assert lots == [(1, 150, MAY), (5, 31, MAY)]
    assert (ledger.balance(member.pk), Bill.objects.get(customer=member).amount_fen) == (181, 120_01)


def test_afterwards_a_lower_bill_takes_bill_points_back_as_far_as_they_reach(bring: Any) -> None:
    member = make_member(2)
    generated(member)
    make_lot(member, 500, source=7)
    bring(f"{member.phone},2026-05,40.00,0,0,0,2026-06-01")
    assert ledger.balance(member.pk) == 560
    assert list(Debit.objects.values_list("lot_kind", "kind", "points")) == [(1, 14, -90)]
    adjusted = BillAdjustment.objects.get()
    assert (adjusted.points, adjusted.uncollected, adjusted.reason) == (-90, 0, 0)

    bring(f"{member.phone},2026-05,100.00,0,0,0,2026-06-01")
    assert ledger.balance(member.pk) == 650


def test_spent_points_are_not_taken_from_promotions(bring: Any) -> None:
    from loyalty.actions import spending

    member = make_member(2)
    generated(member)
    spending.spend(member.pk, 120, key="k", by=spending.By(), now=NOW)
    make_lot(member, 500, source=7)
    bring(f"{member.phone},2026-05,0,0,0,0,2026-06-01")
    adjusted = BillAdjustment.objects.get()
    assert (adjusted.points, adjusted.uncollected) == (-30, 120)
    assert ledger.balance(member.pk) == 500


def test_r_l_15_a_late_payment_makes_nothing_and_a_late_bill_paid_in_time_earns(bring: Any) -> None:
    unpaid, missing = make_member(2), make_member(3)
    make_bill(unpaid, MAY, 100_00, paid=None)
    generated(make_member())
    bring(f"{unpaid.phone},2026-05,100,0,0,0,2026-07-01", f"{missing.phone},2026-05,50.01,0,0,0,2026-06-30")
    assert (ledger.balance(unpaid.pk), ledger.balance(missing.pk)) == (0, 101)
    assert sorted(BillAdjustment.objects.values_list("reason", "points")) == [(0, 101), (5, 0)]


def test_bills_of_a_month_that_is_being_generated_wait(bring: Any) -> None:
    make_bill(make_member(), MAY, 100_00)
    generation.start(MAY, on=date(2026, 7, 1), now=NOW)
    assert reasons(bring(f"{ONE},2026-05,1,0,0,0,")) == [(2, "running")]


def test_a_bill_goes_to_who_owned_the_number_on_the_last_day(bring: Any) -> None:
    former = Customer.objects.get(phone=ONE)
    Customer.objects.filter(pk=former.pk).update(status="closed", closed_on=date(2026, 5, 31))
    make_customer(ONE, joined_on=date(2026, 6, 10))
    told = bring(f"{ONE},2026-04,1,0,0,0,", f"{ONE},2026-05,2,0,0,0,", f"{ONE},2026-06,3,0,0,0,")
    assert reasons(told) == [(3, "unknown_phone")]
    assert list(Bill.objects.filter(customer=former).values_list("amount_fen", flat=True)) == [100]
    assert list(Bill.objects.exclude(customer=former).values_list("amount_fen", flat=True)) == [300]


def test_bills_of_a_boss_city_are_refused(bring: Any) -> None:
    city = Region.objects.create(code="ZJ", name="镇江", level="city")
    Customer.objects.filter(phone=ONE).update(city=city)
    Parameter.objects.create(name="loyalty.points_source", scope="ZJ", value=1, valid_from=date(2026, 1, 1))
    assert reasons(bring(f"{ONE},2026-05,1,0,0,0,", f"{TWO},2026-05,1,0,0,0,")) == [(2, "boss_city")]
    assert [row[0] for row in rows()] == [TWO]


def test_a_line_without_end_is_not_kept_in_memory(bring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCK", 1000)
    monkeypatch.setattr(files, "LONGEST_LINE", 2000)
    told = bring("9" * 50_000, f"{ONE},2026-05,1,0,0,0,")
    assert [reason for _, reason in reasons(told)] == ["bad_line"]
    assert len(rows()) == 1


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which way each month's table came to be: aside and attached when full, or empty and filled row by row."""
    gone: list[str] = []
    for name in ("attach_bills", "ensure_bills"):
        real = getattr(partitions, name)
        monkeypatch.setattr(partitions, name, lambda month, name=name, real=real: (gone.append(name), real(month)))
    return gone


def attached(month: date) -> tuple[bool, list[str]]:
    """Whether a month is part of the bills, and the constraints of its own table by kind."""
    with connection.cursor() as cursor:
        name = partitions.bill_table(month)
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhrelid = to_regclass(%s)", [name])
        is_part = cursor.fetchone()[0] == 1
        kinds = "SELECT contype::text FROM pg_constraint WHERE conrelid = to_regclass(%s) AND contype <> 'n' ORDER BY 1"
        cursor.execute(kinds, [name])
        return is_part, [kind for (kind,) in cursor.fetchall()]


def test_a_fresh_month_is_filled_aside_and_attached_with_its_key(bring: Any, ways: list[str]) -> None:
    told = bring(f"{ONE},2026-05,1,0,0,0,", "13800009999,2026-05,2,0,0,0,", f"{TWO},2026-05,3,0,0,0,")
    assert (ways, attached(MAY)) == (["attach_bills"], (True, ["p"]))
    assert (told["new"], reasons(told), [row[2] for row in rows()]) == (2, [(3, "unknown_phone")], [1_00, 3_00])

    again = bring(f"{ONE},2026-05,4,0,0,0,", f"{TWO},2026-05,3,0,0,0,")
    assert ways == ["attach_bills", "ensure_bills"]
    assert (again["replaced"], again["unchanged"], [row[2] for row in rows()]) == (1, 1, [4_00, 3_00])


def test_a_fresh_month_with_a_bill_twice_goes_row_by_row(bring: Any, ways: list[str]) -> None:
    told = bring(f"{ONE},2026-05,1,0,0,0,", f"{TWO},2026-05,2,0,0,0,", f"{ONE},2026-05,3,0,0,0,")
    assert ways == ["attach_bills", "ensure_bills"]
    assert (reasons(told), attached(MAY), [row[2] for row in rows()]) == ([(4, "twice")], (True, ["p"]), [1_00, 2_00])


def test_a_fresh_month_without_a_good_line_leaves_no_table(bring: Any, ways: list[str]) -> None:
    told = bring("13800009999,2026-05,1,0,0,0,")
    assert (ways, told["new"], partitions.exists(partitions.bill_table(MAY))) == ([], 0, False)


def test_two_months_in_one_file_are_not_fresh_and_both_come_in(bring: Any, ways: list[str]) -> None:
    bring(f"{ONE},2026-04,1,0,0,0,", f"{ONE},2026-05,2,0,0,0,")
    assert (ways, [row[2] for row in rows()]) == (["ensure_bills", "ensure_bills"], [1_00, 2_00])


def test_r_l_13_gifts_beyond_the_bill_are_refused_to_the_fen_and_a_bill_all_gifted_comes_in(bring: Any) -> None:
    told = bring(f"{ONE},2026-05,30.00,30.01,0,0,", f"{TWO},2026-05,30.00,30.00,0,0,")
    assert (reasons(told), rows()) == ([(2, "more_than_bill")], [(TWO, MAY, 30_00, 30_00, 0, 0)])
