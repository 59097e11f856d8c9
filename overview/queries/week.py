"""The figures of a hall's week or month as one document: shown, proposed from, and frozen when it is signed."""

from datetime import date, datetime, timedelta
from typing import Any

from core import time
from halls.models import Hall
from halls.queries import materials
from inspections.models import CorrectiveAction
from inspections.states import ActionState
from overview.models import HallTask, SupportRequest
from overview.queries import week_floor, week_queue
from overview.rules.weekly import day_label
from overview.states import OPEN_TASKS, SupportState
from queueing.models import HalfHourForecast
from staff.models import Certificate, Course
from staff.queries.people import in_force
from staff.states import CertificateKind

Figures = dict[str, Any]


def figures(hall: Hall, first: date, last: date, now: datetime) -> Figures:
    """Plain values only, fit to be kept. `until`: the last day that is in it; `is_whole`: nothing more will come."""
    span = last - first + timedelta(days=1)
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "until": min(last, time.business_day(now)).isoformat(),
        "is_whole": time.business_day(now) > last,
        "counted_at": now.isoformat(),
        "queue": week_queue.queue(hall, first, last, now),
        "before": week_queue.queue(hall, first - span, first - timedelta(days=1), now),
        "days": week_queue.days(hall, first, last, now),
        "complaints": week_queue.complaints(hall, first, last, now),
        "floor": week_floor.floor(hall, first, last, now),
        "faults": week_floor.faults(hall, first, last, now),
        "inspection": week_floor.inspection(hall, first, last, now),
        "training": week_floor.training(hall, first, last),
        "staff": week_floor.staff(hall, first, last, now),
        "support": support(hall, first),
        "ahead": ahead(hall, last + timedelta(days=1), last + span, now),
    }


def support(hall: Hall, first: date) -> dict[str, Any]:
    """What earlier reports asked for and was not solved before this week, so that it is told again until it is."""
    begins = time.day_bounds(first)[0]
    rows = SupportRequest.objects.filter(hall=hall, report__monday__lt=first).select_related("owner")
    mine = [one for one in rows if one.closed_at is None or one.closed_at >= begins]
    return {
        "asked": len(mine),
        "answered": sum(one.state != SupportState.OPEN for one in mine),
        "rows": [
            {
                "text": one.text,
                "state": one.get_state_display(),
                "owner": one.owner.name if one.owner else "",
                "answer": one.answer,
                "promised_on": one.promised_on.isoformat() if one.promised_on else "",
            }
            for one in mine[:20]
        ],
    }


def ahead(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    """What is known of the days to come."""
    days = (first, last)
    tasks = HallTask.objects.filter(hall=hall, state__in=OPEN_TASKS, task__due_on__lte=last).select_related("task")
    actions = CorrectiveAction.objects.filter(hall=hall, state=ActionState.OPEN, due_on__lte=last)
    hanging = [one for one in materials.ending([hall.pk], last).get(hall.pk, []) if one.valid_to >= first]
    courses = Course.objects.filter(hall=hall, day__range=days).order_by("day")
    return {
        "busiest": _busiest(hall, first, last),
        "courses": [f"{one.title}({day_label(one.day)})" for one in courses],
        "tasks": [one.task.title for one in tasks.order_by("task__due_on")[:8]],
        "actions": [one.finding.name for one in actions.select_related("finding").order_by("due_on")[:8]],
        "materials": [f"{one}({one.valid_to.month}-{one.valid_to.day:02d})" for one in hanging[:8]],
        "certificates": _certificates(hall, last, now),
        "faults": [f"{one['name']} {one['symptom']}" for one in week_floor.faults(hall, first, last, now)["open"][:5]],
    }


def _certificates(hall: Hall, last: date, now: datetime) -> list[str]:
    """People of the hall whose 上岗证 ends by then."""
    today = time.business_day(now)
    rows = Certificate.objects.filter(
        kind=CertificateKind.COUNTER, withdrawn_on=None, valid_to__range=(today, last), person__is_active=True
    )
    people = hall.employments.filter(in_force(today)).values("user")
    held = rows.filter(person__in=people).select_related("person").order_by("valid_to")
    return [f"{one.person.name}({one.valid_to.month}-{one.valid_to.day:02d})" for one in held[:8]]


def _busiest(hall: Hall, first: date, last: date) -> dict[str, Any] | None:
    """The day with most arrivals expected, and the windows its busiest half hour needs."""
    arrivals: dict[date, float] = {}
    windows: dict[date, int] = {}
    for row in HalfHourForecast.objects.filter(hall=hall, day__range=(first, last)):
        arrivals[row.day] = arrivals.get(row.day, 0) + row.arrivals
        windows[row.day] = max(windows.get(row.day, 0), row.windows)
    if not arrivals:
        return None
    day = max(arrivals, key=lambda one: (arrivals[one], -one.toordinal()))
    return {"label": day_label(day), "arrivals": round(arrivals[day]), "windows": windows[day]}
