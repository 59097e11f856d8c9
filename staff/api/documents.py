"""Business notices, the knowledge base and staff suggestions over HTTP: the same actions as the pages."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import keeps_answer, page_of, paged
from halls.queries import visible_halls
from messaging.api import PeopleOnly
from staff.actions import bulletins as bulletin_actions
from staff.actions import suggestions as suggestion_actions
from staff.models import Bulletin, Suggestion, User
from staff.queries import bulletins as bulletin_queries
from staff.queries import knowledge as knowledge_queries
from staff.queries.knowledge import Entry
from staff.states import SuggestionState, SuggestionTopic


class People(PeopleOnly):
    """A kiosk or a TV reads no notices and makes no suggestions."""

    message = "设备不能使用这个接口。"


def _person(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


# ---- business notices ------------------------------------------------------------------------------------------------


class BulletinOut(serializers.ModelSerializer[Bulletin]):
    confirmed = serializers.BooleanField(source="is_confirmed")

    class Meta:
        model = Bulletin
        fields = ["id", "kind", "title", "body", "valid_from", "valid_to", "issued_at", "confirmed"]
        read_only_fields = fields


class BulletinAsk(serializers.Serializer):
    unconfirmed = serializers.BooleanField(required=False, default=False)


class ConfirmedOut(serializers.Serializer):
    bulletin = serializers.IntegerField()
    confirmed_at = serializers.DateTimeField()


@extend_schema(parameters=[BulletinAsk], responses=page_of("BulletinPage", BulletinOut))
@api_view(["GET"])
@permission_classes([People])
def bulletins(request: Request) -> Response:
    """The business notices in force for the signed-in person, unconfirmed first."""
    asked = BulletinAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    person, today = _person(request), time.business_day(time.now())
    rows = bulletin_queries.for_person(person, today)
    if asked.validated_data["unconfirmed"]:
        rows = rows.filter(pk__in=bulletin_queries.unconfirmed(person, today).values("pk"))
    return paged(request, rows, lambda row: BulletinOut(row).data)


@extend_schema(request=None, responses=ConfirmedOut)
@api_view(["POST"])
@permission_classes([People])
@keeps_answer
def confirm(request: Request, pk: int) -> Response:
    """The person has read it. A second time gives the first time's answer; 409 `not_in_force`, `not_addressed`."""
    person, now = _person(request), time.now()
    row = get_object_or_404(bulletin_queries.readable(person, time.business_day(now)), pk=pk)
    done = bulletin_actions.confirm(row.pk, person=person, now=now)
    return Response({"bulletin": row.pk, "confirmed_at": done.at.isoformat()})


# ---- knowledge base --------------------------------------------------------------------------------------------------


class EntryOut(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    business = serializers.CharField(allow_null=True)
    conditions = serializers.CharField()
    fee = serializers.CharField()
    documents = serializers.CharField()
    answer = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class KnowledgeAsk(serializers.Serializer):
    q = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


@extend_schema(
    parameters=[OpenApiParameter("q", str, description="a name, or pinyin: whole or initials, e.g. `bk` for 补卡")],
    responses=page_of("KnowledgePage", EntryOut),
)
@api_view(["GET"])
@permission_classes([People])
def knowledge(request: Request) -> Response:
    """Articles in force: the nearest to `q`, or all."""
    asked = KnowledgeAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    words, today = asked.validated_data["q"], time.business_day(time.now())
    found = knowledge_queries.find(words, today) if words.strip() else knowledge_queries.entries(today)
    return paged(request, found, _entry)


def _entry(one: Entry) -> dict[str, Any]:
    article, version = one.article, one.version
    texts = {name: getattr(version, name) for name in ("conditions", "fee", "documents", "answer")}
    return {
        "id": article.pk,
        "title": article.title,
        "business": article.business.code if article.business else None,
        **texts,
        "version": version.number,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
    }


# ---- suggestions (R-S-18) --------------------------------------------------------------------------------------------


class SuggestionOut(serializers.ModelSerializer[Suggestion]):
    hall = serializers.CharField(source="hall.code")
    author = serializers.CharField(source="author.name")
    answered_by = serializers.CharField(source="answered_by.name", allow_null=True, default=None)

    class Meta:
        model = Suggestion
        fields = [
            "id", "hall", "author", "topic", "title", "text", "made_at", "state", "answer", "answered_by",
            "answered_at", "decided_at",
        ]  # fmt: skip
        read_only_fields = fields


class SuggestionIn(serializers.Serializer):
    hall = serializers.CharField(max_length=20)
    topic = serializers.ChoiceField(choices=SuggestionTopic.choices)
    title = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=1000)


class SuggestionAsk(serializers.Serializer):
    state = serializers.ChoiceField(choices=SuggestionState.choices, required=False)


class SuggestionAnswerIn(serializers.Serializer):
    answer = serializers.CharField(max_length=1000)


class SuggestionDecideIn(serializers.Serializer):
    adopted = serializers.BooleanField()


def _suggestions(request: Request) -> Any:
    rows = Suggestion.objects.visible_to(_person(request))
    return rows.select_related("hall", "author", "answered_by")


@extend_schema(methods=["GET"], parameters=[SuggestionAsk], responses=page_of("SuggestionPage", SuggestionOut))
@extend_schema(methods=["POST"], request=SuggestionIn, responses={201: SuggestionOut})
@api_view(["GET", "POST"])
@permission_classes([People])
@keeps_answer
def suggestions(request: Request) -> Response:
    """One's own, those one answers, and what was adopted in one's halls; POST makes a new one."""
    if request.method == "POST":
        return _suggest(request, time.now())
    asked = SuggestionAsk(data=request.query_params)
    asked.is_valid(raise_exception=True)
    rows = _suggestions(request).filter(**asked.validated_data)
    return paged(request, rows, lambda row: SuggestionOut(row).data)


def _suggest(request: Request, now: datetime) -> Response:
    form = SuggestionIn(data=request.data)
    form.is_valid(raise_exception=True)
    given, person = form.validated_data, _person(request)
    hall = get_object_or_404(visible_halls(person), code=given["hall"])
    words = (given["title"], given["text"])
    row = suggestion_actions.suggest(hall, author=person, words=words, topic=given["topic"], now=now)
    return Response(SuggestionOut(row).data, status=201)


@extend_schema(request=SuggestionAnswerIn, responses=SuggestionOut)
@api_view(["POST"])
@permission_classes([People])
@keeps_answer
def answer(request: Request, pk: int) -> Response:
    """409 `bad_move` when somebody was quicker, `own_suggestion` for one's own."""
    form = SuggestionAnswerIn(data=request.data)
    form.is_valid(raise_exception=True)
    row = get_object_or_404(_suggestions(request), pk=pk)
    row = suggestion_actions.answer(row.pk, form.validated_data["answer"], actor=_person(request), now=time.now())
    return Response(SuggestionOut(row).data)


@extend_schema(request=SuggestionDecideIn, responses=SuggestionOut)
@api_view(["POST"])
@permission_classes([People])
@keeps_answer
def decide(request: Request, pk: int) -> Response:
    """Adopt or decline what was answered; 409 `not_answered` before."""
    form = SuggestionDecideIn(data=request.data)
    form.is_valid(raise_exception=True)
    row = get_object_or_404(_suggestions(request), pk=pk)
    adopted = form.validated_data["adopted"]
    row = suggestion_actions.decide(row.pk, adopted=adopted, actor=_person(request), now=time.now())
    return Response(SuggestionOut(row).data)


urlpatterns = [
    path("bulletins/", bulletins, name="api-bulletins"),
    path("bulletins/<int:pk>/confirm/", confirm, name="api-bulletin-confirm"),
    path("knowledge/", knowledge, name="api-knowledge"),
    path("suggestions/", suggestions, name="api-suggestions"),
    path("suggestions/<int:pk>/answer/", answer, name="api-suggestion-answer"),
    path("suggestions/<int:pk>/decide/", decide, name="api-suggestion-decide"),
]
