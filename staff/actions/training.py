"""Courses arranged, seats taken, results written down (R-S-15)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from core import parameters, time
from core.errors import Refused
from staff.models import Course, Seat, User
from staff.rules import training as rules
from staff.states import CourseKind

Result = tuple[bool, int | None]  # came, score of the test


@transaction.atomic
def arrange(course: Course, *, actor: User, now: datetime) -> Course:
    """Put a class into the plan. Raises Refused: class_too_large, in_the_past."""
    most = parameters.number(rules.CLASS_SIZE, on=course.day)
    if course.seats > most:
        raise Refused("class_too_large", f"一节课不超过 {most} 人,请分班安排。")
    if course.day < time.business_day(now):
        raise Refused("in_the_past", "培训日期不能早于今天,请核对。")
    course.made_by, course.made_at = actor, now
    course.save()
    return course


@transaction.atomic
def take_seat(course: Course, person: User, *, now: datetime, by_choice: bool) -> Seat:
    """A place for a person: by own choice, or sent there.

    Raises Refused: course_over, class_full, seated_already, not_for_choice.
    """
    row = Course.objects.select_for_update().get(pk=course.pk)
    if row.day < time.business_day(now):
        raise Refused("course_over", "这次培训已经结束。")
    if by_choice and row.kind == CourseKind.ONBOARDING:
        raise Refused("not_for_choice", "岗前培训由店长安排,不用自选报名。")
    if row.seats_taken.filter(person=person).exists():
        raise Refused("seated_already", f"{person.name}已在名单内。")
    if row.seats_taken.count() >= row.seats:
        raise Refused("class_full", f"这节课已满 {row.seats} 人,请选其他课程。")
    chosen = by_choice and row.kind == CourseKind.CHOSEN
    return Seat.objects.create(course=row, person=person, by_choice=chosen, taken_at=now)


@transaction.atomic
def give_up_seat(seat: Seat, *, now: datetime) -> None:
    """Before the day of the course. Raises Refused("course_began")."""
    if seat.course.day <= time.business_day(now):
        raise Refused("course_began", "开课当天起不能取消,请联系店长。")
    seat.delete()


@transaction.atomic
def record_results(
    course: Course, results: Mapping[int, tuple[bool, int | None]], *, actor: User, now: datetime
) -> int:
    """Who came, and the score of the test: seat → (came, score or None). Raises Refused: not_yet, bad_score."""
    if course.day > time.business_day(now):
        raise Refused("not_yet", "还没有开课,请在培训当天或之后登记。")
    seats = {seat.pk: seat for seat in Seat.objects.select_for_update().filter(course=course, pk__in=results)}
    for pk, (came, score) in results.items():
        if score is not None and (not came or not 0 <= score <= 100):
            raise Refused("bad_score", "成绩为 0–100 分,只登记到课的人,请核对。")
        seat = seats[pk]
        seat.came, seat.score, seat.recorded_by, seat.recorded_at = came, score, actor, now
        seat.save(update_fields=["came", "score", "recorded_by", "recorded_at"])
    return len(results)
