"""The pages and the API of rosters: who gets in, what a refusal says, what comes out."""

from datetime import date, time, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from rest_framework.authtoken.models import Token

from core import time as clock
from halls.states import RegionLevel
from staff.actions import attendance
from staff.models import Attendance, PrivateRule, Roster, ShiftChange, SolverRun, Turn, WindowNeed
from staff.states import ChangeState, Role, RosterState
from tests.factories import make_hall, make_region, make_user, open_daily
from tests.staff.rosters import make_roster, make_shift, put

pytestmark = pytest.mark.django_db

MONTH, DAY = date(2026, 12, 1), date(2026, 12, 7)
MORNING = "2026-12-07T08:05:00+08:00"


@pytest.fixture(autouse=True)
def morning(time_machine):
    time_machine.move_to(MORNING, tick=False)


@pytest.fixture
def hall():
    hall = make_hall("ZJ06", windows=1, groups=False)
    open_daily(hall, time(8, 30), time(17))
    return hall


@pytest.fixture
def early(hall):
    return make_shift(hall, "early", time(8, 30), time(16, 30), name="早班", mark="早")


@pytest.fixture
def wang(hall):
    return make_user("06001", Role.HALL_MANAGER, hall, name="王经理")


@pytest.fixture
def li(hall):
    return make_user("06002", Role.CLERK, hall, name="小李")


@pytest.fixture
def zhao():
    return make_user("05002", Role.CLERK, make_hall("ZJ05", windows=0, groups=False), name="赵")


def signed_in(client, user):
    client.force_login(user)
    return client


def test_the_grid_is_for_the_hall_and_not_for_strangers(client, hall, li, zhao, early):
    put(make_roster(hall, DAY), li, DAY, early)

    assert signed_in(client, li).get("/rosters/ZJ06/?month=2026-12").status_code == 200
    assert signed_in(client, zhao).get("/rosters/ZJ06/").status_code == 404
    outsider = make_user("90001", Role.INSPECTOR, region=make_region("ZJ", level=RegionLevel.CITY))
    assert signed_in(client, outsider).get("/rosters/ZJ06/").status_code == 403
    assert client.get("/rosters/").status_code == 403


def test_everybody_reads_what_is_published_and_only_managers_the_draft(client, hall, li, wang, early):
    put(make_roster(hall, DAY, state=RosterState.DRAFT), li, DAY, early)

    seen = signed_in(client, li).get("/rosters/ZJ06/?month=2026-12").content.decode()
    assert "12 月还没有班表" in seen
    seen = signed_in(client, wang).get("/rosters/ZJ06/?month=2026-12").content.decode()
    assert "草稿 第 1 版" in seen


def test_a_private_reason_is_seen_by_who_signs_and_by_nobody_else(client, hall, li, wang, early):
    sun = make_user("06004", Role.DUTY_MANAGER, hall)
    PrivateRule.objects.create(user=li, kind="no_late", reason="孕期", valid_from=MONTH, made_by=wang)
    put(make_roster(hall, DAY), li, DAY, early)

    def sees(user):
        return "孕期" in signed_in(client, user).get("/rosters/ZJ06/?month=2026-12").content.decode()

    assert [sees(one) for one in (wang, sun, li)] == [True, False, False]


def test_a_clerk_may_not_change_a_draft_and_a_stranger_finds_none(client, hall, li, wang, zhao, early):
    draft = make_roster(hall, DAY, state=RosterState.DRAFT)
    given = {"person": li.pk, "day": "2026-12-07", "shift": early.pk}

    assert signed_in(client, li).post(f"/rosters/drafts/{draft.pk}/cell/", given).status_code == 403
    assert signed_in(client, zhao).post(f"/rosters/drafts/{draft.pk}/cell/", given).status_code == 404
    assert Turn.objects.count() == 0
    answer = signed_in(client, wang).post(f"/rosters/drafts/{draft.pk}/cell/", given)
    assert (answer.status_code, Turn.objects.get().person) == (200, li)


def test_a_refused_cell_is_a_sentence_and_changes_nothing(client, hall, li, wang, early):
    draft = make_roster(hall, DAY, state=RosterState.DRAFT)
    given = {"person": li.pk, "day": "2026-11-30", "shift": early.pk}

    answer = signed_in(client, wang).post(
        f"/rosters/drafts/{draft.pk}/cell/", given, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "not_this_month")
    answer = client.post(
        f"/rosters/drafts/{draft.pk}/cell/", {**given, "day": "morgen"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_day")
    assert Turn.objects.count() == 0


def test_the_way_from_draft_to_excel(client, hall, li, wang, early):
    signed_in(client, wang).post("/rosters/ZJ06/draft/", {"month": "2027-01"})
    draft = Roster.objects.get()
    given = {"person": li.pk, "day": "2027-01-04", "shift": early.pk}
    client.post(f"/rosters/drafts/{draft.pk}/cell/", given)
    to = {"person": li.pk, "day": "2027-01-04", "to_person": wang.pk, "to_day": "2027-01-05"}
    assert client.post(f"/rosters/drafts/{draft.pk}/move/", to).status_code == 200
    client.post(f"/rosters/drafts/{draft.pk}/publish/", {"reason": "只排一天"})

    draft.refresh_from_db()
    assert (draft.state, draft.turns.get().person) == (RosterState.PUBLISHED, wang)
    sheet = load_workbook(BytesIO(client.get("/rosters/ZJ06/export/?month=2027-01").content)).active
    assert sheet["A1"].value == "ZJ06 营业厅 2027 年 1 月班表 第 1 版"
    assert [cell.value for cell in sheet[4]][:9] == ["06001", "王经理", "店长", None, None, None, None, "早", None]
    assert client.get("/rosters/ZJ06/export/?month=2027-02").status_code == 404


def test_a_run_is_started_followed_and_stopped(client, hall, li, wang, early, monkeypatch):
    draft = make_roster(hall, DAY, state=RosterState.DRAFT)
    monkeypatch.setattr("staff.views.rosters.solve_roster.delay_on_commit", lambda pk: None)

    signed_in(client, wang).post(f"/rosters/drafts/{draft.pk}/solve/")
    run = SolverRun.objects.get()
    answer = client.get(f"/rosters/runs/{run.pk}/")
    assert (answer.status_code, "X-Run" in answer.headers) == (200, False)
    client.post(f"/rosters/runs/{run.pk}/stop/")
    assert client.get(f"/rosters/runs/{run.pk}/")["X-Run"] == "ended"
    assert signed_in(client, li).get(f"/rosters/runs/{run.pk}/").status_code == 403


def test_the_day_shows_half_hours_and_takes_needs_by_hand(client, hall, li, wang, early):
    put(make_roster(hall, DAY), li, DAY, early)
    signed_in(client, wang)

    assert client.get("/rosters/ZJ06/2026-12-07/day/").status_code == 200
    assert client.get("/rosters/ZJ06/soon/day/").status_code == 404
    client.post("/rosters/ZJ06/2026-12-07/needs/", {"slot-20": "3", "slot-21": ""})
    assert list(WindowNeed.objects.values_list("slot", "windows")) == [(20, 3)]
    client.post("/rosters/ZJ06/2026-12-07/needs/", {"slot-20": "-1"})
    assert list(WindowNeed.objects.values_list("slot", "windows")) == [(20, 3)]


def test_an_absence_is_proposed_and_then_put_in_force(client, hall, li, wang, early, time_machine):
    time_machine.move_to("2026-12-07T06:30:00+08:00", tick=False)
    other = make_user("06003", Role.CLERK, hall, name="小周")
    put(make_roster(hall, DAY), li, DAY, early)

    seen = signed_in(client, wang).post("/rosters/ZJ06/2026-12-07/cover/", {"absent": li.pk}).content.decode()
    assert f'value="{other.pk}:{early.pk}"' in seen
    given = {"absent": li.pk, "move": f"{other.pk}:{early.pk}", "reason": "发烧", "confirm": "1"}
    client.post("/rosters/ZJ06/2026-12-07/cover/", given)

    published = Roster.objects.get(state=RosterState.PUBLISHED)
    assert (published.version, published.turns.get().person) == (2, other)


def test_my_shifts_checks_in_and_out(client, hall, li, early):
    put(make_roster(hall, DAY), li, DAY, early)

    assert "早班" in signed_in(client, li).get("/my-shifts/").content.decode()
    client.post("/my-shifts/check/")
    client.post("/my-shifts/check/", {"out": "1"})

    row = Attendance.objects.get()
    assert (row.is_punctual, row.checked_out_at) == (True, clock.now())


def test_the_calendar_feed_is_open_to_who_knows_the_address_only(client, hall, li, early):
    roster = make_roster(hall, DAY)
    put(roster, li, DAY, early)
    feed = attendance.renew_feed(li, now=clock.now())

    answer = client.get(f"/my-shifts/feed/{feed.token}.ics")

    text = answer.content.decode()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DTSTART:20261207T003000Z\r\nDTEND:20261207T083000Z\r\nSUMMARY:早班 窗口\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    attendance.renew_feed(li, now=clock.now())
    assert client.get(f"/my-shifts/feed/{feed.token}.ics").status_code == 404
    fresh = attendance.renew_feed(li, now=clock.now())
    li.is_active = False
    li.save()
    assert client.get(f"/my-shifts/feed/{fresh.token}.ics").status_code == 404


def test_a_change_goes_its_way_over_pages(client, hall, li, wang, early):
    other = make_user("06003", Role.CLERK, hall, name="小周")
    put(make_roster(hall, DAY), li, DAY + timedelta(days=2), early)
    given = {"form": "change", "change-day": "2026-12-09", "change-colleague": other.pk, "change-reason": "有事"}
    signed_in(client, li).post("/shift-changes/", given)
    change = ShiftChange.objects.get()

    assert signed_in(client, other).post(f"/shift-changes/{change.pk}/", {"act": "sign"}).status_code == 403
    client.post(f"/shift-changes/{change.pk}/", {"act": "accept"})
    signed_in(client, wang).post(f"/shift-changes/{change.pk}/", {"act": "sign"})

    change.refresh_from_db()
    assert change.state == ChangeState.SIGNED


def test_a_refused_leave_keeps_what_was_typed(client, hall, li, early):
    put(make_roster(hall, DAY), li, DAY + timedelta(days=2), early)
    given = {
        "form": "leave",
        "leave-kind": "annual",
        "leave-first_day": "2026-12-09",
        "leave-last_day": "2026-12-09",
        "leave-reason": "探亲",
    }

    seen = signed_in(client, li).post("/shift-changes/", given).content.decode()

    assert "12 月 9 日已排早班。请先换班或请同事代班,再申请请假。" in seen
    assert 'value="探亲"' in seen


def test_attendance_is_listed_filtered_and_exported(client, hall, li, wang, early, time_machine):
    put(make_roster(hall, DAY), li, DAY, early)
    time_machine.move_to("2026-12-07T08:16:00+08:00", tick=False)
    row = attendance.check_in(li, now=clock.now())

    assert signed_in(client, li).get("/attendance/").status_code == 403
    seen = signed_in(client, wang).get("/attendance/?only=late").content.decode()
    assert "未按时到岗" in seen
    text = b"".join(client.get("/attendance/export/?only=late").streaming_content).decode()
    assert text.splitlines()[1] == "2026-12-07,ZJ06 营业厅,06002,小李,窗口,早班 08:30–16:30,08:16,,未按时到岗,"
    assert client.get("/attendance/?last=0001-01-03").status_code == 200
    client.post(f"/attendance/{row.pk}/note/", {"note": "堵车"})
    row.refresh_from_db()
    assert (row.note, row.noted_by) == ("堵车", wang)


def test_only_who_signs_notes_what_binds_a_person(client, hall, li, wang, zhao):
    sun = make_user("06004", Role.DUTY_MANAGER, hall)
    assert signed_in(client, sun).get("/rosters/ZJ06/people/").status_code == 403

    def act(**given):
        return signed_in(client, wang).post("/rosters/ZJ06/people/act/", given)

    act(act="rule", person=li.pk, kind="no_late", reason="孕期")
    act(act="rule", person=li.pk, kind="no_late", reason="再来一次")
    act(act="rule", person=zhao.pk, kind="no_late", reason="别厅的人")
    act(act="hours", person=li.pk, hours="20")
    act(act="hours", person=li.pk, hours="45")
    act(act="time", person=li.pk, weekday="0", begins="08:00", ends="12:00")
    act(act="time", person=li.pk, weekday="0", begins="12:00", ends="08:00")
    act(act="able", person=li.pk)

    assert [(rule.user, rule.reason) for rule in PrivateRule.objects.all()] == [(li, "孕期")]
    assert list(li.work_terms.values_list("weekly_hours", flat=True)) == [20]
    assert list(li.unavailabilities.values_list("weekday", "begins")) == [(0, time(8))]
    assert list(li.post_skills.values_list("post", flat=True)) == ["zone"]
    assert "孕期" in client.get("/rosters/ZJ06/people/").content.decode()
    act(act="end-rule", row=PrivateRule.objects.get().pk)
    assert PrivateRule.objects.count() == 0


# The API


def token(user):
    return {"headers": {"Authorization": f"Token {Token.objects.get_or_create(user=user)[0].key}"}}


def test_the_api_makes_checks_and_publishes_a_month(client, hall, li, wang, early, monkeypatch):
    monkeypatch.setattr("staff.api.rosters.solve_roster.delay_on_commit", lambda pk: None)
    made = client.post("/api/v1/halls/ZJ06/rosters/2027-01/draft/", **token(wang))
    assert made.status_code == 201
    pk = made.json()["id"]
    cell = {"staff_no": "06002", "day": "2027-01-04", "shift": "early"}
    put_in = client.post(f"/api/v1/rosters/{pk}/cells/", cell, content_type="application/json", **token(wang))
    assert (put_in.status_code, put_in.json()) == (200, [])

    told = client.get(f"/api/v1/rosters/{pk}/checks/", **token(wang)).json()
    assert (told["needed"], told["needed"] - told["uncovered"]) == (31 * 16, 16)
    ran = client.post(f"/api/v1/rosters/{pk}/runs/", {"seconds": 5}, content_type="application/json", **token(wang))
    assert (ran.status_code, ran.json()["state"]) == (201, "queued")
    stopped = client.post(f"/api/v1/rosters/runs/{ran.json()['id']}/stop/", **token(wang))
    assert stopped.json()["state"] == "cancelled"
    no = client.post(f"/api/v1/rosters/{pk}/publish/", {}, content_type="application/json", **token(wang))
    assert (no.status_code, no.json()["code"]) == (409, "needs_reason")
    given = {"reason": "只排一天"}
    yes = client.post(f"/api/v1/rosters/{pk}/publish/", given, content_type="application/json", **token(wang))
    assert (yes.status_code, yes.json()["state"]) == (200, "published")
    seen = client.get("/api/v1/halls/ZJ06/rosters/2027-01/", **token(li)).json()
    assert [(turn["staff_no"], turn["day"], turn["shift"]) for turn in seen["turns"]] == [
        ("06002", "2027-01-04", "early")
    ]
    assert [turn["day"] for turn in client.get("/api/v1/rosters/mine/", **token(li)).json()] == ["2027-01-04"]


def test_the_api_keeps_strangers_out_and_answers_nonsense(client, hall, li, wang, zhao, early):
    draft = make_roster(hall, DAY, state=RosterState.DRAFT)

    assert client.get("/api/v1/halls/ZJ06/rosters/2026-12/", **token(zhao)).status_code == 404
    assert client.get("/api/v1/halls/ZJ06/rosters/2026-13/", **token(wang)).status_code == 404
    assert client.get("/api/v1/halls/ZJ06/rosters/9999-12/", **token(wang)).status_code == 404
    assert client.get(f"/api/v1/rosters/{draft.pk}/checks/", **token(li)).status_code == 403
    assert client.get("/api/v1/rosters/0/checks/", **token(wang)).status_code == 404
    cell = {"staff_no": "nobody", "day": "2026-12-07", "shift": "early"}
    answer = client.post(f"/api/v1/rosters/{draft.pk}/cells/", cell, content_type="application/json", **token(wang))
    assert answer.status_code == 400


def test_the_api_swaps_and_checks_in(client, hall, li, wang, early):
    other = make_user("06003", Role.CLERK, hall, name="小周")
    roster = make_roster(hall, DAY)
    put(roster, li, DAY, early)
    put(roster, li, DAY + timedelta(days=2), early)
    asked = {"day": "2026-12-09", "colleague": "06003", "reason": "有事"}

    made = client.post("/api/v1/rosters/changes/", asked, content_type="application/json", **token(li)).json()
    for user, act in ((other, "accept"), (wang, "sign")):
        address = f"/api/v1/rosters/changes/{made['id']}/"
        made = client.post(address, {"act": act}, content_type="application/json", **token(user)).json()
    assert (made["kind"], made["state"]) == ("cover", "signed")
    came = client.post("/api/v1/rosters/check-in/", **token(li)).json()
    assert came["is_punctual"] is True
    left = client.post("/api/v1/rosters/check-out/", **token(li)).json()
    assert left["checked_out_at"] == "2026-12-07T08:05:00+08:00"
    assert client.post("/api/v1/rosters/check-in/", **token(li)).status_code == 409
