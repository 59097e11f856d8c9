"""What people's month is made of: counted by the queue and whoever else answers, and by staff's own rows."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, Sum, Value

from core import time
from halls.models import Hall
from staff import hooks
from staff.models import Attendance, Award, CompetitionResult, ConductNote, Employment, Seat, User
from staff.queries import audits
from staff.rules.performance import last_day
from staff.states import MatterState

Counts = dict[str, int]
MINUTE, ONE_DAY = timedelta(minutes=1), timedelta(days=1)


def people_of(hall: Hall, month: date) -> list[User]:
    """Those who had a job at a hall on some day of a month, by number."""
    jobs = Employment.objects.filter(Q(valid_to=None) | Q(valid_to__gte=month), valid_from__lte=last_day(month))
    return list(User.objects.filter(pk__in=jobs.filter(hall=hall).values("user")).order_by("staff_no"))


def of_hall(hall: Hall, month: date, now: datetime) -> dict[int, Counts]:
    """Everything known of each person's month at a hall; the running month up to now."""
    until = min(last_day(month), time.business_day(now))
    found: dict[int, Counts] = defaultdict(dict)
    counted = hooks.service_figures([hall.pk], month, until, now)
    for (_, person), counts in counted.people.items():
        found[person] |= counts
    if "complaints" in counted.halls.get(hall.pk, {}):  # somebody counts them: without any it is none, not unknown
        for person in {one.pk for one in people_of(hall, month)}:
            found[person].setdefault("complaints", 0)
    for person, errors in audits.errors_of_month(hall.pk, month, until).items():
        found[person] |= errors
    for person, days in _attendance(hall, month, until, now).items():
        found[person] |= days
    for person, points in _competition_points(hall, month).items():
        found[person]["competition_points"] = points
    for person, exams in _exams(hall, month, until).items():
        found[person] |= exams
    for person, count in _violations(hall, month).items():
        found[person]["violations"] = count
    for person in Award.objects.filter(hall=hall, month=month, revoked_at=None).values_list("person_id", flat=True):
        found[person]["stars"] = found[person].get("stars", 0) + 1
    return dict(found)


def _attendance(hall: Hall, month: date, until: date, now: datetime) -> dict[int, Counts]:
    """R-S-4: days at work, days late and days missed, of shifts that are over."""
    over = Attendance.objects.filter(hall=hall, day__gte=month, day__lte=until, ends_at__lte=now)
    due = ExpressionWrapper(F("begins_at") - F("early_minutes") * Value(MINUTE), output_field=DateTimeField())
    counted = over.annotate(due=due).order_by().values("person_id")
    return {
        row["person_id"]: {"worked_days": row["came"], "late": row["late"], "missing": row["all"] - row["came"]}
        for row in counted.annotate(
            all=Count("pk"),
            came=Count("checked_in_at"),
            late=Count("pk", filter=Q(checked_in_at__gt=F("due"))),
        )
    }


def _exams(hall: Hall, month: date, until: date) -> dict[int, Counts]:
    """R-S-15: tests written at the end of courses of the month, wherever held, of those who worked at the hall."""
    rows = Seat.objects.filter(
        score__isnull=False, course__day__gte=month, course__day__lte=until, person__in=people_of(hall, month)
    )
    counted = rows.order_by().values("person_id").annotate(exams=Count("pk"), sum=Sum("score"))
    return {row["person_id"]: {"exams": row["exams"], "exam_sum": row["sum"] or 0} for row in counted}


def _violations(hall: Hall, month: date) -> dict[int, int]:
    """R-S-20, R-S-24: what a manager has decided to be one; an objection alone does not lift it."""
    first, last = time.at(month, datetime.min.time()), time.at(last_day(month) + ONE_DAY, datetime.min.time())
    rows = ConductNote.objects.filter(
        hall=hall,
        happened_at__gte=first,
        happened_at__lt=last,
        state__in=[MatterState.CONFIRMED, MatterState.OBJECTED],
    )
    counted = dict(rows.order_by().values("person_id").annotate(count=Count("pk")).values_list("person_id", "count"))
    return {person.pk: counted.get(person.pk, 0) for person in people_of(hall, month)}


def _competition_points(hall: Hall, month: date) -> dict[int, int]:
    """R-S-17: points of competitions held in the month, by people who worked at the hall then."""
    rows = CompetitionResult.objects.filter(
        competition__closed_at__isnull=False,
        competition__held_on__gte=month,
        competition__held_on__lte=last_day(month),
        person__in=people_of(hall, month),
    )
    counted = rows.order_by().values("person_id").annotate(sum=Sum("points"))
    return {row["person_id"]: row["sum"] or 0 for row in counted}
