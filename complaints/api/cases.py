"""Cases: list, log, read, act. The same actions and forms as the pages."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.actions import cases as actions
from complaints.api import shapes
from complaints.forms.log import LogForm
from complaints.forms.registry import ACTS, Act, do
from complaints.models import Complaint, ComplaintEvent, Deadline
from complaints.queries import desk as reads
from complaints.queries.access import may
from complaints.states import Kind, Source, Status, Tier
from core import time
from core.api import Pages, Problem, checked_form, keeps_answer
from halls.queries import visible_halls
from staff.models import User
from staff.requests import caller

FORBIDDEN = "没有这项操作的权限。如工作需要,请联系店长开通。"


def person(request: Request) -> User:
    """Complaints are people's work: a machine's token opens nothing here."""
    who = caller(request)
    if not isinstance(who, User):
        raise PermissionDenied(FORBIDDEN)
    return who


def case_for(request: Request, number: str) -> Complaint:
    rows = Complaint.objects.visible_to(person(request)).select_related(*reads.JOINED, "ticket")
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404
    return found


def facts(one: Complaint) -> dict[str, Any]:
    moments = (
        "logged_at",
        "accepted_at",
        "first_replied_at",
        "closed_at",
        "handling_due_at",
        "reply_due_at",
        "next_due_at",
    )
    same = ("number", "kind", "source", "status", "tier", "content", "wish", "handling_late", "reply_late", "level")
    return {
        **{name: getattr(one, name) for name in same},
        **{name: _iso(getattr(one, name)) for name in moments},
        "hall": one.hall.code,
        "status_text": one.get_status_display(),
        "category": one.category.code if one.category else "",
        "phone": one.masked,
        "ticket": str(one.ticket_id) if one.ticket_id else None,
        "first_handler": one.first_handler.staff_no if one.first_handler else "",
        "handler": one.handler.staff_no if one.handler else "",
        "is_paused": one.paused_at is not None,
        "outcome": one.outcome,
        "satisfied": one.satisfied,
    }


def _iso(moment: Any) -> str | None:
    return time.local(moment).isoformat() if moment is not None else None


PARAMETERS = [OpenApiParameter(name, str) for name in ("view", "hall", "status", "tier", "kind", "category", "find")]


@extend_schema(
    methods=["GET"], parameters=PARAMETERS, responses=shapes.ComplaintOut(many=True), operation_id="complaints_list"
)
@extend_schema(
    methods=["POST"],
    request=shapes.shape_of("LogIn", LogForm),
    responses={201: shapes.ComplaintOut, 409: Problem},
    operation_id="complaints_log",
)
@api_view(["GET", "POST"])
def complaints(request: Request) -> Response:
    """GET: cases one sees, by time left. POST: log one (right `complaint.log`)."""
    return _log(request) if request.method == "POST" else _list(request)


def _list(request: Request) -> Response:
    user, now = person(request), time.now()
    known = {"status": Status.values, "tier": Tier.values, "kind": Kind.values}
    given = {name: value for name, values in known.items() if (value := request.GET.get(name, "")) in values}
    hall = (
        visible_halls(user, "complaint.see").filter(code=request.GET.get("hall", "")[:20].replace("\x00", "")).first()
    )
    wanted = reads.Wanted(
        view=request.GET.get("view", "open"),
        hall=hall,
        category=request.GET.get("category", "")[:40].replace("\x00", ""),
        find=request.GET.get("find", "")[:40].replace("\x00", ""),
        **given,
    )
    pages = Pages()
    rows = pages.paginate_queryset(reads.cases(user, wanted, now), request)
    return pages.get_paginated_response([facts(one) for one in rows or []])


@keeps_answer
def _log(request: Request) -> Response:
    user = person(request)
    if not user.may("complaint.log"):
        raise PermissionDenied(FORBIDDEN)
    halls = list(visible_halls(user, "complaint.log"))
    form = LogForm({"source": Source.API, **shapes.typed(request.data)}, halls=halls)
    form.fields["source"].choices = Source.choices  # type: ignore[attr-defined]
    checked_form(form)
    made = actions.log(form.report(), person=user, now=time.now())
    return Response(facts(made), status=201)


@extend_schema(responses=shapes.ComplaintOut, operation_id="complaints_retrieve")
@api_view(["GET"])
def complaint(request: Request, number: str) -> Response:
    """One case."""
    return Response(facts(case_for(request, number)))


@extend_schema(responses=shapes.StoryOut, operation_id="complaints_events")
@api_view(["GET"])
def events(request: Request, number: str) -> Response:
    """Everything that happened, and every level of every clock."""
    found = case_for(request, number)
    told = [_told(one) for one in found.events.select_related("person").order_by("seq")]
    due = [_due(one) for one in found.deadlines.order_by("due_at", "pk")]
    return Response({"events": told, "deadlines": due})


def _told(one: ComplaintEvent) -> dict[str, Any]:
    who = one.person.staff_no if one.person else ""
    return {"seq": one.seq, "did": one.did, "at": _iso(one.at), "person": who, "data": one.data}


def _due(one: Deadline) -> dict[str, Any]:
    moments = {name: _iso(getattr(one, name)) for name in ("due_at", "fired_at", "ended_at")}
    return {"clock": one.clock, "level": one.level, **moments}


def _act_view(act: Act) -> Callable[..., Response]:
    @keeps_answer
    def view(request: Request, number: str) -> Response:
        found, user, now = case_for(request, number), person(request), time.now()
        if not may(user, found, act.need):
            raise PermissionDenied(FORBIDDEN)
        form = act.form(shapes.typed(request.data), complaint=found, now=now)
        done = do(act, found, checked_form(form), user=user, now=now)
        return Response(facts(done))

    name = act.name.replace("-", "_")
    view.__name__, view.__doc__ = name, f"POST: {name.replace('_', ' ')}."
    responses = {200: shapes.ComplaintOut, 409: Problem}
    body = shapes.shape_of(f"Complaint{act.name.title().replace('-', '')}In", act.form)
    return extend_schema(request=body, responses=responses, operation_id=f"complaints_{name}")(api_view(["POST"])(view))


ACT_VIEWS = {act.name: _act_view(act) for act in ACTS.values()}
