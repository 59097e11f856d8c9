"""待我审批: what waits between halls and those above them, told to who decides and decided from the list."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import Refused
from core.time import business_day, day_bounds, now
from halls.models import Fault
from overview.actions import tasks
from overview.actions.approvals import Answer, decide
from overview.models import HallTask, SupportRequest
from overview.queries.asks import asks_for, count_for
from overview.rules.approvals import Ask
from staff.models import AuditItem, User
from staff.states import Role
from tests.access.things import MAKERS
from tests.factories import make_hall, make_region, make_user


@pytest.fixture
def place(db: Any) -> Any:
    hall = make_hall("ZJ01", region=make_region("JK"))
    return SimpleNamespace(
        hall=hall,
        manager=make_user("01001", Role.HALL_MANAGER, hall, name="王经理"),
        clerk=make_user("01002", Role.CLERK, hall, name="小李"),
        district=make_user("90001", Role.DISTRICT, region=hall.region),
        city=make_user("91001", Role.OPERATIONS, region=hall.region),
        elsewhere=make_user("02001", Role.HALL_MANAGER, make_hall("ZJ02"), name="赵经理"),
    )


def of(user: User, kind: str) -> list[Ask]:
    person = User.objects.get(pk=user.pk)
    asks = asks_for(person, now())
    assert count_for(person) == len(asks)
    return [one for one in asks if one.kind == kind]


def task_done(place: Any) -> HallTask:
    order = tasks.Order("更换门贴", "按新式样更换", business_day(now()) + timedelta(days=5))
    row = tasks.give(order, [place.hall], actor=place.district, now=now()).halls.get()
    return tasks.finish(row, "已全部更换", actor=place.manager, now=now())


def support(place: Any, **more: Any) -> SupportRequest:
    pk = MAKERS["support-request"](place.hall, place.manager)["pk"]
    SupportRequest.objects.filter(pk=pk).update(**more)
    return SupportRequest.objects.get(pk=pk)


def promised(place: Any, days: int) -> SupportRequest:
    day = business_day(now()) + timedelta(days=days)
    facts = {"owner": place.city, "answered_by": place.city, "answered_at": now(), "promised_on": day}
    return support(place, state="answered", answer="已下单", **facts)


def mended(place: Any) -> Fault:
    pk = MAKERS["fault"](place.hall, place.manager)["pk"]
    Fault.objects.filter(pk=pk).update(state="to_accept", reported_at=now(), plan="换识币器")
    return Fault.objects.get(pk=pk)


def by(user: User, *, agree: bool = True, words: str = "") -> Answer:
    return Answer(agree, words, user, now())


def test_a_task_reported_done_waits_for_the_district(place: Any) -> None:
    row = task_done(place)
    due = row.task.due_on

    [ask] = of(place.district, "task")

    assert (ask.pk, ask.title, ask.who) == (row.pk, "任务待确认:更换门贴", "王经理")
    assert ask.facts == ("完成情况:已全部更换", f"期限 {due.month} 月 {due.day} 日")
    assert of(place.manager, "task") == of(place.elsewhere, "task") == []
    with pytest.raises(PermissionDenied):
        decide("task", row.pk, by(place.manager))
    with pytest.raises(LookupError):
        decide("task", row.pk, by(place.elsewhere))
    assert decide("task", row.pk, by(place.district)) == "已确认完成:任务确认。"
    assert HallTask.objects.get(pk=row.pk).state == "accepted"
    assert of(place.district, "task") == []


def test_a_task_goes_back_with_the_reason_only(place: Any) -> None:
    row = task_done(place)
    with pytest.raises(Refused) as no:
        decide("task", row.pk, by(place.district, agree=False))
    assert (no.value.code, HallTask.objects.get(pk=row.pk).state) == ("needs_reason", "done")
    decide("task", row.pk, by(place.district, agree=False, words="照片看不清"))
    row.refresh_from_db()
    assert (row.state, row.returned_why) == ("returned", "照片看不清")


def test_r_h_12_support_waits_for_the_city_until_an_owner_is_named(place: Any) -> None:
    other = make_user("91002", Role.OPERATIONS, region=place.hall.region)
    row = support(place)
    assert [one.pk for one in of(place.city, "support")] == [one.pk for one in of(other, "support")] == [row.pk]
    assert of(place.manager, "support") == []

    SupportRequest.objects.filter(pk=row.pk).update(owner=other)

    [ask] = of(other, "support")
    assert (ask.due, ask.facts) == (day_bounds(row.due_on)[1], ("由您负责",))
    assert of(place.city, "support") == []
    with pytest.raises(Refused) as no:
        decide("support", row.pk, by(other))
    assert no.value.code == "elsewhere"


def test_r_h_12_the_hall_is_asked_from_the_promised_day_on(place: Any) -> None:
    row = promised(place, 1)
    assert of(place.manager, "solved") == []
    SupportRequest.objects.filter(pk=row.pk).update(promised_on=business_day(now()))

    assert [one.pk for one in of(place.manager, "solved")] == [row.pk]
    assert of(place.elsewhere, "solved") == []
    decide("solved", row.pk, by(place.manager))

    assert SupportRequest.objects.get(pk=row.pk).state == "done"
    with pytest.raises(Refused) as no:
        decide("solved", row.pk, by(place.manager))
    assert no.value.code == "bad_move"


@pytest.mark.parametrize(("agree", "state"), [(True, "fixed"), (False, "repairing")])
def test_r_h_4_a_repair_is_accepted_or_not_from_the_list(place: Any, agree: bool, state: str) -> None:
    row = mended(place)
    [ask] = of(place.manager, "fault")
    assert (ask.pk, ask.due) == (row.pk, row.fix_due)
    assert of(place.clerk, "fault") == of(place.elsewhere, "fault") == []

    decide("fault", row.pk, by(place.manager, agree=agree, words="" if agree else "仍然吞币"))

    row.refresh_from_db()
    assert (row.state, row.events.last().note) == (state, "" if agree else "仍然吞币")
    assert of(place.manager, "fault") == []


def test_business_of_the_day_before_is_one_line_a_hall_and_never_ones_own(place: Any) -> None:
    day = business_day(now()) - timedelta(days=1)
    at = {"hall": place.hall, "day": day, "about": "过户", "ground": "sample", "handled_at": now()}
    AuditItem.objects.create(source="t:1", label="A001", person=place.manager, **at)
    assert of(place.manager, "audit") == []
    for number in (2, 3):
        AuditItem.objects.create(source=f"t:{number}", label=f"A00{number}", person=place.clerk, **at)

    [ask] = of(place.manager, "audit")

    assert ask.facts == ("最早一笔:过户,小李办理",)
    assert ask.url == "/staff/audits/?hall=ZJ01&state=open"
    assert ask.due == day_bounds(day)[1] + timedelta(days=1)
    assert of(place.clerk, "audit") == []


def test_three_of_each_ask_the_database_no_more_than_one(place: Any) -> None:
    def questions(user: User) -> int:
        person = User.objects.get(pk=user.pk)
        with CaptureQueriesContext(connection) as asked:
            asks_for(person, now())
        return len(asked)

    task_done(place)
    support(place)
    first = questions(place.city)
    task_done(place)
    task_done(place)
    assert questions(place.city) == first


def test_the_page_draws_each_with_its_buttons_and_acts(place: Any, client: Any) -> None:
    row = task_done(place)
    client.force_login(place.district)
    page = client.get("/approvals/").content.decode()
    assert "确认完成" in page
    assert f"/overview/tasks/mine/{row.pk}/" in page
    done = client.post(f"/approvals/task/{row.pk}/", {"agree": "yes"}, follow=True)
    assert "已确认完成:任务确认。" in done.content.decode()
    client.force_login(place.city)
    request = support(place)
    assert f'href="/overview/support/{request.pk}/"' in client.get("/approvals/").content.decode()
