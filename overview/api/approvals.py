"""待我审批 over HTTP: the list of the caller, and a decision by the same act as the page."""

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer, page_of, paged
from overview.actions.approvals import Answer, clean, decide
from overview.queries.asks import asks_for
from overview.rules.approvals import WORDS_LENGTH, Ask
from overview.states import AskKind
from staff.api.handovers import checked, person


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "format": "uuid"}]})
class ThingId(serializers.Field):
    """As it stands in the address of its page."""

    def to_representation(self, value: Any) -> Any:
        return value


class AskOut(serializers.Serializer):
    kind = serializers.ChoiceField(choices=AskKind.choices)
    kind_label = serializers.CharField()
    id = ThingId(help_text="a number; of an inspection its UUID")
    title = serializers.CharField()
    who = serializers.CharField()
    place = serializers.CharField()
    since = serializers.DateTimeField()
    due = serializers.DateTimeField()
    is_late = serializers.BooleanField()
    facts = serializers.ListField(child=serializers.CharField(), help_text="the arithmetic that matters, line by line")
    page = serializers.CharField(help_text="where the whole matter is shown")
    may_agree_here = serializers.BooleanField()
    may_refuse_here = serializers.BooleanField()


class ApprovalsAsk(serializers.Serializer):
    kind = serializers.ChoiceField(choices=AskKind.choices, required=False)


class ApprovalIn(serializers.Serializer):
    agree = serializers.BooleanField()
    words = serializers.CharField(max_length=WORDS_LENGTH, required=False, allow_blank=True, default="")


class ApprovalOut(serializers.Serializer):
    done = serializers.CharField()


def told(ask: Ask, now: Any) -> dict[str, Any]:
    same = ("kind", "title", "who", "place")
    return {
        "id": ask.pk if isinstance(ask.pk, int) else str(ask.pk),
        "kind_label": ask.label,
        **{name: getattr(ask, name) for name in same},
        "since": time.local(ask.since),
        "due": time.local(ask.due),
        "is_late": ask.is_late(now),
        "facts": list(ask.facts),
        "page": ask.url,
        "may_agree_here": bool(ask.buttons.agree),
        "may_refuse_here": bool(ask.buttons.refuse),
    }


@extend_schema(parameters=[ApprovalsAsk], responses=page_of("ApprovalsPage", AskOut), operation_id="approvals_list")
@api_view(["GET"])
def approvals(request: Request) -> Response:
    """What waits for the caller, what is due first on top."""
    user, now = person(request), time.now()
    asked = ApprovalsAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    rows = asks_for(user, now, kind=asked.validated_data.get("kind", ""))
    return paged(request, rows, lambda one: told(one, now))


@extend_schema(request=ApprovalIn, responses={200: ApprovalOut, 409: Problem}, operation_id="approvals_answer")
@api_view(["POST"])
@keeps_answer
def answer(request: Request, kind: str, pk: int) -> Response:
    """Agree to or refuse one thing. 409 `elsewhere` (decided on its own page), `needs_reason`, and what the act of the
    app says, such as `decided`, `own`, `own_request`, `not_your_rung`, `bad_move`."""
    user, given = person(request), checked(ApprovalIn, request)
    try:
        words = decide(kind, pk, Answer(given["agree"], clean(given["words"]), user, time.now()))
    except LookupError:
        raise Http404 from None
    return Response({"done": words})


urlpatterns = [
    path("approvals/", approvals),
    path("approvals/<slug:kind>/<int:pk>/", answer),
]
