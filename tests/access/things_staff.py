"""What stands in the addresses of rosters, of papers and judgements about people, and of the life of a hall."""

from datetime import timedelta
from typing import Any

from core.time import now
from halls.models import Hall
from staff.models import User
from tests.access.things import colleague, days, thing
from tests.factories import make_user

# ---- rosters ---------------------------------------------------------------------------------------------------


def _roster_of(hall: Hall, state: str) -> Any:
    from staff.models import Roster

    month = days(0).replace(day=1)
    known = Roster.objects.filter(hall=hall, month=month, state=state).first()
    return known or Roster.objects.create(
        hall=hall, month=month, version=1 if state == "published" else 2, state=state, made_at=now()
    )


@thing("roster")
def _roster(hall: Hall, person: User) -> dict[str, Any]:
    month = _roster_of(hall, "published").month
    return {"code": hall.code, "text": f"{month:%Y-%m}"}


@thing("roster-day")
def _roster_day(hall: Hall, person: User) -> dict[str, Any]:
    return {"code": hall.code, "text": days(0).isoformat()}


@thing("roster-draft")
def _roster_draft(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _roster_of(hall, "draft").pk}


@thing("solver-run")
def _solver_run(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import SolverRun

    row = SolverRun.objects.create(
        roster=_roster_of(hall, "draft"), state="done", seconds=1, asked_by=person, asked_at=now()
    )
    return {"pk": row.pk}


@thing("shift-type")
def _shift_type(hall: Hall, person: User) -> dict[str, Any]:
    from datetime import time

    from tests.staff.rosters import make_shift

    code = f"s{hall.shift_types.count() + 1}"
    return {"code": hall.code, "pk": make_shift(hall, code, time(9), time(17)).pk}


@thing("count-item")
def _count_item(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import CountItem
    from tests.staff.money import make_count_item

    code = f"keys-{CountItem.objects.count() + 1}"
    return {"code": hall.code, "pk": make_count_item(code, scope=hall.code, valid_from=days(3)).pk}


@thing("shift-change")
def _shift_change(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import ShiftChange

    asker, colleague = make_user(None, "clerk", hall), make_user(None, "clerk", hall)
    row = ShiftChange.objects.create(
        hall=hall, kind="cover", asker=asker, colleague=colleague, day=days(3), reason="有事", asked_at=now()
    )
    return {"pk": row.pk}


@thing("bulk-change")
def _bulk_change(hall: Hall, person: User) -> dict[str, Any]:
    from overview.models import BulkChange

    facts = {"kind": "material", "title": "海报", "valid_from": days(0), "note": "", "made_at": now()}
    row = BulkChange.objects.create(made_by=make_user(hall=hall), **facts)
    row.lines.create(hall=hall)
    return {"pk": row.pk}


@thing("change-asked-of-me")
def _change_asked_of_me(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import ShiftChange

    facts = {"asker": make_user(None, "clerk", hall), "colleague": person, "day": days(3), "asked_at": now()}
    return {"pk": ShiftChange.objects.create(hall=hall, kind="cover", reason="有事", **facts).pk}


@thing("leave")
def _leave(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Leave

    row = Leave.objects.create(
        user=make_user(None, "clerk", hall), hall=hall, kind="annual", first_day=days(9), last_day=days(9),
        asked_at=now(),
    )  # fmt: skip
    return {"pk": row.pk}


@thing("attendance")
def _attendance(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Attendance

    row = Attendance.objects.create(
        hall=hall, person=make_user(None, "clerk", hall), day=days(0), post="window", begins_at=now(),
        ends_at=now() + timedelta(hours=8), early_minutes=15, checked_in_at=now(),
    )  # fmt: skip
    return {"pk": row.pk}


@thing("calendar-feed")
def _calendar_feed(hall: Hall, person: User) -> dict[str, Any]:
    from staff.actions.attendance import renew_feed

    return {"token": renew_feed(make_user(None, "clerk", hall), now=now()).token}


# ---- what people read, what is said of their work ---------------------------------------------------------------


def _issued(hall: Hall, **audience: Any) -> dict[str, Any]:
    from staff.models import Bulletin

    row = Bulletin.objects.create(
        title="补卡新规",
        body="双人核验。",
        valid_from=days(0),
        state="issued",
        issued_at=now(),
        author=make_user(role=None),
    )
    row.halls.add(hall)
    row.regions.add(*audience.get("regions", ()))
    return {"pk": row.pk}


@thing("bulletin")
def _bulletin(hall: Hall, person: User) -> dict[str, Any]:
    """For everybody of a hall and of its city."""
    return _issued(hall, regions=[hall.region.parent])


@thing("hall-bulletin")
def _hall_bulletin(hall: Hall, person: User) -> dict[str, Any]:
    return _issued(hall)


@thing("article")
def _article(hall: Hall, person: User) -> dict[str, Any]:
    """Knowledge belongs to no hall: at the other one stands an article that is not there."""
    from staff.models import Article

    return {"pk": Article.objects.create(title="补卡换卡").pk if hall.code == "ZJ01" else 0}


@thing("audit-item")
def _audit_item(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import AuditItem

    facts = {"label": "A001", "about": "过户", "person": make_user(hall=hall), "handled_at": now(), "ground": "sample"}
    return {"pk": AuditItem.objects.create(hall=hall, day=days(-1), source="t:1", **facts).pk}


@thing("month-sheet")
def _month_sheet(hall: Hall, person: User) -> dict[str, Any]:
    return _own_month_sheet(hall, make_user(hall=hall))


@thing("own-month-sheet")
def _own_month_sheet(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import MonthSheet

    month = days(0).replace(day=1)
    return {"pk": MonthSheet.objects.create(person=person, hall=hall, month=month, counted_at=now()).pk}


@thing("award")
def _award(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Award

    somebody, month = make_user(hall=hall), days(0).replace(day=1)
    facts = {"kind": "service", "person": somebody, "reason": "评价最高", "decided_by": somebody, "decided_at": now()}
    return {"pk": Award.objects.create(hall=hall, month=month, **facts).pk}


@thing("competition")
def _competition(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Competition

    facts = {"title": "点钞赛", "subject": "单指单张", "held_on": days(0), "made_by": make_user(hall=hall)}
    return {"pk": Competition.objects.create(hall=hall, **facts).pk}


@thing("suggestion")
def _suggestion(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Suggestion

    facts = {"topic": "process", "title": "预印姓名", "text": "省时间", "made_at": now()}
    return {"pk": Suggestion.objects.create(hall=hall, author=make_user(hall=hall), **facts).pk}


# ---- the life of a hall ----------------------------------------------------------------------------------------


@thing("duty")
def _duty(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Duty

    a, b = colleague(hall), colleague(hall)
    return {"code": hall.code, "pk": Duty.objects.create(hall=hall, name="绿植", a=a, b=b).pk}


@thing("recurring-task")
def _task(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import RecurringTask

    row = RecurringTask.objects.create(hall=hall, name="清理", cycle="days", weekdays=[0])
    return {"code": hall.code, "pk": row.pk}


@thing("meeting")
def _meeting(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Meeting

    when = {"day": days(0), "begins": "08:10", "minutes": 10, "recorded_at": now()}
    row = Meeting.objects.create(hall=hall, kind="morning", topics="新业务", host=person, recorded_by=person, **when)
    return {"pk": row.pk}


def _course_at(hall: Hall) -> Any:
    from staff.models import Course

    when = {"day": days(1), "begins": "14:00", "minutes": 60, "made_at": now()}
    facts = {"kind": "chosen", "title": "沟通", "trainer": "讲师", "seats": 30}
    return Course.objects.create(hall=hall, made_by=colleague(hall), **when, **facts)


@thing("course")
def _course(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _course_at(hall).pk}


@thing("course-of-mine")
def _course_of_mine(hall: Hall, person: User) -> dict[str, Any]:
    row = _course_at(hall)
    row.seats_taken.create(person=person, taken_at=now())
    return {"pk": row.pk}


def _note_on(hall: Hall, person: User, **facts: Any) -> int:
    from staff.models import ConductNote

    seen = {"matter": "phone", "what": "看手机", "happened_at": now(), "noted_at": now()}
    return ConductNote.objects.create(hall=hall, person=person, noted_by=colleague(hall), **seen, **facts).pk


@thing("conduct-note")
def _conduct_note(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _note_on(hall, colleague(hall))}


@thing("conduct-note-on-me")
def _note_on_me(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _note_on(hall, person)}


@thing("objected-note")
def _objected_note(hall: Hall, person: User) -> dict[str, Any]:
    decided = {"decided_by": make_user(role=None), "decided_at": now(), "state": "objected"}
    return {"pk": _note_on(hall, colleague(hall), **decided)}


@thing("grant")
def _grant(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import Grant

    span = {"valid_from": days(0), "valid_to": days(7), "reason": "试点"}
    return {"pk": Grant.objects.create(user=colleague(hall), hall=hall, verb="customer.reveal", **span).pk}


@thing("first-day-step")
def _first_day_step(hall: Hall, person: User) -> dict[str, Any]:
    from staff.models import FirstDayStep

    return {"pk": FirstDayStep.objects.get_or_create(title="看班表")[0].pk}
