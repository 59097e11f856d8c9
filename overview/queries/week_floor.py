"""What the floor, the devices, the inspections and the people of a hall were in a span of days."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Min, Q

from core import time
from halls.models import Fault, Hall, Round
from halls.queries import by_hall, materials
from halls.states import Answer, CheckKind
from inspections.models import CorrectiveAction, Finding, MonthResult, Visit
from inspections.states import ActionState
from staff.models import Award, Course, Meeting, MeetingPerson, Suggestion
from staff.queries import attendance, closings
from staff.states import SuggestionState


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    return time.day_bounds(first)[0], time.day_bounds(last)[1]


def floor(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    """Checks that were due by now and what came of them, stains, loans, incidents, what hangs too long."""
    begins, ends = _moments(first, last)
    bad = Count("answers", filter=Q(answers__answer=Answer.BAD))
    made = Round.objects.filter(hall=hall, slot__gte=begins, slot__lt=ends, slot__lte=now, finished_at__isnull=False)
    checks = list(made.exclude(kind=CheckKind.SAFETY).annotate(bad=bad))
    stains = list(hall.stains.filter(found_at__gte=begins, found_at__lt=ends))
    expired = materials.expired([hall.pk], time.business_day(now)).get(hall.pk, [])
    return {
        **_walked(by_hall.walks([hall.pk], first, last, now).get(hall.pk, {})),
        "patrols_in_time": sum(bool(one.in_time) for one in checks if one.kind == CheckKind.PATROL),
        "bad": sum(one.bad for one in checks),
        "stains": len(stains),
        "stains_in_time": sum(bool(one.in_time) for one in stains),
        "loans": hall.loans.filter(lent_at__gte=begins, lent_at__lt=ends).count(),
        "incidents": hall.incidents.filter(began_at__gte=begins, began_at__lt=ends).count(),
        "expired": [str(one) for one in expired[:8]],
    }


def _walked(walks: dict[str, by_hall.Walks]) -> dict[str, int]:
    none = by_hall.Walks(0, 0)
    patrols = walks.get(CheckKind.PATROL, none)
    doors = [walks.get(kind, none) for kind in (CheckKind.OPENING, CheckKind.CLOSING)]
    return {
        "patrols_due": patrols.due,
        "patrols_done": patrols.done,
        "doors_due": sum(one.due for one in doors),
        "doors_done": sum(one.done for one in doors),
    }


def faults(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    begins, ends = _moments(first, last)
    rows = Fault.objects.filter(hall=hall)
    standing = rows.filter(Q(fixed_at=None) | Q(fixed_at__gt=now), found_at__lte=now)
    return {
        "found": rows.filter(found_at__gte=begins, found_at__lt=ends).count(),
        "fixed": rows.filter(fixed_at__gte=begins, fixed_at__lt=ends).count(),
        "open": [
            {
                "name": one.equipment.name,
                "symptom": one.symptom,
                "state": one.get_state_display(),
                "days": (now - one.found_at).days,
                "late": now >= one.fix_due,
            }
            for one in standing.select_related("equipment").order_by("found_at")[:10]
        ],
    }


def inspection(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    """Ranked visits of the span with what they found; actions as they stand; the month's place so far."""
    begins, ends = _moments(first, last)
    visits = Visit.objects.ranked().filter(
        hall=hall, started_at__gte=begins, started_at__lt=ends, submitted_at__isnull=False, score__isnull=False
    )
    found = Finding.objects.filter(visit__in=visits, withdrawn_at=None).order_by().values("name")
    open_actions = CorrectiveAction.objects.filter(hall=hall, state=ActionState.OPEN)
    month = MonthResult.objects.filter(hall=hall, month=last.replace(day=1)).first()
    ranked = MonthResult.objects.filter(month=last.replace(day=1), rank__isnull=False)
    return {
        "visits": visits.count(),
        "mean": _float(visits.aggregate(mean=Avg("score"))["mean"]),
        "findings": list(found.annotate(count=Count("pk")).order_by("-count", "name")[:8]),
        "open": open_actions.count(),
        "overdue": open_actions.filter(due_on__lt=time.business_day(now)).count(),
        "rank": month.rank if month else None,
        "score": _float(month.score + month.bonus) if month else None,
        "ranked": ranked.filter(hall_type=month.hall_type).count() if month and month.rank else None,
    }


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def training(hall: Hall, first: date, last: date) -> dict[str, Any]:
    meetings = Meeting.objects.filter(hall=hall, day__range=(first, last))
    quiz = MeetingPerson.objects.filter(meeting__in=meetings, is_right__isnull=False)
    told = quiz.aggregate(asked=Count("pk"), right=Count("pk", filter=Q(is_right=True)))
    came = Count("seats_taken", filter=Q(seats_taken__came=True))
    courses = Course.objects.filter(hall=hall, day__range=(first, last)).annotate(came=came).order_by("day", "begins")
    return {
        "meetings": meetings.count(),
        "minutes": _float(meetings.aggregate(mean=Avg("minutes"))["mean"]),
        "right_share": told["right"] / told["asked"] if told["asked"] else None,
        "courses": [_course(one) for one in courses],
    }


def _course(course: Any) -> dict[str, Any]:
    scores = list(course.seats_taken.filter(score__isnull=False).values_list("score", flat=True))
    passed = sum(score >= course.pass_mark for score in scores)
    return {"title": course.title, "came": course.came, "passed": passed, "scored": len(scores)}


def staff(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    begins, ends = _moments(first, last)
    lines = attendance.lines([hall], (first, last), now=now)
    over = [line for line in lines if line.turn.begins_at <= now]
    adopted = Suggestion.objects.filter(
        hall=hall, state=SuggestionState.ADOPTED, decided_at__gte=begins, decided_at__lt=ends
    )
    stars = Award.objects.filter(hall=hall, revoked_at=None, decided_at__gte=begins, decided_at__lt=ends)
    return {
        "shifts": len(over),
        "late": sum(line.state == attendance.LATE for line in over),
        "absent": sum(line.state == attendance.ABSENT for line in over),
        "adopted": adopted.count(),
        "stars": [f"{one.person.name}({one.get_kind_display()})" for one in stars.select_related("person")],
        **closing_days(hall, first, last, now),
    }


def closing_days(hall: Hall, first: date, last: date, now: datetime) -> dict[str, Any]:
    """Days that should be closed by now (R-S-10); a hall that never closed a day here has none."""
    begun = hall.closings.aggregate(first=Min("day"))["first"]
    until = min(last, time.business_day(now) - timedelta(days=1))
    if begun is None or until < max(first, begun):
        return {"closing_days": 0, "closings_missing": 0, "closings_open": []}
    days = closings.open_days(hall, max(first, begun), until)
    missing = [day for day in days if day not in closings.submitted_days(hall, first, until)]
    return {
        "closing_days": len(days),
        "closings_missing": len(missing),
        "closings_open": [day.isoformat() for day in missing],
    }
