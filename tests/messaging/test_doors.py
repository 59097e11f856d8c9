"""Pages, API and settings pages: everybody meets their own notices only, and nobody a whole phone."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from core.models import SettingChange
from core.time import now
from halls.states import DeviceKind
from messaging import actions, queries
from messaging.models import MessageTemplate, Notice, OutboxMessage
from messaging.states import MessageKind, MessageState
from tests.factories import make_device, make_hall, make_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def li_page(li):
    browser = Client()
    browser.force_login(li)
    return browser


@pytest.fixture
def li_api(li):
    api = APIClient()
    api.force_authenticate(li)
    return api


@pytest.fixture
def owner_page():
    browser = Client()
    browser.force_login(make_owner())
    return browser


def tell(person, count: int = 1, **fields) -> list[Notice]:
    for number in range(count):
        actions.notify([person], **{"title": f"第 {number} 条", "key": f"key {number}", **fields})
    return list(Notice.objects.filter(user=person))


def message(**fields) -> OutboxMessage:
    values = {
        "key": "one",
        "template": "queue_called",
        "kind": MessageKind.CALL,
        "urgency": 0,
        "text": "A012 请到",
    }
    times = {"created_at": now(), "not_before": now(), "next_attempt_at": now()}
    return OutboxMessage.objects.create(**{**values, **times, "phone": "13800000001", **fields})


def test_the_api_lists_ones_own_notices_only(li, zhao, li_api):
    tell(zhao)
    tell(li, 2, body="请看一下", url="/lobby/")

    body = li_api.get("/api/v1/notices/").json()

    assert (body["count"], body["next"], body["previous"]) == (2, None, None)
    assert [row["title"] for row in body["results"]] == ["第 1 条", "第 0 条"]
    assert set(body["results"][0]) == {"id", "level", "topic", "title", "body", "url", "created_at", "read_at"}


def test_the_api_asks_the_same_number_of_queries_for_1_and_3(li, li_api, django_assert_num_queries):
    tell(li)
    with django_assert_num_queries(2):
        li_api.get("/api/v1/notices/")
    tell(li, 3)
    with django_assert_num_queries(2):
        li_api.get("/api/v1/notices/")


def test_reading_by_api_is_the_same_the_second_time(li, li_api):
    notice = tell(li)[0]

    first = li_api.post(f"/api/v1/notices/{notice.pk}/read/")
    second = li_api.post(f"/api/v1/notices/{notice.pk}/read/", headers={"Idempotency-Key": "again"})

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["read_at"] == second.json()["read_at"]


def test_reading_all_by_api_says_how_many(li, zhao, li_api):
    tell(li, 2)
    tell(zhao)

    assert li_api.post("/api/v1/notices/read-all/").json() == {"read": 2}
    assert queries.unread_count(zhao) == 1


@pytest.mark.parametrize("door", ["/api/v1/notices/{}/read/", "/notices/{}/read/"])
def test_someone_elses_notice_is_not_there(li, zhao, li_page, door):
    notice = tell(zhao)[0]

    assert li_page.post(door.format(notice.pk)).status_code == 404
    assert li_page.post(door.format(10**30)).status_code == 404
    assert queries.unread_count(zhao) == 1


def test_a_device_has_no_notices():
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION="Device hkd_kiosk")
    make_device(make_hall(), DeviceKind.KIOSK, token="hkd_kiosk")

    assert api.get("/api/v1/notices/").status_code == 403
    assert api.post("/api/v1/notices/read-all/").status_code == 403


def test_a_stranger_has_none_either():
    assert APIClient().get("/api/v1/notices/").status_code == 401
    assert Client().get("/notices/bell/").status_code == 401
    assert Client().get("/notices/").status_code == 302


def test_the_bell_counts_what_is_unread(li, zhao, li_page):
    tell(li, 10, url="/lobby/")
    tell(zhao, title="给赵")

    text = li_page.get("/notices/bell/").content.decode()

    assert 'data-unread="10"' in text
    assert text.count("去处理") == 8
    assert "给赵" not in text
    actions.mark_all_read(li)
    assert "data-unread" not in li_page.get("/notices/bell/").content.decode()


def test_an_empty_bell_says_so(li_page):
    assert "还没有通知" in li_page.get("/notices/bell/").content.decode()


def test_what_a_notice_says_is_text_and_not_markup(li, li_page):
    tell(li, title="<script>alert(1)</script>")

    assert "<script>alert" not in li_page.get("/notices/bell/").content.decode()


def test_the_page_shows_twenty_and_filters_the_unread(li, li_page):
    notices = tell(li, 25)
    actions.mark_read(li, ids=[notice.pk for notice in notices[3:]])

    assert li_page.get("/notices/").context["page"].paginator.count == 25
    assert "第 1 页,共 2 页" in li_page.get("/notices/").content.decode()
    assert len(li_page.get("/notices/?show=unread").context["page"].object_list) == 3
    assert li_page.get("/notices/?page=99999999999999999999").status_code == 200


def test_opening_a_notice_marks_it_and_goes_where_it_leads(li, li_page):
    notice = tell(li, url="/lobby/")[0]

    assert li_page.get(f"/notices/{notice.pk}/read/").status_code == 405
    answer = li_page.post(f"/notices/{notice.pk}/read/")

    assert (answer.status_code, answer["Location"]) == (302, "/lobby/")
    assert queries.unread_count(li) == 0


def test_marking_all_on_the_page(li, li_page):
    tell(li, 3)

    assert li_page.post("/notices/read-all/")["Location"] == "/notices/"
    assert queries.unread_count(li) == 0


def test_the_settings_page_never_shows_a_whole_phone_or_a_code(owner_page):
    message()
    code = message(key="two", kind=MessageKind.CODE, text="验证码 4711")

    rows = owner_page.get(reverse("admin:messaging_outboxmessage_changelist")).content.decode()
    one = owner_page.get(reverse("admin:messaging_outboxmessage_change", args=[code.pk])).content.decode()

    assert "138****0001" in rows
    assert "138****0001" in one
    assert "13800000001" not in rows + one
    assert "4711" not in rows + one


def test_sending_a_rejected_message_again_is_on_record(owner_page):
    failed = message(state=MessageState.FAILED, refusals=5)
    waiting = message(key="two")

    owner_page.post(
        reverse("admin:messaging_outboxmessage_changelist"),
        {"action": "send_again", "_selected_action": [str(failed.pk), str(waiting.pk)]},
    )

    failed.refresh_from_db()
    assert (failed.state, failed.refusals) == (MessageState.WAITING, 0)
    assert [(row.thing_id, row.before, row.after) for row in SettingChange.objects.all()] == [
        (str(failed.pk), "网关拒收", "待发送")
    ]


def test_a_wording_saved_in_the_settings_is_checked_and_recorded(owner_page):
    row = MessageTemplate.objects.get(key="queue_called")
    url = reverse("admin:messaging_messagetemplate_change", args=[row.pk])
    values = {"key": "queue_called", "valid_from": "2020-01-01", "valid_to": ""}

    refused = owner_page.post(url, {**values, "text": "{nummer} 请到 {window}"})
    backwards = owner_page.post(url, {**values, "text": "{number}", "valid_to": "2019-12-31"})
    saved = owner_page.post(url, {**values, "text": "{number} 请到 {window}"})

    assert "{nummer} 不能识别" in refused.content.decode()
    assert "失效日期不能早于生效日期。" in backwards.content.decode()
    assert saved.status_code == 302
    assert queries.wording("queue_called", on=date(2026, 11, 22)).text == "{number} 请到 {window}"
    assert [change.field for change in SettingChange.objects.all()] == ["内容"]
