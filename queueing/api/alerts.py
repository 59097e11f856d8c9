"""Alerts of a hall over HTTP, and what can be done about one."""

from datetime import datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer
from core.errors import Refused
from halls.models import Device, Hall
from queueing.actions import alerts as actions
from queueing.api.tickets import checked
from queueing.models import Alert
from queueing.queries import alerts as reads
from queueing.states import AlertAnswer, AlertKind, AlertLevel, SnoozeReason
from staff.models import User
from staff.requests import caller

FORBIDDEN = "没有处理现场提醒的权限。如工作需要,请联系店长开通。"


class SupportCallOut(serializers.Serializer):
    person = serializers.CharField(help_text="工号")
    name = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    is_coming = serializers.BooleanField(allow_null=True)


class AlertOut(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=AlertKind.choices)
    level = serializers.ChoiceField(choices=AlertLevel.choices)
    text = serializers.CharField()
    opened_at = serializers.DateTimeField()
    answer = serializers.ChoiceField(choices=AlertAnswer.choices, allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.CharField(allow_null=True)
    snoozed_until = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    support = SupportCallOut(many=True)


class AlertsOut(serializers.Serializer):
    results = AlertOut(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    count = serializers.IntegerField()


class SupportIn(serializers.Serializer):
    people = serializers.ListField(
        child=serializers.CharField(max_length=20), min_length=1, max_length=20, help_text="工号 of who is asked"
    )


class NotedIn(serializers.Serializer):
    reason = serializers.ChoiceField(choices=[one for one in SnoozeReason.choices if one[0]])


class AnswerIn(serializers.Serializer):
    coming = serializers.BooleanField()


def _moment(at: datetime | None) -> str | None:
    return time.local(at).isoformat() if at else None


def shown(alert: Alert, now: datetime) -> dict[str, Any]:
    return {
        "id": alert.pk,
        "kind": alert.kind,
        "level": alert.level,
        "text": reads.text(alert, now),
        "opened_at": _moment(alert.opened_at),
        "answer": alert.answer,
        "answered_at": _moment(alert.answered_at),
        "answered_by": alert.answered_by.name if alert.answered_by else None,
        "snoozed_until": _moment(alert.snoozed_until),
        "closed_at": _moment(alert.closed_at),
        "support": [
            {
                "person": call.person.staff_no,
                "name": call.person.name,
                "asked_at": _moment(call.asked_at),
                "answered_at": _moment(call.answered_at),
                "is_coming": call.is_coming,
            }
            for call in alert.support_calls.all()
        ],
    }


def person_of(request: Request) -> User:
    """Alerts are answered by people; a machine has no hand to lend."""
    who = caller(request)
    if isinstance(who, Device):
        raise PermissionDenied(FORBIDDEN)
    return who


@extend_schema(responses=AlertsOut, operation_id="hall_alerts")
@api_view(["GET"])
def hall_alerts(request: Request, code: str) -> Response:
    """What stands in a hall now, newest last; what was noted is among it, with `snoozed_until`."""
    hall = Hall.objects.filter(code=code, is_live=True).first()
    who = person_of(request)
    if hall is None or not who.may("hall.see", hall):
        raise Http404
    if not any(who.may(verb, hall) for verb in ("queue.floor", "queue.manage", "figures.see")):
        raise PermissionDenied(FORBIDDEN)
    rows = [shown(alert, time.now()) for alert in reads.standing_rows(hall)]
    return Response({"results": rows, "next": None, "previous": None, "count": len(rows)})


def alert_for(request: Request, alert_id: int, *verbs: str) -> tuple[Alert, User]:
    """An alert of a hall this person may see (else 404) and act in (else 403)."""
    alert, who = reads.with_calls(alert_id), person_of(request)
    if alert is None or not who.may("hall.see", alert.hall):
        raise Http404
    if not any(who.may(verb, alert.hall) for verb in verbs):
        raise PermissionDenied(FORBIDDEN)
    return alert, who


def _again(alert: Alert) -> Response:
    fresh = reads.with_calls(alert.pk)
    assert fresh is not None  # alerts are never deleted
    return Response(shown(fresh, time.now()))


ALERT = {200: AlertOut, 409: Problem}


@extend_schema(request=None, responses=ALERT, operation_id="alerts_handling")
@api_view(["POST"])
@keeps_answer
def handling(request: Request, alert_id: int) -> Response:
    """去处理: the caller goes; who first answered and when is kept."""
    alert, who = alert_for(request, alert_id, "queue.floor", "queue.manage")
    actions.handle(alert.pk, actor=who, now=time.now())
    return _again(alert)


@extend_schema(request=SupportIn, responses=ALERT, operation_id="alerts_support")
@api_view(["POST"])
@keeps_answer
def support(request: Request, alert_id: int) -> Response:
    """请后台支援: named people of the hall are nudged, each once."""
    alert, who = alert_for(request, alert_id, "queue.floor", "queue.manage")
    asked = set(checked(SupportIn, request)["people"])
    known = dict(User.objects.filter(staff_no__in=asked).values_list("staff_no", "pk"))
    if unknown := sorted(asked - set(known)):
        raise Refused("unknown_person", f"没有工号 {unknown[0]},请核对后再请支援。")
    actions.ask_support(alert.pk, list(known.values()), actor=who, now=time.now())
    return _again(alert)


@extend_schema(request=NotedIn, responses=ALERT, operation_id="alerts_noted")
@api_view(["POST"])
@keeps_answer
def noted(request: Request, alert_id: int) -> Response:
    """已知悉: quiet for a quarter of an hour, with a reason."""
    alert, who = alert_for(request, alert_id, "queue.manage")
    actions.note(alert.pk, checked(NotedIn, request)["reason"], actor=who, now=time.now())
    return _again(alert)


@extend_schema(request=AnswerIn, responses=ALERT, operation_id="alerts_answer")
@api_view(["POST"])
@keeps_answer
def answer(request: Request, alert_id: int) -> Response:
    """我来 or 来不了, by somebody who was asked."""
    alert, who = alert_for(request, alert_id, "hall.see")
    actions.answer(alert.pk, checked(AnswerIn, request)["coming"], actor=who, now=time.now())
    return _again(alert)


@extend_schema(request=None, responses=ALERT, operation_id="alerts_arrived")
@api_view(["POST"])
@keeps_answer
def arrived(request: Request, alert_id: int) -> Response:
    """已到: the manager stands at the window that called."""
    alert, who = alert_for(request, alert_id, "queue.manage")
    actions.arrive(alert.pk, actor=who, now=time.now())
    return _again(alert)
