"""From a figure to the rows behind it: who sees them, and how; `test_reference` counts them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from complaints.actions.cases import Report, log
from complaints.actions.catalogue import prepare
from core.time import business_day, local, now
from loyalty.models import Look
from overview.queries import behind, compare
from overview.queries.behind import DRILLED
from overview.rules.figures import ALL, COUNT
from staff.states import Role
from tests.factories import make_hall, make_region, make_ticket, make_user

pytestmark = pytest.mark.django_db
BASE = "/overview/halls/ZJ01/behind"


@pytest.fixture
def hall():
    return make_hall("ZJ01", name="大市口")


def signed_in(role, **where):
    client = Client()
    client.force_login(make_user(role=role, **where))
    return client


def today():
    return {"from": business_day(now()), "to": business_day(now())}


def test_only_counts_are_drilled_into():
    assert {ALL[key].unit for key in DRILLED} == {COUNT}


def test_a_district_sees_the_numbers_with_masked_phones(hall):
    make_ticket(hall, "no_show", phone="13812345678")
    make_ticket(hall, "done", phone="13887654321")
    page = signed_in(Role.DISTRICT, region=hall.region).get(f"{BASE}/no_shows/", today())
    text = page.content.decode()
    assert page.context["page"].paginator.count == 1
    assert ("138****5678" in text, "13812345678" in text, "4321" in text) == (True, False, False)


def test_complaints_are_listed_without_phones_and_lead_to_their_page(hall):
    prepare()
    person = make_user(role=Role.CLERK, hall=hall)
    case = log(Report(hall=hall, phone="13800000009", content="多收费"), person=person, now=now())
    page = signed_in(Role.DUTY_MANAGER, hall=hall).get(f"{BASE}/complaints_logged/", today()).content.decode()
    assert (f"/complaints/{case.number}/" in page, "13800000009" in page) == (True, False)


def test_strangers_and_unknown_figures_are_not_found(hall):
    elsewhere = signed_in(Role.DISTRICT, region=make_hall("NJ01", region=make_region("NJ")).region)
    assert elsewhere.get(f"{BASE}/no_shows/").status_code == 404
    here = signed_in(Role.DISTRICT, region=hall.region)
    assert [here.get(f"{BASE}/{key}/").status_code for key in ("mean_wait", "x", "issued")] == [404, 404, 200]
    assert signed_in(Role.CLERK, hall=hall).get(f"{BASE}/issued/").status_code == 403


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"from": "1976-01-01", "to": "2026-01-01"}, "一次最多比较 366 天"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "开始日期晚于结束日期"),
        ({"from": "2998-12-31", "to": "2999-01-01"}, "结束日期还没有到"),
        ({"from": "0001-01-01", "to": "0001-01-01"}, "没有 2000 年以前的记录"),
    ],
)
def test_bad_days_get_a_sentence(hall, asked, sentence):
    page = signed_in(Role.DISTRICT, region=hall.region).get(f"{BASE}/issued/", asked)
    assert (page.status_code, sentence in page.content.decode()) == (200, True)


def test_the_district_table_and_the_cockpit_lead_there(hall):
    client, day = signed_in(Role.DISTRICT, region=hall.region), business_day(now())
    for key in DRILLED:
        assert compare.source_of(ALL[key], hall, day, day) == f"{BASE}/{key}/?from={day}&to={day}"
    make_ticket(hall, "no_show", taken_at=now() - timedelta(minutes=5))
    assert f"{BASE}/no_shows/?from={day}&amp;to={day}" in client.get("/overview/halls/ZJ01/").content.decode()
    table = client.get("/overview/compare/", {**today(), "group": "投诉"}).content.decode()
    assert f"{BASE}/complaints_logged/?from={day}" in table


def test_a_list_of_many_is_paged_and_asks_as_often_as_one_of_few(hall, django_assert_max_num_queries):
    client = signed_in(Role.DISTRICT, region=hall.region)
    asked = []
    for count in (1, 29):
        for _ in range(count):
            make_ticket(hall, "done")
        with django_assert_max_num_queries(40) as seen:
            page = client.get(f"{BASE}/served/", today())
        asked.append(len(seen))
    assert (page.context["page"].paginator.count, len(page.context["numbers"])) == (30, 25)
    assert asked[1] <= asked[0]


def test_a_number_waited_as_long_as_the_figures_say(hall):
    taken = now() - timedelta(minutes=40)
    made = make_ticket(hall, "done", taken_at=taken, called_at=taken + timedelta(minutes=30, seconds=24))
    make_ticket(hall, "done", taken_at=taken, called_at=taken + timedelta(minutes=30))
    page = signed_in(Role.DISTRICT, region=hall.region).get(
        f"{BASE}/long_waits/", {"from": made.business_day, "to": made.business_day}
    )
    assert [(one.pk, minutes) for one, minutes in page.context["numbers"]] == [(made.pk, 30.4)]


# ---- as a file and over HTTP -----------------------------------------------------------------------------------

API = "/api/v1/halls/ZJ01/behind"


def lines(answer) -> list[list]:
    book = load_workbook(BytesIO(answer.content))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_the_file_holds_the_rows_of_the_page_with_who_and_when_and_masked_phones(hall, settings):
    taken = now() - timedelta(minutes=40)
    made = make_ticket(hall, "done", taken_at=taken, called_at=taken + timedelta(minutes=30), phone="13812345678")
    make_ticket(hall, "no_show", taken_at=taken)
    client = signed_in(Role.DISTRICT, region=hall.region, name="李主管")
    days = {"from": made.business_day, "to": made.business_day}
    title, stamp, heads, *rows = lines(client.get(f"{BASE}/served/export/", days))
    assert title[0] == f"大市口 {ALL['served'].name} {made.business_day} 至 {made.business_day},共 1 个"
    assert stamp[0].startswith("导出人 李主管") and "导出时间" in stamp[0]
    assert heads[:3] == ["号码", "日期", "业务"]
    [row] = rows
    assert (row[0], row[5], row[9]) == (made.number, 30, "138****5678")
    assert [(one.note, one.rows) for one in Look.objects.all()] == [(f"指标明细 ZJ01 {ALL['served'].name}", 1)]


def test_a_file_of_very_many_says_where_it_ends(hall, monkeypatch):
    monkeypatch.setattr(behind, "MOST_ROWS", 2)
    for _ in range(3):
        make_ticket(hall, "done")
    title, _, _, *rows = lines(signed_in(Role.DISTRICT, region=hall.region).get(f"{BASE}/served/export/", today()))
    assert (title[0].split(",")[1:], len(rows)) == (["共 3 个", "只列最近的 2"], 2)


def test_a_file_of_days_that_cannot_be_leads_back_to_the_page(hall):
    client = signed_in(Role.DISTRICT, region=hall.region)
    answer = client.get(f"{BASE}/served/export/", {"from": "1976-01-01", "to": "2026-01-01"})
    assert (answer.status_code, answer["Location"]) == (302, f"{BASE}/served/?from=1976-01-01&to=2026-01-01")
    assert Look.objects.count() == 0


def test_complaints_need_their_own_right_in_the_file_and_the_api(hall):
    prepare()
    person = make_user(role=Role.CLERK, hall=hall)
    case = log(Report(hall=hall, phone="13800000009", content="多收费"), person=person, now=now())
    manager, inspector = signed_in(Role.HALL_MANAGER, hall=hall), signed_in(Role.INSPECTOR, region=hall.region)
    _, _, heads, row = lines(manager.get(f"{BASE}/complaints_open/export/"))
    assert (heads[0], row[0]) == ("单号", case.number)
    [told] = manager.get(f"{API}/complaints_open/").json()["results"]
    assert (told["ticket"], told["complaint"]["number"], told["complaint"]["status"]) == (
        None,
        case.number,
        case.status,
    )
    refused = [
        inspector.get(address).status_code for address in (f"{BASE}/complaints_open/export/", f"{API}/complaints_open/")
    ]
    assert refused == [403, 403]


def test_the_api_pages_through_the_same_rows(hall, django_assert_max_num_queries):
    taken = now() - timedelta(minutes=40)
    made = [
        make_ticket(hall, "no_show", taken_at=taken + timedelta(seconds=at), phone="13812345678") for at in range(3)
    ]
    client, day = signed_in(Role.DISTRICT, region=hall.region), made[0].business_day
    first = client.get(f"{API}/no_shows/", {"since": day, "until": day, "page_size": 2}).json()
    assert (first["count"], len(first["results"])) == (3, 2)
    told = first["results"][0]["ticket"]
    assert (told["id"], told["number"], told["phone"]) == (str(made[2].pk), made[2].number, "138****5678")
    assert (told["taken_at"], told["state"]) == (local(made[2].taken_at).isoformat(), "no_show")
    [last] = client.get(first["next"]).json()["results"]
    assert last["ticket"]["id"] == str(made[0].pk)


@pytest.mark.parametrize(
    ("key", "asked", "status"),
    [
        ("no_shows", {}, 200),
        ("mean_wait", {}, 404),
        ("x", {}, 404),
        ("no_shows", {"since": "1976-01-01", "until": "2026-01-01"}, 400),
        ("no_shows", {"since": "yesterday"}, 400),
        ("no_shows", {"since": "0001-01-01", "until": "0001-01-01"}, 400),
        ("no_shows", {"page": "9"}, 404),
    ],
)
def test_the_api_refuses_bad_days_and_unknown_figures(hall, key, asked, status):
    assert signed_in(Role.DISTRICT, region=hall.region).get(f"{API}/{key}/", asked).status_code == status
