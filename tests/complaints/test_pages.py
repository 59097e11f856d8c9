"""Every page, who may see it, and what becomes of bad input: a sentence, and what was typed is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from complaints.actions import ending, refunds
from complaints.actions.refunds import Claim
from complaints.forms.registry import ACTS
from complaints.models import Attachment, Compensation, Complaint, ComplaintEvent, PolicyVersion, Refund
from complaints.rules.policy import FIRST_BODY
from core import time
from messaging.models import OutboxMessage
from tests.complaints.conftest import fresh, make_case
from tests.factories import make_hall, make_session, make_ticket, make_user

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00" + b"\x00" * 20
LISTS = ("", "book/", "refunds/", "suggestions/", "figures/")


@pytest.fixture
def case(place):
    return make_case(place, at=time.now() - timedelta(minutes=10), phone="13800000001")


def enter(client, person):
    client.force_login(person)
    return client


@pytest.mark.parametrize("path", LISTS)
def test_lists_open_with_cases_and_without(client, place, path):
    page = enter(client, place.manager).get(f"/complaints/{path}")
    assert page.status_code == 200
    make_case(place, at=time.now(), source="book")
    make_case(place, at=time.now(), kind="suggestion")
    assert client.get(f"/complaints/{path}").status_code == 200


@pytest.mark.parametrize("path", ["book/", "refunds/", "suggestions/", "figures/", "export/", "policy/"])
def test_a_clerk_may_not_see_the_managers_pages(client, place, path):
    assert enter(client, place.clerk).get(f"/complaints/{path}").status_code == 403


def test_the_limits_are_for_operations_only(client, place):
    assert enter(client, place.manager).get("/complaints/policy/").status_code == 403
    assert enter(client, place.operations).get("/complaints/policy/").status_code == 200


def test_a_stranger_does_not_find_a_case_and_a_colleague_may_not_act(client, place, case):
    stranger = make_user("05001", "hall_manager", make_hall("ZJ05", windows=0), name="赵")
    assert enter(client, stranger).get(f"/complaints/{case.number}/").status_code == 404
    assert client.post(f"/complaints/{case.number}/note/", {"words": "x"}).status_code == 404
    district = make_user("80001", "district", region=place.hall.region, name="周主管")
    assert enter(client, district).get(f"/complaints/{case.number}/").status_code == 200
    assert client.post(f"/complaints/{case.number}/note/", {"words": "x"}).status_code == 403
    assert case.events.count() == 2


def test_clerks_see_the_cases_they_logged(client, place, case):
    other = make_case(place, at=time.now(), person=place.duty)
    page = enter(client, place.clerk).get("/complaints/").content.decode()
    assert (case.number in page, other.number in page) == (True, False)
    assert client.get(f"/complaints/{other.number}/").status_code == 404


def test_two_clicks_log_a_complaint_with_the_number_at_the_window(client, place):
    window = place.hall.windows.first()
    make_session(window, place.clerk)
    ticket = make_ticket(place.hall, "serving", window=window, phone="13800000007")
    page = enter(client, place.clerk).get("/complaints/new/").content.decode()
    assert (ticket.number in page, str(ticket.pk) in page) == (True, True)
    answer = client.post(
        "/complaints/new/", {"hall": "ZJ01", "ticket": str(ticket.pk), "category": "service-2"}, follow=True
    )
    made = Complaint.objects.get()
    assert (made.ticket, made.phone, made.clerk, made.category.name) == (ticket, "13800000007", place.clerk, "态度")
    assert f"已登记 {made.number}" in answer.content.decode()


def test_what_was_typed_is_kept_when_it_is_refused(client, place):
    typed = {"hall": "ZJ01", "content": "很长" * 50_000, "phone": "138"}
    page = enter(client, place.clerk).post("/complaints/new/", typed).content.decode()
    assert ("最多 4000 字" in page or "手机号应为 11 位" in page, "很长很长" in page) == (True, True)
    assert Complaint.objects.count() == 0


def test_a_low_rating_becomes_a_complaint_from_the_list_of_calls(client, place):
    ticket = make_ticket(place.hall, "done", phone="13800000007")
    page = enter(client, place.duty).get(f"/complaints/new/?from=rating&ticket={ticket.pk}").content.decode()
    assert '<option value="customer_page" selected>' in page


@pytest.mark.parametrize("name", list(ACTS))
def test_no_act_breaks_on_an_empty_form(client, place, case, name):
    answer = enter(client, place.operations).post(f"/complaints/{case.number}/{name}/", {})
    assert answer.status_code in {200, 302}


def test_an_act_on_the_page_and_its_refusal_with_the_words_kept(client, place, case):
    url = f"/complaints/{case.number}"
    enter(client, place.duty)
    page = client.post(f"{url}/reply/", {"words": "长" * 100_000}).content.decode()
    assert ("答复内容最多 4000 字" in page, "长长长" in page, case.events.count()) == (True, True, 2)
    client.post(f"{url}/reply/", {"words": "已联系客户"})
    client.post(f"{url}/close/", {"outcome": "solved", "words": "已解决"})
    assert fresh(case).status == "follow_up"
    answer = client.post(f"{url}/reply/", {"words": "又说一句"}, follow=True).content.decode()
    assert ("不能「答复客户」" in answer, fresh(case).contacts) == (True, 2)


def test_the_refund_form_keeps_what_was_typed(client, place, case):
    enter(client, place.duty)
    typed = {"item": "套餐外流量", "charged": "30", "overcharge": "31", "ground": "promised"}
    page = client.post(f"/complaints/{case.number}/refund/", typed).content.decode()
    assert ("超过实际收费" in page, 'value="31"' in page, Refund.objects.count()) == (True, True, 0)
    client.post(f"/complaints/{case.number}/refund/", {**typed, "overcharge": "12.50"})
    assert Refund.objects.get().total == Decimal("25.00")


def test_refunds_are_decided_paid_and_exported_on_their_page(client, place, case):
    row = refunds.ask_refund(case.pk, Claim("流量", Decimal(30), Decimal("12.5")), person=place.clerk, now=time.now())
    enter(client, place.duty).post(f"/complaints/refunds/{row.pk}/decide/", {"agree": "1"})
    assert row.payments.get().state == "agreed"
    assert client.post("/complaints/refunds/bill/").status_code == 403
    answer = enter(client, place.handler).post("/complaints/refunds/bill/")
    assert (answer.status_code, row.payments.get().state) == (200, "sent")
    client.post(f"/complaints/refunds/{row.pk}/paid/whole/")
    assert row.payments.get().state == "paid"
    client.post("/complaints/refunds/offer/", {
        "hall": "ZJ01", "phone": "13800000001", "loss": "10", "amount": "20", "form": "话费", "reason": "系统故障",
    })  # fmt: skip
    offer = Compensation.objects.get()
    enter(client, place.manager).post(f"/complaints/offers/{offer.pk}/decide/", {"agree": "1"})
    client.post(f"/complaints/offers/{offer.pk}/given/")
    assert Compensation.objects.get().state == "paid"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [("a.png", PNG, "png"), ("账单.pdf", b"%PDF-1.4 x\n%%EOF", "pdf"), ("a.png", b"MZ not a picture", None),
     ("a.pdf", b"<html>", None), ("a.mp3", b"ID3 nothing", None),
     ("a.mp3", (b"\xff\xfb\x90\x00" + b"\x00" * 413) * 3, "mp3")],
)  # fmt: skip
def test_files_are_what_they_say(client, place, case, settings, tmp_path, name, data, kind):
    settings.MEDIA_ROOT = tmp_path
    enter(client, place.clerk).post(f"/complaints/{case.number}/attach/", {"file": SimpleUploadedFile(name, data)})
    assert list(Attachment.objects.values_list("kind", flat=True)) == ([kind] if kind else [])
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == (1 if kind else 0)


def test_files_are_served_to_those_who_work_on_the_case_and_looks_are_kept(client, place, case, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    enter(client, place.clerk).post(f"/complaints/{case.number}/attach/", {"file": SimpleUploadedFile("a.png", PNG)})
    url = f"/complaints/{case.number}/files/{Attachment.objects.get().key}/"
    assert b"".join(client.get(url).streaming_content) == PNG
    assert list(case.looks.values_list("what", flat=True)) == ["a.png"]
    district = make_user("80001", "district", region=place.hall.region, name="周主管")
    assert enter(client, district).get(url).status_code == 403


def test_the_whole_number_needs_a_reason_and_is_on_record(client, place, case):
    page = enter(client, place.clerk).post(f"/complaints/{case.number}/reveal/", {"reason": "call"}).content.decode()
    assert ("13800000001" in page, case.looks.count()) == (True, 1)
    assert "13800000001" not in client.get(f"/complaints/{case.number}/").content.decode()


def test_the_policy_page_previews_then_saves(client, place, case):
    enter(client, place.operations)
    page = client.get("/complaints/policy/")
    typed = dict(page.context["form"].initial)
    typed |= {"handling_other": 24, "note": "普通客户缩短"}
    shown = client.post("/complaints/policy/", {**typed, "preview": "1"}).content.decode()
    assert (case.number in shown, PolicyVersion.objects.count()) == (True, 1)
    client.post("/complaints/policy/", {**typed, "running": "on"})
    assert PolicyVersion.objects.order_by("-version")[0].body == FIRST_BODY | {
        "handling_hours": {"vip": 8, "gotone": 24, "other": 24}
    }
    assert fresh(case).handling_due_at == case.accepted_at + timedelta(hours=24)


def test_levels_are_taken_away_and_added_on_the_policy_page(client, place):
    enter(client, place.operations)
    typed = dict(client.get("/complaints/policy/").context["form"].initial) | {"note": "改提醒"}
    half_told = client.post("/complaints/policy/", typed | {"clock_new": "handling"}).content.decode()
    assert ("请填写到期后多少分钟。" in half_told, "请选择通知谁。" in half_told) == (True, True)
    at_due = client.post("/complaints/policy/", typed | {"gone_2": "on"}).content.decode()
    assert ("至少要有一级在到期时提醒" in at_due, PolicyVersion.objects.count()) == (True, 1)

    added = {"clock_new": "handling", "at_new": 1440, "to_new": ["city"], "waits_new": "on"}
    client.post("/complaints/policy/", typed | {"gone_0": "on"} | added)
    newest = PolicyVersion.objects.order_by("-version")[0]
    assert newest.body["levels"] == [
        *FIRST_BODY["levels"][1:],
        {"clock": "handling", "level": 5, "minutes": 1440, "to": ["city"], "can_wait": True},
    ]


def test_the_customers_page_opens_with_a_code_by_sms_only(client, place, case):
    url = f"/c/{case.token}/"
    assert case.content not in client.get(url).content.decode()
    client.post(f"{url}code/")
    text = OutboxMessage.objects.get(template="complaint_code").text
    code = "".join(letter for letter in text if letter.isdigit())[:6]
    wrong = client.post(f"{url}check/", {"code": "000000" if code != "000000" else "111111"}).content.decode()
    assert "验证码不对" in wrong
    page = client.post(f"{url}check/", {"code": code}, follow=True).content.decode()
    assert ("受理" in page, "13800000001" in page) == (True, False)
    assert client.get("/c/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_the_owner_says_yes_on_the_page(client, place):
    waiting = make_case(place, at=time.now(), phone="13800000001", identity="not_owner")
    session = client.session
    session["complaints_seen"] = [str(waiting.token)]
    session.save()
    client.post(f"/c/{waiting.token}/owner/", {"mine": "1"})
    assert (fresh(waiting).status, fresh(waiting).identity) == ("handling", "owner")


def test_r_c_9_the_rate_counts_accepted_cases_and_figures_lead_to_them(client, place):
    now = time.now()
    late = make_case(place, at=now - timedelta(hours=60))
    ending.close(late.pk, "solved", "已解决", person=place.clerk, now=now - timedelta(hours=1))
    make_case(place, at=now - timedelta(hours=1), solved="当场解决")
    make_case(place, at=now - timedelta(hours=1), identity="not_owner", phone="13800000001")
    page = enter(client, place.duty).get("/complaints/figures/?by=clerk")
    row = page.context["whole"][0]
    assert (row.logged, row.accepted, row.on_spot, row.late, row.closed) == (3, 2, 1, 1, 2)
    assert (row.on_time, row.one_contact_rate) == (0.5, 1.0)
    drill = client.get("/complaints/figures/cases/?by=clerk&key=01005").content.decode()
    assert late.number in drill
    assert client.get("/complaints/figures/cases/?by=day&key=nonsense").status_code == 404
    assert client.get("/complaints/figures/export/?by=hall").status_code == 200


def test_the_list_costs_the_same_for_one_and_for_many(client, place, case, django_assert_max_num_queries):
    enter(client, place.manager).get("/complaints/")
    with django_assert_max_num_queries(40):
        client.get("/complaints/")
    for _ in range(5):
        make_case(place, at=time.now())
    with django_assert_max_num_queries(40):
        client.get("/complaints/")


def test_the_shift_handover_hears_of_open_cases(place, case):
    from staff.hooks import open_work

    items = [one for one in open_work(place.hall, place.clerk, time.now()) if one.kind == "投诉"]
    assert [(one.key, one.url) for one in items] == [(f"complaint:{case.pk}", f"/complaints/{case.number}/")]
    assert ComplaintEvent.objects.filter(complaint=case).count() == 2


def test_a_customer_complains_from_the_numbers_page_once_and_after_a_low_rating_only(client, place):
    ticket = make_ticket(place.hall, "done", phone="13800000007", rating=4)
    url = f"/c/number/{ticket.pk}/"
    client.post(url)
    assert Complaint.objects.count() == 0
    ticket.rating = 1
    ticket.save()
    page = client.post(url, follow=True).content.decode()
    client.post(url)
    made = Complaint.objects.get()
    assert (made.source, made.phone, made.ticket, made.handler) == ("customer_page", "13800000007", ticket, None)
    assert (made.tail in page, made.content) == (True, "评价 1 分")
