"""Rosters over HTTP: read a month, make and publish one, one's own shifts, swaps, attendance."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer
from halls.models import Hall
from staff.actions import attendance, roster_runs, rosters, shift_changes
from staff.api.roster_shapes import (
    AttendanceOut,
    BreachOut,
    CellIn,
    ChecksOut,
    PublishIn,
    RosterOut,
    RunIn,
    RunOut,
    ShiftChangeAct,
    ShiftChangeIn,
    ShiftChangeOut,
    TurnOut,
    roster_json,
    run_json,
    turn_json,
)
from staff.models import Attendance, Roster, ShiftChange, ShiftType, SolverRun, User
from staff.queries import my_shifts as mine
from staff.queries import roster_page as pages
from staff.queries import roster_problem as problems
from staff.requests import caller
from staff.rules import roster_checks as checks
from staff.rules.rosters import shortages
from staff.tasks import solve_roster

FORBIDDEN = "没有这项操作的权限。如工作需要,请联系店长开通。"
DRAFT = OpenApiParameter("draft", OpenApiTypes.BOOL, description="the open draft, for who may make rosters")
SEE, MANAGE, SIGN = "roster.see", "roster.manage", "roster.sign"


def _person(request: Request) -> User:
    me = caller(request)
    if not isinstance(me, User):
        raise PermissionDenied(FORBIDDEN)
    return me


def hall_for(request: Request, code: str, verb: str) -> Hall:
    hall = Hall.objects.select_related("region__parent__parent").filter(code=code).first()
    if hall is None or not caller(request).may("hall.see", hall):
        raise Http404
    if not _person(request).may(verb, hall):
        raise PermissionDenied(FORBIDDEN)
    return hall


def _month(text: str) -> date:
    found = problems.month_named(text)
    if found is None:
        raise Http404
    return found


def _draft(request: Request, pk: int) -> Roster:
    found = Roster.objects.select_related("hall").filter(pk=pk).first()
    if found is None:
        raise Http404
    hall_for(request, found.hall.code, MANAGE)
    return found


def _checked(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _colleague(staff_no: str) -> User:
    found = User.objects.filter(staff_no=staff_no, is_active=True).first()
    if found is None:
        raise ValidationError({"staff_no": ["没有这个工号。"]})
    return found


@extend_schema(responses={200: RosterOut}, parameters=[DRAFT], operation_id="rosters_month")
@api_view(["GET"])
def month(request: Request, code: str, text: str) -> Response:
    """What is published for a hall's month (or its draft). 404 when there is none."""
    hall = hall_for(request, code, SEE)
    wants = request.query_params.get("draft", "") in {"1", "true"} and _person(request).may(MANAGE, hall)
    found = pages.shown_roster(hall, _month(text), wants_draft=wants)
    if found is None:
        raise Http404
    return Response(roster_json(found))


@extend_schema(request=None, responses={201: RosterOut, 409: Problem}, operation_id="rosters_draft")
@api_view(["POST"])
@keeps_answer
def draft(request: Request, code: str, text: str) -> Response:
    """The month's draft: the open one, or a copy of what is published, or an empty one."""
    hall = hall_for(request, code, MANAGE)
    made = rosters.open_draft(hall, _month(text), actor=_person(request), now=time.now())
    return Response(roster_json(made), status=201)


@extend_schema(request=CellIn, responses={200: BreachOut(many=True), 409: Problem}, operation_id="rosters_cell")
@api_view(["POST"])
@keeps_answer
def cell(request: Request, pk: int) -> Response:
    """Put somebody on a shift or give the day off; answers what is wrong with their month now."""
    found, given = _draft(request, pk), _checked(CellIn, request)
    shift = ShiftType.objects.filter(hall=found.hall, code=given["shift"]).first() if given["shift"] else None
    if given["shift"] and shift is None:
        raise ValidationError({"shift": ["本厅没有这个班次。"]})
    person = _colleague(given["staff_no"])
    broken = rosters.set_turn(pk, person, given["day"], shift=shift, post=given["post"])
    return Response([_breach(one, {person.pk: person.staff_no}) for one in broken])


def _breach(one: checks.Breach, numbers: dict[int, str]) -> dict[str, Any]:
    who = numbers.get(one.worker) if one.worker is not None else None
    return {"code": one.code, "text": one.text, "day": one.day.isoformat(), "staff_no": who, "is_hard": one.is_hard}


@extend_schema(responses={200: ChecksOut}, operation_id="rosters_checks")
@api_view(["GET"])
def checks_of(request: Request, pk: int) -> Response:
    """Everything the checks say of a version: law, contract, and the floor of each day."""
    found = _draft(request, pk)
    problem = problems.problem_of(found.hall, problems.month_days(found.month))
    plan = problems.plan_of(found)
    keys = [worker.key for worker in problem.workers]
    numbers = dict(User.objects.filter(pk__in=keys).values_list("pk", "staff_no"))
    broken = checks.breaches(problem, plan)
    return Response(
        {
            "needed": sum(sum(slots.values()) for slots in problem.need.values()),
            "uncovered": sum(shortages(problem, plan).values()),
            "breaches": [_breach(one, numbers) for one in broken],
        }
    )


@extend_schema(request=PublishIn, responses={200: RosterOut, 409: Problem}, operation_id="rosters_publish")
@api_view(["POST"])
@keeps_answer
def publish(request: Request, pk: int) -> Response:
    """Put a draft in force (R-S-3)."""
    _draft(request, pk)
    reason = _checked(PublishIn, request)["reason"]
    return Response(roster_json(rosters.publish(pk, reason=reason, actor=_person(request), now=time.now())))


@extend_schema(request=RunIn, responses={201: RunOut, 409: Problem}, operation_id="rosters_run")
@api_view(["POST"])
@keeps_answer
def run(request: Request, pk: int) -> Response:
    """Let the solver work on a draft; ask the run for its progress."""
    _draft(request, pk)
    seconds = _checked(RunIn, request)["seconds"]
    made = roster_runs.start_run(pk, seconds=seconds, actor=_person(request), now=time.now())
    solve_roster.delay_on_commit(made.pk)
    return Response(run_json(made), status=201)


def _run(request: Request, pk: int) -> SolverRun:
    found = SolverRun.objects.select_related("roster__hall").filter(pk=pk).first()
    if found is None:
        raise Http404
    hall_for(request, found.roster.hall.code, MANAGE)
    return found


@extend_schema(responses={200: RunOut}, operation_id="roster_runs_get")
@api_view(["GET"])
def run_state(request: Request, pk: int) -> Response:
    """How far a run is, and its best so far."""
    return Response(run_json(_run(request, pk)))


@extend_schema(request=None, responses={200: RunOut, 409: Problem}, operation_id="roster_runs_stop")
@api_view(["POST"])
@keeps_answer
def run_stop(request: Request, pk: int) -> Response:
    """Stop; the best so far becomes the draft."""
    _run(request, pk)
    return Response(run_json(roster_runs.stop_run(pk)))


@extend_schema(responses={200: TurnOut(many=True)}, operation_id="rosters_mine")
@api_view(["GET"])
def my_turns(request: Request) -> Response:
    """One's own published shifts of the coming two months."""
    today = time.business_day(time.now())
    found = mine.my_turns(_person(request), today, today + timedelta(days=mine.DAYS_AHEAD))
    return Response([turn_json(turn) for turn in found])


def change_json(change: ShiftChange) -> dict[str, Any]:
    return {
        "id": change.pk,
        "kind": change.kind,
        "state": change.state,
        "asker": change.asker.staff_no,
        "colleague": change.colleague.staff_no,
        "day": change.day.isoformat(),
        "other_day": change.other_day.isoformat() if change.other_day else None,
        "reason": change.reason,
        "answer": change.answer,
    }


@extend_schema(request=ShiftChangeIn, responses={201: ShiftChangeOut, 409: Problem}, operation_id="shift_changes_ask")
@api_view(["POST"])
@keeps_answer
def ask_change(request: Request) -> Response:
    """Ask a colleague to swap (`other_day`) or to stand in."""
    given = _checked(ShiftChangeIn, request)
    made = shift_changes.ask_change(
        _person(request),
        given["day"],
        _colleague(given["colleague"]),
        other_day=given["other_day"],
        reason=given["reason"],
    )
    return Response(change_json(made), status=201)


@extend_schema(request=ShiftChangeAct, responses={200: ShiftChangeOut, 409: Problem}, operation_id="shift_changes_act")
@api_view(["POST"])
@keeps_answer
def act_on_change(request: Request, pk: int) -> Response:
    """accept and decline (the colleague), withdraw (the asker), sign and refuse (a manager of the hall)."""
    found, me, now = ShiftChange.objects.select_related("hall").filter(pk=pk).first(), _person(request), time.now()
    if found is None or not (me.pk in (found.asker_id, found.colleague_id) or me.may("hall.see", found.hall)):
        raise Http404
    given = _checked(ShiftChangeAct, request)
    act = given["act"]
    if act in {"accept", "decline"}:
        done = shift_changes.answer_change(pk, accept=act == "accept", actor=me, now=now)
    elif act == "withdraw":
        done = shift_changes.withdraw_change(pk, actor=me)
    elif not me.may(SIGN, found.hall):
        raise PermissionDenied(FORBIDDEN)
    else:
        done = shift_changes.decide_change(pk, sign=act == "sign", actor=me, answer=given["answer"], now=now)
    return Response(change_json(done))


def _attendance_json(row: Attendance) -> dict[str, Any]:
    moments = {"due_at": row.due_at, "checked_in_at": row.checked_in_at, "checked_out_at": row.checked_out_at}
    told = {name: time.local(moment).isoformat() if moment else None for name, moment in moments.items()}
    return {"day": row.day.isoformat(), **told, "is_punctual": row.is_punctual}


@extend_schema(request=None, responses={200: AttendanceOut, 409: Problem}, operation_id="attendance_check_in")
@api_view(["POST"])
@keeps_answer
def check_in(request: Request) -> Response:
    """I have come (R-S-4)."""
    return Response(_attendance_json(attendance.check_in(_person(request), now=time.now())))


@extend_schema(request=None, responses={200: AttendanceOut, 409: Problem}, operation_id="attendance_check_out")
@api_view(["POST"])
@keeps_answer
def check_out(request: Request) -> Response:
    """I am leaving."""
    return Response(_attendance_json(attendance.check_out(_person(request), now=time.now())))


urlpatterns = [
    path("halls/<slug:code>/rosters/<str:text>/", month, name="api-roster"),
    path("halls/<slug:code>/rosters/<str:text>/draft/", draft, name="api-roster-draft"),
    path("rosters/mine/", my_turns, name="api-my-turns"),
    path("rosters/check-in/", check_in, name="api-check-in"),
    path("rosters/check-out/", check_out, name="api-check-out"),
    path("rosters/changes/", ask_change, name="api-shift-changes"),
    path("rosters/changes/<int:pk>/", act_on_change, name="api-shift-change"),
    path("rosters/<int:pk>/cells/", cell, name="api-roster-cell"),
    path("rosters/<int:pk>/checks/", checks_of, name="api-roster-checks"),
    path("rosters/<int:pk>/publish/", publish, name="api-roster-publish"),
    path("rosters/<int:pk>/runs/", run, name="api-roster-run"),
    path("rosters/runs/<int:pk>/", run_state, name="api-run"),
    path("rosters/runs/<int:pk>/stop/", run_stop, name="api-run-stop"),
]
