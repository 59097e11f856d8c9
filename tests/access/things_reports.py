"""What stands in the addresses of weekly reports, support requests, tasks and circulars."""

from typing import Any

from core.time import now
from halls.models import Hall
from overview.actions import circulars, tasks, weekly
from overview.actions.circular_photos import FOLDER
from overview.models import Circular, CircularVersion, HallTask, SupportRequest, WeeklyReport
from overview.queries.circular_month import content
from overview.rules.months import month_before
from overview.rules.weekly import monday_of
from overview.views.tasks import PHOTOS
from staff.models import User
from tests.access.things import days, thing
from tests.access.things_inspections import kept_picture
from tests.factories import make_user


def _report(hall: Hall) -> WeeklyReport:
    monday = monday_of(days(0))
    known = WeeklyReport.objects.filter(hall=hall, monday=monday).first()
    return known or weekly.begin(hall, monday, actor=None, now=now()).report


@thing("weekly-report")
def _weekly_report(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _report(hall).pk, "number": 1}


@thing("support-request")
def _support_request(hall: Hall, person: User) -> dict[str, Any]:
    said = {"section": "floor_problems", "text": "更换门贴", "raised_by": make_user(role=None), "raised_at": now()}
    row = SupportRequest.objects.create(hall=hall, report=_report(hall), key="k1", due_on=days(7), **said)
    return {"pk": row.pk}


def _hall_task(hall: Hall) -> HallTask:
    order = tasks.Order("更换门贴", "按新式样更换", days(7))
    task = tasks.give(order, [hall], actor=make_user(role=None), now=now())
    HallTask.objects.filter(task=task).update(photo=kept_picture(PHOTOS))
    return task.halls.get()


@thing("hall-task")
def _hall_task_parts(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _hall_task(hall).pk}


@thing("task")
def _task_parts(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _hall_task(hall).task_id}


def _circular(hall: Hall) -> Circular:
    """Of the hall's region: one version issued with a photo, and a correction begun."""
    month = month_before(days(0))
    if known := Circular.objects.filter(region=hall.region, month=month).first():
        return known
    author = make_user(role=None)
    version = circulars.begin(hall.region, month, actor=author, now=now())
    photos = [{"photo": "", "caption": "海报过期", "file": kept_picture(FOLDER)}]
    said = content(hall.region, month, now())
    frozen = {"photos": photos, "content": said, "issued_at": now(), "issued_by": author, "state": "signed"}
    CircularVersion.objects.filter(pk=version.pk).update(**frozen)
    circulars.correct(version.circular, "数字更正", actor=author, now=now())
    return version.circular


@thing("circular")
def _circular_parts(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _circular(hall).pk, "number": 1}


@thing("circular-draft")
def _circular_draft(hall: Hall, person: User) -> dict[str, Any]:
    return {"pk": _circular(hall).pk, "number": 2}
