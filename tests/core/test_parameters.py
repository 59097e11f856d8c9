from datetime import date

import pytest
from django.core.exceptions import ValidationError

from core import parameters
from core.models import Parameter

NAME = parameters.register("test.minutes", "试验", default=15, unit="分钟", between=(1, 60))
DAY = date(2026, 11, 22)


def put(value: int, *, scope: str = "", since: date = DAY) -> None:
    Parameter.objects.create(name=NAME, scope=scope, value=value, valid_from=since)


def test_without_a_row_the_default_holds(db: object) -> None:
    assert parameters.number(NAME, on=DAY) == 15


def test_the_narrowest_scope_wins(db: object) -> None:
    put(20)
    put(25, scope="ZJ")
    put(30, scope="ZJ01")
    assert parameters.number(NAME, on=DAY, scopes=["ZJ01", "JK", "ZJ"]) == 30
    assert parameters.number(NAME, on=DAY, scopes=["ZJ02", "JK", "ZJ"]) == 25
    assert parameters.number(NAME, on=DAY, scopes=["HZ01"]) == 20


def test_a_row_holds_from_its_day_on(db: object) -> None:
    put(20, since=date(2026, 11, 22))
    put(30, since=date(2026, 12, 1))
    days = [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 30), date(2026, 12, 1)]
    assert [parameters.number(NAME, on=day) for day in days] == [15, 20, 20, 30]


@pytest.mark.parametrize(
    ("name", "value"), [("nothing", 1), (NAME, 0), (NAME, 61), (NAME, "20"), (NAME, True), (NAME, 1.5)]
)
def test_a_value_out_of_its_range_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        parameters.check(name, value)
