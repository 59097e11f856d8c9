"""R-H-10, system-down mode: each effect of the one act, twice, at once, and the way back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core import time
from core.errors import Refused
from halls.models import Incident, Material
from halls.queries import content
from messaging.models import MessageTemplate, Notice, OutboxMessage
from overview.actions.system_down import Down, declare_system_down, declare_system_up
from queueing import actions
from queueing.actions import Actor, outages
from queueing.models import Outage, ReturnNumber
from queueing.queries import board, customer
from queueing.queries import layout as layouts
from queueing.rules.outages import is_affected, last_day
from queueing.states import Source
from staff.states import Role
from tests.factories import make_hall, make_ticket, make_user

pytestmark = pytest.mark.django_db
ALL = Down("boss", frozenset({"new_account", "sim_replace"}))


@pytest.fixture
def now():
    return time.now()


@pytest.fixture
def hall():
    return make_hall("ZJ01")


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.DUTY_MANAGER, hall, name="王经理")


def down(hall, wang, now, what=ALL):
    found = declare_system_down([hall], what, by=wang, now=now)
    layouts.forget()
    return found[0]


def up(hall, wang, now):
    row = declare_system_up([hall], "市公司已修复", by=wang, now=now)[0]
    layouts.forget()
    return row


def take(hall, business, now, **more):
    return actions.take_number(hall, actions.Wish(business, Source.KIOSK, **more), actor=Actor(), now=now)


def refused(act, *given, **named) -> str:
    with pytest.raises(Refused) as no:
        act(*given, **named)
    return no.value.code


@pytest.mark.parametrize(
    ("business", "group", "out", "expected"),
    [
        ("payment", ["payment"], {"payment"}, True),
        ("payment", ["payment", "query"], {"query"}, False),
        (None, ["payment", "query"], {"query"}, False),
        (None, ["payment", "query"], {"payment", "query", "more"}, True),
        (None, [], {"payment"}, False),
    ],
)
def test_r_h_10_a_number_is_concerned_when_nothing_is_left_of_what_it_waits_for(business, group, out, expected):
    assert is_affected(business, group, out) is expected


def test_r_h_10_the_day_of_recovery_is_the_first_day_to_come_back():
    day = time.business_day(time.now())
    assert [last_day(day, days=1), last_day(day, days=7)] == [day, day + timedelta(days=6)]


def test_r_h_10_numbers_are_refused_for_what_is_down_and_given_for_the_rest(hall, wang, now):
    row = down(hall, wang, now)

    assert refused(take, hall, "new_account", now) == "system_down"
    assert refused(take, hall, "general", now) == "system_down"
    assert take(hall, "payment", now).letter == "B"
    assert row.incident.kind == "system" and row.incident.ended_at is None
    assert list(Notice.objects.values_list("user__name", "key")) == [("王经理", f"system-down:{row.pk}")]


def test_r_h_10_tv_kiosk_and_phone_page_say_it(hall, wang, now):
    waiting = make_ticket(hall, taken_at=now)
    row = down(hall, wang, now)

    document = board.document(hall.pk, now)
    assert [(one["code"], one["stopped"], one["stop_reason"]) for one in document["groups"]] == [
        ("general", "stopped", "业务系统中断"),
        ("payment", "", ""),
    ]
    assert document["outage"]["kind"] == "boss"
    slides = [(one["kind"], one["title"]) for one in content(hall, now)["items"]]
    assert slides == [("urgent", "业务系统维护中")]
    told = customer.status(waiting, now)["outage"]
    assert (told["state"], told["code"]) == ("down", row.returns.get().code)


def test_r_h_10_who_waits_keeps_the_number_and_is_told_once_by_sms(hall, wang, now):
    concerned = make_ticket(hall, taken_at=now, phone="13800000001")
    silent = make_ticket(hall, taken_at=now)
    other = make_ticket(hall, group=hall.groups.get(code="payment"), taken_at=now, phone="13800000002")
    row = down(hall, wang, now)
    outages.tell_waiting(row, now=now)

    concerned.refresh_from_db()
    assert concerned.state == "waiting"
    assert set(row.returns.values_list("ticket", flat=True)) == {concerned.pk, silent.pk}
    sent = OutboxMessage.objects.get()
    assert (sent.phone, sent.template) == ("13800000001", "system_down")
    assert ReturnNumber.objects.get(ticket=concerned).code in sent.text
    assert other.pk not in row.returns.values_list("ticket", flat=True)


def test_r_h_10_declared_again_it_only_widens(hall, wang, now):
    first = down(hall, wang, now)
    again = down(hall, wang, now + timedelta(minutes=1))
    wider = down(hall, wang, now + timedelta(minutes=2), Down("boss", frozenset({"payment", "new_account"})))

    assert (first.pk, first.pk) == (again.pk, wider.pk)
    assert set(wider.businesses.values_list("code", flat=True)) == {"new_account", "sim_replace", "payment"}
    assert (Outage.objects.count(), Incident.objects.count(), Material.objects.count()) == (1, 1, 1)
    assert refused(take, hall, "payment", now) == "system_down"


def test_what_cannot_be_declared_changes_nothing(hall, wang, now):
    assert refused(declare_system_down, [], ALL, by=wang, now=now) == "no_halls"
    nowhere = Down("boss", frozenset({"points"}))
    assert refused(declare_system_down, [hall], nowhere, by=wang, now=now) == "nothing_affected"
    assert refused(declare_system_up, [hall], "修好了", by=wang, now=now) == "not_down"
    assert refused(declare_system_up, [hall], " ", by=wang, now=now) == "no_measures"
    assert (Outage.objects.count(), Incident.objects.count(), Material.objects.count()) == (0, 0, 0)


def test_r_h_10_the_end_resumes_and_tells_who_waits_and_who_left(hall, wang, now):
    stays, leaves = (take(hall, "new_account", now, phone=f"1380000000{n}") for n in (1, 2))
    row = down(hall, wang, now)
    offer = outages.leave_for_now(leaves.pk, actor=Actor(), now=now)
    assert outages.leave_for_now(leaves.pk, actor=Actor(), now=now) == offer
    assert refused(outages.come_back_with, hall, offer.code, actor=Actor(), now=now) == "still_down"

    ended = up(hall, wang, now + timedelta(minutes=40))

    assert take(hall, "new_account", now).letter == "A"
    sent = OutboxMessage.objects.filter(key__startswith="system-up:").order_by("phone")
    assert [(one.phone, one.template) for one in sent] == [
        (stays.phone, "system_up"),
        (leaves.phone, "return_number"),
    ]
    assert content(hall, now)["items"] == []
    ended.incident.refresh_from_db()
    assert (ended.incident.ended_at is not None, ended.incident.measures) == (True, "市公司已修复")
    assert refused(declare_system_up, [hall], "修好了", by=wang, now=now) == "not_down"
    assert row.pk == ended.pk


def test_r_h_10_an_incident_with_people_untold_stays_open(hall, wang, now):
    row = down(hall, wang, now)
    row.incident.tells.create(whom="市公司支撑", due_at=now)
    up(hall, wang, now)

    incident = Incident.objects.get()
    assert (incident.ended_at, incident.measures) == (None, "市公司已修复")


def test_r_h_10_who_comes_back_passes_those_who_came_within_the_head_start(hall, wang, now):
    gone = take(hall, "new_account", now, phone="13800000002")
    down(hall, wang, now)
    offer = outages.leave_for_now(gone.pk, actor=Actor(), now=now)
    up(hall, wang, now)
    take(hall, "new_account", now)

    with pytest.raises(Refused) as none:
        outages.arrive(hall, "999999", lane="", actor=Actor(), now=now)
    back = outages.arrive(hall, offer.code, lane="", actor=Actor(), now=now)

    assert none.value.code == "no_appointment"
    assert (back.source, back.taken_at - back.call_order_at) == ("returned", timedelta(minutes=60))
    offer.refresh_from_db()
    assert (offer.new_ticket_id, offer.used_at) == (back.pk, now)
    assert refused(outages.arrive, hall, offer.code, lane="", actor=Actor(), now=now) == "return_used"


def test_a_return_number_is_no_second_turn(hall, wang, now):
    stays, served = (take(hall, "new_account", now, phone=f"1380000000{n}") for n in (1, 2))
    row = down(hall, wang, now)
    codes = {one.ticket_id: one.code for one in row.returns.all()}
    up(hall, wang, now)
    type(served).objects.filter(pk=served.pk).update(state="done", window=hall.windows.first())

    back = {"actor": Actor(), "now": now}
    assert refused(outages.come_back_with, hall, codes[stays.pk], **back) == "still_waiting"
    assert refused(outages.come_back_with, hall, codes[served.pk], **back) == "served_already"
    type(stays).objects.filter(pk=stays.pk).update(state="no_show", window=hall.windows.first())
    late = {"actor": Actor(), "now": now + timedelta(days=7)}
    assert refused(outages.come_back_with, hall, codes[stays.pk], **late) == "return_over"
    assert ReturnNumber.objects.exclude(used_at=None).count() == 0


def test_who_comes_to_wait_later_is_found_by_the_sweep(hall, wang, now):
    row = down(hall, wang, now)
    make_ticket(hall, taken_at=now, phone="13800000003")

    assert [outages.tend(now), outages.tend(now)] == [1, 0]
    assert row.returns.count() == 1


def test_the_page_declares_shows_and_resumes_and_keeps_what_was_typed(hall, wang, now, client):
    make_ticket(hall, taken_at=now, phone="13800000001")
    client.force_login(wang)
    base = f"/overview/halls/{hall.code}/system-down/"

    answer = client.post(f"{base}declare/", {"kind": "network", "text": "专线断了"})
    assert answer.status_code == 422
    assert "请勾选受影响的业务。" in answer.content.decode() and "专线断了" in answer.content.decode()
    answer = client.post(f"{base}declare/", {"kind": "network", "business": ["new_account", "sim_replace"]})
    assert answer.status_code == 302
    page = client.get(base).content.decode()
    assert ReturnNumber.objects.get().code in page and "138****0001" in page and "13800000001" not in page
    assert client.post(f"{base}resume/", {"measures": "换了光模块"}).status_code == 302
    assert Outage.objects.get().ended_at is not None


def test_the_api_does_the_same_and_answers_what_cannot_be(hall, wang, client):
    other = make_hall("NJ01", region=None)
    client.force_login(wang)
    token = client.post(
        "/api/v1/auth/token/", {"username": "01001", "password": "Correct-Horse-9"}, content_type="application/json"
    ).json()["token"]
    client.logout()
    head = {"HTTP_AUTHORIZATION": f"Token {token}", "content_type": "application/json"}

    def post(what, body):
        return client.post(f"/api/v1/outages/{what}/", body, **head)

    assert post("declare", {"halls": ["ZJ01"], "kind": "boss", "businesses": ["nothing"]}).status_code == 400
    assert post("declare", {"halls": ["ZJ01", other.code], "kind": "boss"}).status_code == 404
    told = post("declare", {"halls": ["ZJ01"], "kind": "boss", "businesses": ["payment"]}).json()
    assert [(one["hall"], one["businesses"], one["ended_at"]) for one in told] == [("ZJ01", ["payment"], None)]
    listed = client.get("/api/v1/outages/?running=true", **head).json()
    assert listed["count"] == 1
    assert post("end", {"halls": ["ZJ01"], "measures": "好了"}).status_code == 200
    assert post("end", {"halls": ["ZJ01"], "measures": "好了"}).json()["code"] == "not_down"


@pytest.mark.django_db(transaction=True)
def test_two_people_declare_at_once_and_it_is_one_outage():
    hall = make_hall("ZJ01")
    people = [make_user(f"0100{n}", Role.DUTY_MANAGER, hall) for n in (1, 2)]
    MessageTemplate.objects.get_or_create(
        key="system_down", valid_from=date(2020, 1, 1), defaults={"text": "{hall}{what}"}
    )  # another test on the real database may have emptied the tables
    make_ticket(hall, phone="13800000001")
    moment = timezone.now()

    def act(person):
        try:
            return declare_system_down([hall], ALL, by=person, now=moment)[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        pks = list(pool.map(act, people))

    assert pks[0] == pks[1]
    assert (Outage.objects.count(), Incident.objects.count(), OutboxMessage.objects.count()) == (1, 1, 1)
