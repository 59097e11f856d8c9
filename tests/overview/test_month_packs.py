"""月度资料包: what a month has left open, what the document says, and that a running month has none."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from rest_framework.test import APIClient

from complaints.actions.cases import Report, log
from complaints.actions.catalogue import prepare
from core.errors import Refused
from core.time import SHANGHAI
from inspections.models import Appeal
from overview.models import WeeklyReport
from overview.papers import month_pack as papers
from overview.queries import figures, month_open, month_pack
from overview.rules import months as rules
from overview.states import Unfinished
from queueing.actions.figures import add_up_days
from queueing.states import TicketState
from staff.models import DailyClosing, MonthClosing, MonthSheet
from staff.states import ClosingState, Role
from tests.factories import make_hall, make_region, make_ticket, make_user
from tests.overview.month_rows import NOVEMBER_2, OCTOBER, make_action, make_checked, reckon

pytestmark = pytest.mark.django_db
LAST = date(2026, 10, 31)


@pytest.fixture
def hall():
    return make_hall("ZJ01", name="大市口")


@pytest.fixture
def manager(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def november(monkeypatch):
    monkeypatch.setattr("core.time.now", lambda: NOVEMBER_2)


def submit(hall, actor, *days):
    for day in days:
        DailyClosing.objects.create(
            hall=hall, day=day, state=ClosingState.SUBMITTED, opened_by=actor, opened_at=NOVEMBER_2,
            submitted_by=actor, submitted_at=NOVEMBER_2, system=Decimal(10), scan=Decimal(10), stubs=Decimal(10),
        )  # fmt: skip


def october(first=1, last=31):
    return [date(2026, 10, day) for day in range(first, last + 1)]


def left(hall, kind=None):
    found = month_open.still_open([hall], OCTOBER, NOVEMBER_2)[hall.pk]
    return [(one.what, one.is_late) for one in found if kind in {None, one.kind}]


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# ---- what is left open -----------------------------------------------------------------------------------------


def test_a_hall_that_uses_none_of_it_owes_nothing(hall):
    assert left(hall) == []


def test_r_s_10_days_without_a_closing_and_an_open_month_are_listed_until_they_are_done(hall, manager):
    submit(hall, manager, *[day for day in october(3) if day != date(2026, 10, 20)])
    assert left(hall) == [("10 月 20 日日结未提交", True), ("10 月还没有月结", False)]
    submit(hall, manager, date(2026, 10, 20))
    assert left(hall) == [("10 月还没有月结", False)]
    MonthClosing.objects.create(hall=hall, month=OCTOBER, closed_by=manager, closed_at=NOVEMBER_2)
    assert left(hall) == []


def test_days_before_the_hall_closed_days_here_are_not_owed_and_a_running_day_neither(hall, manager):
    submit(hall, manager, date(2026, 11, 1))
    assert left(hall) == []
    found = month_open.still_open([hall], date(2026, 11, 1), NOVEMBER_2)[hall.pk]
    assert found == []


def test_sheets_are_counted_by_state_and_nobody_is_named(hall, manager):
    for at, state in enumerate(("made", "made", "seen"), 2):
        person = make_user(f"0100{at}", Role.CLERK, hall)
        MonthSheet.objects.create(person=person, hall=hall, month=OCTOBER, counted_at=NOVEMBER_2, state=state)
    signed = {"state": "signed", "signed_by": manager, "signed_at": NOVEMBER_2}
    MonthSheet.objects.create(person=manager, hall=hall, month=OCTOBER, counted_at=NOVEMBER_2, **signed)
    assert left(hall) == [("个人月度单:待本人查看 2 份、待签认 1 份", False)]


@pytest.mark.parametrize(
    ("monday", "expected"),
    [
        (date(2026, 9, 21), 0),  # ended on 27 September
        (date(2026, 9, 28), 1),
        (date(2026, 10, 19), 1),
        (date(2026, 10, 26), 0),  # ends on 1 November
    ],
)
def test_weekly_reports_belong_to_the_month_in_which_their_week_ended(hall, monday, expected):
    due = datetime(2026, 11, 2, 12, tzinfo=SHANGHAI)
    WeeklyReport.objects.create(hall=hall, monday=monday, due_at=due, drafted_at=NOVEMBER_2)
    assert len(left(hall, Unfinished.WEEKLY)) == expected


def test_open_complaints_actions_and_appeals_of_the_month_are_listed(hall, manager):
    prepare()
    report = Report(hall=hall, phone="13800000009", content="多收费")
    case = log(report, person=manager, now=datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI))
    log(report, person=manager, now=datetime(2026, 11, 1, 0, 0, tzinfo=SHANGHAI))
    visit = make_checked(hall, 90, charged=("A1.1", "A4.4"))
    make_action(visit.findings.get(item="A1.1"), due_on=date(2026, 11, 1))
    make_action(visit.findings.get(item="A4.4"), due_on=date(2026, 11, 2))
    said = {"reason": "当时有客户", "raised_by": manager, "raised_at": NOVEMBER_2, "score_before": 90}
    Appeal.objects.create(visit=visit, hall=hall, **said)
    assert [what.split(" ")[0] for what, _ in left(hall, Unfinished.COMPLAINT)] == [case.number]
    assert left(hall, Unfinished.ACTION) == [
        ("检查项 A1.1(待整改,11 月 1 日前)", True), ("检查项 A4.4(待整改,11 月 2 日前)", False),
    ]  # fmt: skip
    assert left(hall, Unfinished.APPEAL) == [("10 月 12 日检查的申诉待区县处理", False)]
    assert all("13800000009" not in what for what, _ in left(hall))


def test_no_more_is_asked_for_more_halls(hall, manager):
    def asked(halls):
        with CaptureQueriesContext(connection) as queries:
            month_pack.overview(halls, OCTOBER, NOVEMBER_2)
        return len(queries)

    submit(hall, manager, *october(25))
    asked([hall])
    one = asked([hall])
    more = [make_hall(f"ZJ1{at}") for at in range(3)]
    for each in more:
        submit(each, manager, *october(25))
    assert asked([hall, *more]) == one


# ---- what it says ----------------------------------------------------------------------------------------------


def test_the_figures_of_a_pack_are_those_of_every_page_and_of_spans_only(hall, manager):
    taken = datetime(2026, 10, 12, 10, tzinfo=SHANGHAI)
    for minutes in (4, 18):
        make_ticket(hall, TicketState.DONE, taken_at=taken, called_at=taken + timedelta(minutes=minutes))
    make_ticket(hall, TicketState.DONE, taken_at=taken - timedelta(days=20))
    add_up_days([(hall.pk, date(2026, 10, 12)), (hall.pk, date(2026, 9, 22))], NOVEMBER_2)
    pack = month_pack.of_hall(hall, OCTOBER, manager, NOVEMBER_2)
    after = figures.of_hall(hall, OCTOBER, LAST, NOVEMBER_2)
    before = figures.of_hall(hall, date(2026, 9, 1), date(2026, 9, 30), NOVEMBER_2)
    assert {one.figure.key: (one.value, one.before) for one in pack.lines} == {
        key: (after[key], before[key]) for key, one in figures.ALL.items() if not one.is_now
    }
    assert sum(one.sums.issued for one in pack.days) == after["issued"]
    assert [(one.figure.key, one.value, one.before) for one in pack.lines[:1]] == [("issued", 2, 1)]
    assert [one.day for one in pack.days] == [date(2026, 10, 12)]


def test_month_sheets_are_shown_to_who_signs_them_only(hall, manager):
    duty = make_user("01002", Role.DUTY_MANAGER, hall)
    MonthSheet.objects.create(person=duty, hall=hall, month=OCTOBER, counted_at=NOVEMBER_2, figures={"served": 7})
    seen = [len(month_pack.of_hall(hall, OCTOBER, one, NOVEMBER_2).sheets) for one in (manager, duty)]
    assert seen == [1, 0]
    (row,) = papers.sheets(month_pack.of_hall(hall, OCTOBER, manager, NOVEMBER_2)).rows
    assert row[2:4] == ["待本人查看", "7"]


def test_word_pdf_and_excel_begin_with_what_is_open(hall, manager, november):
    submit(hall, manager, *[day for day in october() if day != date(2026, 10, 20)])
    make_checked(hall, 93, charged=("A1.1",))
    reckon()
    client, base = signed_in(manager), "/overview/months/ZJ01/2026-10/"
    with ZipFile(BytesIO(client.get(f"{base}docx/").content)) as word:
        text = word.read("word/document.xml").decode()
    places = [text.index(one) for one in ("尚未完成的事项", "10 月 20 日日结未提交", "主要指标", "检查项 A1.1")]
    assert places == sorted(places)
    assert client.get(f"{base}pdf/").content[:5] == b"%PDF-"
    assert client.get(f"{base}xlsx/").content[:2] == b"PK"
    assert client.get(f"{base}exe/").status_code == 404


# ---- doors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "code"),
    [(date(2026, 11, 1), "month_running"), (date(9999, 12, 1), "month_running"), (date(1, 1, 1), "bad_month")],
)
def test_a_month_that_is_not_over_has_no_pack(month, code):
    with pytest.raises(Refused) as no:
        rules.check_over(month, date(2026, 11, 30), for_what="下载月度资料包")
    assert no.value.code == code


@pytest.mark.parametrize("asked", ["2026-11", "2099-01", "0001-01", "9999-12", "x", ""])
def test_any_month_in_the_address_is_answered(hall, manager, november, asked):
    client = signed_in(manager)
    for page in ("/overview/months/", "/overview/months/ZJ01/"):
        assert client.get(page, {"month": asked}).status_code == 200
    assert client.get("/overview/months/workbook/", {"month": asked}).status_code in {200, 302}
    assert client.get(f"/overview/months/ZJ01/{asked or 'none'}/pdf/").status_code == 302


def test_a_running_month_says_so_and_offers_no_file(hall, manager, november):
    page = signed_in(manager).get("/overview/months/ZJ01/", {"month": "2026-11"}).content.decode()
    assert "2026 年 11 月还没有结束,下面是到今天为止的情况。12 月 1 日起可以下载资料包。" in page
    assert "/2026-11/docx/" not in page
    told = signed_in(manager).get("/overview/months/ZJ01/2026-11/docx/", follow=True)
    assert [str(one) for one in told.context["messages"]] == [
        "2026 年 11 月还没有结束,2026 年 12 月 1 日起可以下载月度资料包。"
    ]


def test_the_list_and_workbook_hold_ones_own_halls_only(hall, manager, november):
    make_hall("NJ01", name="新街口", region=make_region("NJ"))
    chief = make_user("00001", Role.DISTRICT, region=hall.region)
    client = signed_in(chief)
    page = client.get("/overview/months/").content.decode()
    assert ("大市口" in page, "新街口" in page) == (True, False)
    book = load_workbook(BytesIO(client.get("/overview/months/workbook/", {"month": "2026-10"}).content))
    assert [row[0].value for row in book["各厅指标"].iter_rows()] == ["营业厅", "大市口"]
    assert client.get("/overview/months/NJ01/").status_code == 404


def test_the_api_tells_what_is_open_and_refuses_a_running_months_file(hall, manager, november):
    submit(hall, manager, *october(2))
    api = APIClient()
    api.force_authenticate(manager)
    (row,) = api.get("/api/v1/month-packs/", {"month": "2026-10"}).json()["results"]
    assert (row["hall"], row["closings"], [one["kind"] for one in row["open"]]) == ("ZJ01", 30, ["month"])
    one = api.get("/api/v1/month-packs/ZJ01/", {"month": "2026-11"}).json()
    assert (one["is_over"], one["figures"]["issued"]) == (False, 0)
    assert api.get("/api/v1/month-packs/ZJ01/2026-11/pdf/").json()["code"] == "month_running"
    assert api.get("/api/v1/month-packs/", {"month": "2026-13"}).status_code == 400
    assert api.get("/api/v1/month-packs/ZJ01/2026-10/docx/").content[:2] == b"PK"
