"""The verbs of a number. Page and API call the same actions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from core import time
from core.api import Problem, keeps_answer
from halls.models import Window
from queueing import actions
from queueing.api import shapes
from queueing.api.halls import FORBIDDEN
from queueing.models import Ticket
from queueing.queries import tickets as reads
from staff.models import User
from staff.requests import caller

Act = Callable[..., Ticket]


def ticket_for(request: Request, ticket_id: UUID, verbs: tuple[str, ...] = ("hall.see",)) -> Ticket:
    """A number this caller may see (else 404) and act on by one of the verbs (else 403)."""
    ticket = Ticket.objects.select_related("hall", "group", "business").filter(pk=ticket_id).first()
    if ticket is None or not caller(request).may("hall.see", ticket.hall):
        raise Http404
    if not any(caller(request).may(verb, ticket.hall) for verb in verbs):
        raise PermissionDenied(FORBIDDEN)
    return ticket


def answer(ticket: Ticket, status: int = 200) -> Response:
    return Response(reads.facts(ticket, time.now()), status=status)


def checked(shape: type[Serializer], request: Request) -> dict[str, Any]:
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


@extend_schema(responses=shapes.TicketOut, operation_id="tickets_retrieve")
@api_view(["GET"])
def ticket(request: Request, ticket_id: UUID) -> Response:
    """One number: state, people ahead, expected wait."""
    return answer(ticket_for(request, ticket_id))


def _verb(
    name: str,
    act: Callable[[Request, Ticket, datetime], Ticket],
    *,
    rights: tuple[str, ...],
    body: Any = None,
) -> Any:
    """A POST that loads the number, checks the right, and calls one action."""

    @keeps_answer
    def view(request: Request, ticket_id: UUID) -> Response:
        found = ticket_for(request, ticket_id, rights)
        return answer(act(request, found, time.now()))

    view.__name__ = name
    view.__doc__ = f"POST: {name.replace('_', ' ')} a number."
    responses = {200: shapes.TicketOut, 409: Problem}
    door = api_view(["POST"])(view)
    return extend_schema(request=body, responses=responses, operation_id=f"tickets_{name}")(door)


COUNTER = ("queue.serve", "queue.call", "queue.manage")
FLOOR = ("queue.floor", "queue.manage", "queue.serve")


def _simple(act: Act) -> Callable[[Request, Ticket, datetime], Ticket]:
    def run(request: Request, ticket: Ticket, now: datetime) -> Ticket:
        return act(ticket.pk, actor=actions.Actor.of(caller(request)), now=now)

    return run


def _hold(request: Request, ticket: Ticket, now: datetime) -> Ticket:
    kind = checked(shapes.HoldIn, request)["kind"]
    return actions.hold(ticket.pk, kind, actor=actions.Actor.of(caller(request)), now=now)


def _rate(request: Request, ticket: Ticket, now: datetime) -> Ticket:
    score = checked(shapes.RateIn, request)["score"]
    return actions.rate(ticket.pk, score, actor=actions.Actor.of(caller(request)), now=now)


def _transfer(request: Request, ticket: Ticket, now: datetime) -> Ticket:
    asked = checked(shapes.TransferIn, request)
    window = clerk = None
    if asked["window"]:
        window = Window.objects.filter(pk=asked["window"], hall=ticket.hall).first()
        if window is None:
            raise ValidationError({"window": ["本厅没有这个窗口。"]})
    if asked["staff"]:
        clerk = User.objects.filter(staff_no=asked["staff"], is_active=True).first()
        if clerk is None:
            raise ValidationError({"staff": ["没有这个工号。"]})
    target = actions.Target(business=asked["business"], window=window, clerk=clerk, place=asked["place"])
    return actions.transfer(ticket.pk, target, actor=actions.Actor.of(caller(request)), now=now)


def _add_business(request: Request, ticket: Ticket, now: datetime) -> Ticket:
    code = checked(shapes.AddBusinessIn, request)["business"]
    return actions.add_business(ticket.pk, code, actor=actions.Actor.of(caller(request)), now=now)


def _call(request: Request, ticket: Ticket, now: datetime) -> Ticket:
    reason = checked(shapes.CallChosenIn, request)["reason"]
    return actions.call_chosen(ticket.pk, reason, actor=actions.Actor.of(caller(request)), now=now)


def _note(request: Request, ticket: Ticket, now: datetime) -> Ticket:
    what = actions.Note(**checked(shapes.NoteIn, request))
    return actions.note(ticket.pk, what, actor=actions.Actor.of(caller(request)), now=now)


call = _verb("call", _call, rights=("queue.serve", "queue.call"), body=shapes.CallChosenIn)
note = _verb("note", _note, rights=COUNTER, body=shapes.NoteIn)
add_business = _verb("add_business", _add_business, rights=COUNTER, body=shapes.AddBusinessIn)


def _change_business(request: Request, ticket: Ticket, now: datetime) -> Ticket:
    business = checked(shapes.ChangeIn, request)["business"]
    return actions.change_business(ticket.pk, business, actor=actions.Actor.of(caller(request)), now=now)


DOOR = ("queue.floor", "queue.manage")

recall = _verb("recall", _simple(actions.recall), rights=COUNTER)
start = _verb("start", _simple(actions.start), rights=COUNTER)
finish = _verb("finish", _simple(actions.finish), rights=COUNTER)
no_show = _verb("no_show", _simple(actions.mark_no_show), rights=COUNTER)
hold = _verb("hold", _hold, rights=COUNTER, body=shapes.HoldIn)
resume = _verb("resume", _simple(actions.resume), rights=COUNTER)
transfer = _verb("transfer", _transfer, rights=FLOOR, body=shapes.TransferIn)
cancel = _verb("cancel", _simple(actions.cancel), rights=FLOOR)
requeue = _verb("requeue", _simple(actions.requeue), rights=FLOOR)
undo = _verb("undo", _simple(actions.undo), rights=FLOOR)
rate = _verb("rate", _rate, rights=("hall.see",), body=shapes.RateIn)
care = _verb("care", _simple(actions.give_care), rights=DOOR)
set_aside = _verb("set_aside", _simple(actions.set_aside), rights=DOOR)
come_back = _verb("come_back", _simple(actions.come_back), rights=DOOR)
change_business = _verb("change_business", _change_business, rights=DOOR, body=shapes.ChangeIn)
