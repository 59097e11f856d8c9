"""The greeter's tablet, its sheets and its refusals."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core.time import now
from halls.models import Hall
from queueing import actions
from queueing.actions import Actor
from queueing.models import Checklist, FloorPost, PreAcceptance, PrintJob, VipArrival, Visit
from queueing.states import ItemKind
from staff.models import User
from tests.factories import make_business, make_device, make_hall, make_ticket, make_user


@pytest.fixture
def chen(hall: Hall) -> User:
    return make_user("01800", "greeter", hall, name="陈静")


@pytest.fixture
def tablet(chen: User) -> Client:
    client = Client()
    client.force_login(chen)
    return client


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/lobby/ZJ01/{path}", body, HTTP_HX_REQUEST="true")


def test_the_whole_tablet_is_drawn(hall: Hall, tablet: Client, chen: User) -> None:
    actor = Actor(person=chen)
    waiting = make_ticket(hall, waited=timedelta(minutes=31))
    make_ticket(hall, "no_show")
    aside = make_ticket(hall)
    actions.set_aside(aside.pk, actor=actor, now=now())
    actions.declare_vip(hall, actor=actor, now=now())
    actions.stand_at(hall, chen, "引导台", until=None, now=now())
    page = tablet.get("/lobby/ZJ01/")
    assert page.status_code == 200
    shown = page.content.decode()
    words = [
        "代客取号",
        "咨询已解答",
        "转自助办理",
        "材料不齐",
        "我来接待",
        "已致歉关怀",
        "过号补办",
        "补齐回来",
        "引导台",
    ]
    assert [word for word in words if word not in shown] == []
    assert f"{waiting.number}</span> 已等候 31 分钟" in shown


def test_one_tap_and_its_undo(hall: Hall, tablet: Client) -> None:
    assert "撤销" in post(tablet, "visits/", outcome="self_service").content.decode()
    visit = Visit.objects.get()
    assert "撤销" not in post(tablet, f"visits/{visit.pk}/undo/").content.decode()
    assert post(tablet, f"visits/{visit.pk}/undo/").status_code == 409
    assert post(tablet, "visits/", outcome="nothing").status_code == 404


def test_a_vip_is_declared_and_received(hall: Hall, tablet: Client, chen: User) -> None:
    assert "data-vip" in post(tablet, "vips/").content.decode()
    arrival = VipArrival.objects.get()
    assert "data-vip" not in post(tablet, f"vips/{arrival.pk}/receive/").content.decode()
    arrival.refresh_from_db()
    assert arrival.received_by == chen
    assert post(tablet, f"vips/{arrival.pk}/receive/").status_code == 409


def test_r_q_12_the_form_is_opened_filled_and_seen(hall: Hall, tablet: Client) -> None:
    business = make_business("sim_replace")
    checklist = Checklist.objects.create(business=business, information_needed=1)
    item = checklist.items.create(text="常用联系号码", kind=ItemKind.INFORMATION)
    ticket = make_ticket(hall)
    form = tablet.get(f"/lobby/ZJ01/tickets/{ticket.pk}/form/", {"business": "sim_replace"})
    assert "常用联系号码" in form.content.decode()
    fill = f"tickets/{ticket.pk}/fill/"
    saved = post(tablet, fill, business="sim_replace", item=[item.pk], note="小卡", id_copied="1")
    assert "已预填" in saved.content.decode()
    assert PreAcceptance.objects.get().items.get() == item
    assert post(tablet, fill, business="sim_replace", note="长" * 3000).status_code == 409
    assert post(tablet, fill, business="sim_replace", item=["9" * 30]).status_code == 404
    assert PreAcceptance.objects.get().note == "小卡"
    assert "已齐" in tablet.get(f"/lobby/ZJ01/tickets/{ticket.pk}/").content.decode()


def test_r_q_11_ways_without_papers_come_before_the_list(hall: Hall, tablet: Client) -> None:
    business = make_business("sim_replace")
    business.documents, business.without_documents = "身份证件", "手机营业厅可刷脸办理"
    business.save()
    sheet = tablet.get("/lobby/ZJ01/papers/", {"business": "sim_replace"}).content.decode()
    assert 0 < sheet.index("手机营业厅可刷脸办理") < sheet.index("一次性告知单")


def test_r_q_11_a_list_that_cannot_be_printed_changes_nothing(hall: Hall, tablet: Client) -> None:
    ticket = make_ticket(hall)
    asked = {"business": "sim_replace", "ticket": ticket.pk}
    for tell in ("paper", "sms"):
        assert post(tablet, "papers/send/", **asked, tell=tell).status_code == 409
    ticket.refresh_from_db()
    assert (ticket.state, Visit.objects.count(), PrintJob.objects.count()) == ("waiting", 0, 0)
    make_device(hall, "kiosk", token=f"hkd_{'k' * 30}")
    assert post(tablet, "papers/send/", **asked, tell="paper").status_code == 200
    ticket.refresh_from_db()
    assert (ticket.state, PrintJob.objects.get().kind) == ("held", "list")


def test_r_q_11_who_comes_another_day_gives_the_number_back(hall: Hall, tablet: Client) -> None:
    ticket = make_ticket(hall)
    post(tablet, "papers/send/", business="sim_replace", ticket=ticket.pk, back="later", tell="word")
    ticket.refresh_from_db()
    assert (ticket.state, Visit.objects.get().outcome) == ("cancelled", "no_documents")
    post(tablet, f"visits/{Visit.objects.get().pk}/undo/")
    ticket.refresh_from_db()
    assert ticket.state == "waiting"


def test_posts_are_set_and_left(hall: Hall, tablet: Client, chen: User) -> None:
    assert post(tablet, "posts/", person=chen.pk, place="自助区").status_code == 200
    assert post(tablet, "posts/", person="x", place="自助区").status_code == 409
    assert post(tablet, "posts/", person=chen.pk, place="自助区", until="25:99").status_code == 409
    only = FloorPost.objects.get()
    post(tablet, f"posts/{only.pk}/leave/")
    only.refresh_from_db()
    assert only.ended_at is not None


@pytest.mark.parametrize("path", ["", "panel/", "papers/"])
def test_a_stranger_finds_no_tablet_and_a_seller_may_not(hall: Hall, zhao: User, path: str) -> None:
    seller, client = make_user("01500", "handset_seller", hall), Client()
    for user, status in ((zhao, 404), (seller, 403)):
        client.force_login(user)
        assert client.get(f"/lobby/ZJ01/{path}").status_code == status


def test_a_number_of_another_hall_is_not_found(hall: Hall, tablet: Client) -> None:
    other = make_ticket(make_hall("ZJ03"))
    for path in (f"tickets/{other.pk}/care/", f"tickets/{other.pk}/change/", f"tickets/{other.pk}/swap/"):
        assert post(tablet, path, business="payment", other=other.pk).status_code == 404
    other.refresh_from_db()
    assert (other.cared_at, other.state) == (None, "waiting")
