"""流动营业厅: planned with people who are free and told, held with results, or cancelled."""

from datetime import timedelta

import pytest

from core import time
from core.errors import Refused
from halls.models import Outing
from messaging.models import Notice
from staff.actions import outings as acts
from staff.actions.outings import Result
from staff.queries import outings as reads
from staff.rules.performance import month_of
from staff.states import Role
from tests.factories import make_hall, make_user

pytestmark = pytest.mark.django_db
NOW = time.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def hall():
    return make_hall("ZJ01", windows=1)


@pytest.fixture
def wang(hall):
    return make_user("01001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def li(hall):
    return make_user("01002", Role.CLERK, hall, name="小李")


def draft(hall, begins=24, hours=3):
    start = NOW + begins * HOUR
    return Outing(
        hall=hall, kind="stall", title="社区摆摊", place="花山湾", begins_at=start, ends_at=start + hours * HOUR
    )


def refused(act, *given, **named) -> str:
    with pytest.raises(Refused) as no:
        act(*given, **named)
    return no.value.code


def test_an_outing_needs_people_who_are_free_and_tells_them(hall, wang, li):
    plan = {"by": wang, "now": NOW}
    assert refused(acts.plan_outing, draft(hall), [], **plan) == "nobody"
    assert refused(acts.plan_outing, draft(hall, begins=-1), [li], **plan) == "in_the_past"
    assert refused(acts.plan_outing, draft(hall, hours=0), [li], **plan) == "wrong_times"
    row = acts.plan_outing(draft(hall), [li], **plan)
    assert refused(acts.plan_outing, draft(hall, begins=26), [li, wang], **plan) == "busy"
    assert Outing.objects.count() == 1

    acts.plan_outing(draft(hall, begins=27), [li], **plan)  # begins when the other ends
    assert [one.user.name for one in Notice.objects.filter(key=f"outing:{row.pk}:planned")] == ["小李"]
    assert reads.away_on([hall.pk], time.business_day(row.begins_at)) == {hall.pk: {li.pk}}


def test_what_came_of_it_is_kept_once(hall, wang, li):
    row = acts.plan_outing(draft(hall), [li], by=wang, now=NOW)
    later = {"by": wang, "now": NOW + 28 * HOUR}
    good = Result(60, 12, 8, "人多,宽带咨询最多")
    assert refused(acts.close_outing, row, good, by=wang, now=NOW) == "too_early"
    assert refused(acts.close_outing, row, Result(5, 6, 0, "好"), **later) == "bad_count"
    assert refused(acts.close_outing, row, Result(6, 5, 0, " "), **later) == "no_text"
    done = acts.close_outing(row, good, **later)
    assert (done.state, done.reached, done.handled, done.leads) == ("done", 60, 12, 8)
    assert refused(acts.close_outing, row, good, **later) == "bad_move"
    assert refused(acts.cancel_outing, row, "下雨", **later) == "bad_move"
    rows = reads.of_month([hall], month_of(time.business_day(row.begins_at)))
    assert reads.sums(rows) == reads.MonthSum(1, 60, 12, 8)


def test_a_cancelled_outing_frees_and_tells_its_people(hall, wang, li):
    row = acts.plan_outing(draft(hall), [li], by=wang, now=NOW)
    assert refused(acts.cancel_outing, row, "", by=wang, now=NOW) == "no_reason"
    acts.cancel_outing(row, "下雨", by=wang, now=NOW)
    assert Notice.objects.filter(user=li, key=f"outing:{row.pk}:cancelled").count() == 1
    acts.plan_outing(draft(hall), [li], by=wang, now=NOW)


def test_the_pages_plan_show_close_and_export(hall, wang, li, client):
    client.force_login(wang)
    begins = time.local(NOW + 24 * HOUR)
    body = {"hall": "ZJ01", "kind": "stall", "title": "校园迎新", "place": "江大", "people": [li.pk]}
    body |= {"begins_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{begins + 2 * HOUR:%Y-%m-%dT%H:%M}"}
    kept = client.post("/outings/plan/", {**body, "place": ""})
    assert kept.status_code == 422 and "校园迎新" in kept.content.decode()
    assert client.post("/outings/plan/", body).status_code == 302
    row = Outing.objects.get()
    assert "小李" in client.get(f"/outings/{row.pk}/").content.decode()
    assert "校园迎新" in client.get(f"/outings/?month={begins:%Y-%m}").content.decode()
    assert client.get("/outings/?month=x&hall=y").status_code == 200
    assert client.get("/outings/export/").status_code == 200
    assert client.post(f"/outings/{row.pk}/close/", {"reached": "x"}).status_code == 422
    client.force_login(li)
    assert client.post("/outings/plan/", body).status_code == 403
    assert client.post(f"/outings/{row.pk}/cancel/", {"why": "x"}).status_code == 403
