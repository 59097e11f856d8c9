"""Customers as files and programs tell of them; one owner's data never becomes another's."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.errors import Refused
from halls.models import Region
from loyalty.actions import customers, imports
from loyalty.models import Customer, PointsAccount, StarRating, Suspension
from loyalty.queries import ledger
from loyalty.queries import plans as plan_reads
from loyalty.rules.ownership import Told
from tests.loyalty.life import make_lot, make_member, make_rating, shanghai

pytestmark = pytest.mark.django_db
NOW = shanghai(2026, 11, 25, 10)
TODAY = date(2026, 11, 25)
HEAD = "phone,name,brand,star,vip,status,real_name,personal,joined_on"
ONE = "13800000001"
JOINED = date(2020, 3, 15)


def tell(**values: Any) -> Customer:
    return customers.upsert_one(Told(**{"phone": ONE, "joined_on": JOINED, **values}), city=None, now=NOW)


def refused(**values: Any) -> str:
    before = list(Customer.objects.order_by("pk").values())
    with pytest.raises(Refused) as no:
        tell(**values)
    assert list(Customer.objects.order_by("pk").values()) == before
    return no.value.code


@pytest.fixture
def bring(tmp_path: Path, settings: Any) -> Any:
    settings.VAR = tmp_path

    def run(*lines: str, head: str = HEAD, encoding: str = "utf-8") -> dict[str, Any]:
        path = tmp_path / "customers.csv"
        path.write_bytes("\n".join((head, *lines, "")).encode(encoding))
        return imports.import_customers(path, city=None, now=NOW)

    return run


def reasons(told: dict[str, Any]) -> list[tuple[int, str]]:
    text = Path(told["reject_file"]).read_text(encoding="utf-8-sig")
    return [(int(line.split(",")[0]), line.split(",")[1]) for line in text.splitlines()[1:]]


def test_a_new_customer_with_four_stars_has_the_plan_since_the_star(bring: Any) -> None:
    told = bring(f"{ONE},王芳,gotone,4,1,normal,1,1,2020-03-15")
    row = Customer.objects.get()
    assert (row.name, row.brand, row.star, row.is_vip, row.status, row.joined_on) == (
        "王芳", "gotone", 4, True, "normal", JOINED,
    )  # fmt: skip
    rating = StarRating.objects.get()
    assert (rating.valid_from, rating.valid_to, rating.kind) == (date(2020, 9, 11), date(2027, 9, 10), "told")
    assert PointsAccount.objects.get().plan_from == date(2020, 9, 11)
    assert (told["rows"], told["accepted"], told["rejected"], told["new"]) == (1, 1, 0, 1)


def test_the_same_file_again_changes_nothing(bring: Any) -> None:
    lines = (f"{ONE},王芳,gotone,4,1,normal,1,1,2020-03-15", "13800000002,,mzone,,0,closed,1,0,2021-01-01")
    bring(*lines)
    before = list(Customer.objects.values()), list(StarRating.objects.values())
    told = bring(*lines)
    assert (told["new"], told["changed"], told["unchanged"], told["rejected"]) == (0, 0, 2, 0)
    assert (list(Customer.objects.values()), list(StarRating.objects.values())) == before


def test_words_and_codes_and_gb18030_are_read(bring: Any) -> None:
    bring(f"{ONE},张伟,神州行,准星,否,停机,是,1,2020-03-15", encoding="gb18030")
    row = Customer.objects.get()
    assert (row.name, row.brand, row.star, row.is_vip, row.status) == ("张伟", "easyown", 0, False, "suspended")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1380000000,,gotone,,0,normal,1,1,2020-03-15", "bad_phone"),
        (f"{ONE},,vodafone,,0,normal,1,1,2020-03-15", "bad_brand"),
        (f"{ONE},,gotone,8,0,normal,1,1,2020-03-15", "bad_star"),
        (f"{ONE},,gotone,,maybe,normal,1,1,2020-03-15", "bad_flag"),
        (f"{ONE},,gotone,,0,gone,1,1,2020-03-15", "bad_status"),
        (f"{ONE},,gotone,,0,normal,1,1,2020-02-30", "bad_date"),
        (f"{ONE},,gotone,,0,normal,1,1,", "bad_date"),
        (f"{ONE},,gotone,,0,normal,1,1,2026-11-26", "future"),
        (f"{ONE},{'长' * 41},gotone,,0,normal,1,1,2020-03-15", "bad_name"),
        (f"{ONE},gotone", "bad_line"),
    ],
)
def test_a_bad_line_is_refused_with_its_reason_and_the_others_are_kept(bring: Any, line: str, reason: str) -> None:
    told = bring(line, "13800000002,,gotone,,0,normal,1,1,2020-03-15")
    assert reasons(told) == [(2, reason)]
    assert list(Customer.objects.values_list("phone", flat=True)) == ["13800000002"]


def test_nothing_told_leaves_what_is_known() -> None:
    tell(name="王芳", brand="gotone", is_vip=True, star=3)
    row = tell()
    assert (row.name, row.brand, row.is_vip, row.star) == ("王芳", "gotone", True, 3)


def test_r_l_9_another_owner_starts_anew_and_sees_nothing_of_the_former() -> None:
    former = make_member(5, phone=ONE, joined_on=JOINED, name="王芳", is_vip=True)
    make_lot(former, 860)

    now = tell(name="李敏", joined_on=date(2026, 11, 20))

    assert now.pk != former.pk
    assert (now.star, now.is_vip, ledger.balance(now.pk), now.name) == (-1, False, 0, "李敏")
    former.refresh_from_db()
    assert (former.status, former.closed_on, former.star) == ("closed", date(2026, 11, 20), -1)
    assert plan_reads.star_on(former.pk, date(2026, 11, 19)) == 5
    assert plan_reads.star_on(former.pk, date(2026, 11, 20)) is None
    assert PointsAccount.objects.get(pk=former.pk).plan_until == date(2026, 11, 19)
    assert ledger.balance(former.pk) == 860
    assert Customer.objects.exclude(status="closed").get(phone=ONE) == now


def test_two_owners_of_one_number_in_one_file(bring: Any) -> None:
    told = bring(f"{ONE},甲,gotone,4,0,normal,1,1,2020-03-15", f"{ONE},乙,gotone,,0,normal,1,1,2022-03-15")
    assert (told["new"], told["closed"], told["rejected"]) == (2, 1, 0)
    assert list(Customer.objects.order_by("joined_on").values_list("name", "status")) == [
        ("甲", "closed"), ("乙", "normal"),
    ]  # fmt: skip


def test_another_name_with_the_same_date_is_for_a_person_to_decide() -> None:
    tell(name="王芳")
    assert refused(name="李敏") == "other_name"


def test_old_data_never_brings_a_former_owner_back() -> None:
    tell(name="王芳")
    tell(name="李敏", joined_on=date(2022, 1, 1))
    assert refused(name="王芳") == "former_owner"
    assert refused(name="赵磊", joined_on=date(2021, 1, 1)) == "former_owner"


def test_a_closed_number_stays_closed_until_somebody_new_joins() -> None:
    tell(name="王芳")
    assert tell(status="closed").status == "closed"
    assert tell(status="closed").closed_on == TODAY
    assert refused(name="王芳", status="normal") == "closed_number"
    assert refused(name="李敏", joined_on=date(2026, 11, 24)) == "former_owner"
    assert tell(name="李敏", joined_on=TODAY).status == "normal"


def test_the_hall_records_a_transfer() -> None:
    former = make_member(4, phone=ONE, joined_on=JOINED)
    fresh = customers.transfer(former.pk, name="李敏", on=TODAY, now=NOW)
    assert (fresh.phone, fresh.joined_on, fresh.star) == (ONE, TODAY, -1)
    with pytest.raises(Refused) as no:
        customers.transfer(former.pk, name="赵磊", on=TODAY, now=NOW)
    assert no.value.code == "closed"
    with pytest.raises(Refused) as no:
        customers.transfer(fresh.pk, name="赵磊", on=date(2026, 11, 26), now=NOW)
    assert no.value.code == "not_today"


def test_r_l_8_a_suspension_is_kept_once_a_day() -> None:
    tell()
    tell(status="suspended")
    tell(status="suspended")
    assert list(Suspension.objects.values_list("began_on", "for_arrears")) == [(TODAY, True)]


def test_r_l_14_a_changed_star_holds_from_today_and_rewrites_nothing() -> None:
    row = tell(star=3)
    make_before = plan_reads.star_on(row.pk, date(2026, 11, 24))
    tell(star=5)
    assert (make_before, plan_reads.star_on(row.pk, date(2026, 11, 24))) == (3, 3)
    assert plan_reads.star_on(row.pk, TODAY) == 5
    assert PointsAccount.objects.get().plan_from == TODAY


def test_r_l_21_a_product_that_is_no_longer_personal_has_no_star() -> None:
    row = tell(star=4)
    tell(is_personal=False)
    row.refresh_from_db()
    assert (row.star, plan_reads.star_on(row.pk, TODAY)) == (-1, None)
    assert plan_reads.star_on(row.pk, date(2026, 11, 24)) == 4


def test_the_only_city_is_everybodys(bring: Any) -> None:
    city = Region.objects.create(code="ZJ", name="镇江", level="city")
    bring(f"{ONE},,gotone,,0,normal,1,1,2020-03-15")
    assert Customer.objects.get().city == city


def test_a_told_plan_is_kept(bring: Any) -> None:
    bring(f"{ONE},,gotone,2,0,normal,1,1,2020-03-15,2021-01-01", head=f"{HEAD},plan_from")
    assert PointsAccount.objects.get().plan_from == date(2021, 1, 1)


def test_a_star_before_it_can_be_given_holds_from_today() -> None:
    row = tell(star=2, joined_on=date(2026, 9, 1))
    assert StarRating.objects.get(customer=row).valid_from == TODAY
    make_rating(row, 1, date(2026, 1, 1), date(2026, 1, 2))
