"""The statistics page, its Excel file and the API: who may see what, and the same numbers in all three."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from halls.models import Hall
from queueing.states import FigureBy, FigureView
from staff.models import User
from tests.factories import make_hall, make_ticket, make_user

PAGE = "/queueing/figures/"


@pytest.fixture
def day(hall: Hall, noon: datetime, li: User) -> Any:
    """Two numbers, waited 6 and 18 minutes; it is six in the afternoon."""
    for waited, took in ((6, 4), (18, 8)):
        called_at = noon + timedelta(minutes=waited)
        times = {"called_at": called_at, "started_at": called_at, "finished_at": called_at + timedelta(minutes=took)}
        make_ticket(hall, "done", taken_at=noon, clerk=li, **times)
    with time_machine.travel(noon + timedelta(hours=6), tick=False):
        yield noon


@pytest.fixture
def manager(day: Any, hall: Hall, client: Client) -> User:
    person = make_user("01900", "hall_manager", hall, name="王芳")
    client.force_login(person)
    return person


def test_every_tab_and_column_group_opens(manager: User, client: Client) -> None:
    for by in FigureBy.values:
        for view in FigureView.values:
            answer = client.get(PAGE, {"by": by, "view": view, "metric": "wait"})
            assert (by, view, answer.status_code) == (by, view, 200)


def test_the_page_shows_the_figures(manager: User, client: Client) -> None:
    answer = client.get(PAGE, {"by": "clerk"})
    assert [(row.label, row.note, cells[1:3]) for row, cells in answer.context["rows"]] == [
        ("李敏", "01001", ["2", "12.0"])
    ]
    assert answer.context["total"][1:3] == ["2", "12.0"]


def test_rows_sort_by_a_column_both_ways(manager: User, hall: Hall, client: Client, noon: datetime) -> None:
    make_ticket(hall, "no_show", taken_at=noon, letter="G", called_at=noon)
    keys = [
        [row.key for row, _ in client.get(PAGE, {"by": "class", "sort": sort}).context["rows"]]
        for sort in ("issued", "-issued", "nonsense")
    ]
    assert keys == [["G", "A"], ["A", "G"], ["A", "G"]]


def test_the_api_says_the_same(manager: User, hall: Hall, client: Client) -> None:
    found = client.get(f"/api/v1/halls/{hall.code}/figures/", {"by": "day", "from": "2026-11-18", "to": "2026-11-18"})
    body = found.json()
    assert (found.status_code, [row["key"] for row in body["results"]]) == (200, ["2026-11-18"])
    total = body["total"]
    assert (total["served"], total["mean_wait"], total["within_standard"], total["mean_service"]) == (2, 12.0, 0.5, 6.0)


def test_the_excel_file_opens_and_has_the_numbers(manager: User, hall: Hall, client: Client) -> None:
    Hall.objects.filter(pk=hall.pk).update(name="=1+1 营业厅")
    answer = client.get(f"{PAGE}export/", {"by": "class"})
    book = load_workbook(BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert (len(book.worksheets), sheet["A1"].value, sheet["A1"].data_type) == (2, "=1+1 营业厅", "s")
    heads = [cell.value for cell in sheet[4]]
    line = dict(zip(heads, [cell.value for cell in sheet[5]], strict=True))
    assert (line["口径"], line["办结数"], line["平均等候(分钟)"], line["等候达标率"]) == ("A", 2, 12, 0.5)
    assert sheet[6][0].value == "合计"
    assert book.worksheets[1].max_row == len(heads) - 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "2026-13-01"},
        {"from": "2026-11-20", "to": "2026-11-10"},
        {"from": "1990-01-01"},
        {"by": "x" * 3000},
        {"hall": "ZJ99\0"},
        {"view": "9" * 60},
        {"metric": "?"},
        {"to": "\0"},
    ],
)
def test_bad_input_shows_a_sentence_and_the_last_days(manager: User, client: Client, wrong: dict[str, str]) -> None:
    answer = client.get(PAGE, wrong)
    assert answer.status_code == 200
    assert "下面显示近 7 天" in answer.content.decode()


@pytest.mark.parametrize("wrong", [{"from": "soon"}, {"by": "hall"}, {"from": "2026-11-20", "to": "2026-11-10"}])
def test_the_api_refuses_bad_input(manager: User, hall: Hall, client: Client, wrong: dict[str, str]) -> None:
    assert client.get(f"/api/v1/halls/{hall.code}/figures/", wrong).status_code == 400


def test_only_ones_own_halls_are_counted(manager: User, client: Client, noon: datetime) -> None:
    other = make_hall("ZJ05")
    make_ticket(other, "done", taken_at=noon)
    for asked in ("all", "ZJ01", ""):
        assert client.get(PAGE, {"hall": asked}).context["total"][0] == "2"
    assert "下面显示近 7 天" in client.get(PAGE, {"hall": "ZJ05"}).content.decode()
    assert client.get("/api/v1/halls/ZJ05/figures/").status_code == 404


def test_who_has_no_right_is_told_so(day: Any, hall: Hall, li: User, client: Client) -> None:
    client.force_login(li)
    assert [client.get(path).status_code for path in (PAGE, f"{PAGE}export/", "/api/v1/halls/ZJ01/figures/")] == [
        403
    ] * 3


def test_several_halls_side_by_side(day: Any, hall: Hall, client: Client, noon: datetime) -> None:
    other = make_hall("ZJ05", name="云阳营业厅")
    make_ticket(other, "done", taken_at=noon)
    client.force_login(make_user("00001", "district", region=hall.region))
    rows = client.get(PAGE, {"by": "hall"}).context["rows"]
    assert [(row.note, cells[0]) for row, cells in rows] == [("ZJ01", "2"), ("ZJ05", "1")]


def test_an_empty_span_says_what_to_do(manager: User, client: Client) -> None:
    assert "这段时间没有号码" in client.get(PAGE, {"from": "2026-01-01", "to": "2026-01-02"}).content.decode()
