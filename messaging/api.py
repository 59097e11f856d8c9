from django.contrib.auth import get_user_model
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import generics, serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import time
from core.api import Problem, keeps_answer
from messaging import actions, queries
from messaging.models import Notice, NoticeQuerySet, NoticeSettings
from messaging.rules import USUAL
from messaging.states import Channel, NoticeTopic


class PeopleOnly(BasePermission):
    """Notices are for people; a kiosk or a TV has none."""

    message = "设备没有站内通知。"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, get_user_model())


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    class Meta:
        model = Notice
        fields = ["id", "level", "topic", "title", "body", "url", "created_at", "read_at"]
        read_only_fields = fields


class NoticesAsk(serializers.Serializer):
    topic = serializers.ChoiceField(choices=NoticeTopic.choices, required=False)
    unread = serializers.BooleanField(required=False, default=False)


@extend_schema_view(get=extend_schema(parameters=[NoticesAsk]))
class NoticeList(generics.ListAPIView[Notice]):
    """The signed-in person's own notices, newest first; `topic` and `unread` narrow them."""

    permission_classes = [PeopleOnly]
    serializer_class = NoticeSerializer
    queryset = Notice.objects.none()

    def get_queryset(self) -> NoticeQuerySet:
        asked = NoticesAsk(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        return queries.listed(self.request.user, topic=wanted.get("topic", ""), only_unread=wanted["unread"])


class NoticeWishes(serializers.Serializer):
    """`channels`: topic → bell, sms, digest; a topic left out keeps the bell only."""

    channels = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices)), default=dict
    )
    quiet_from = serializers.IntegerField(min_value=0, max_value=23)
    quiet_until = serializers.IntegerField(min_value=0, max_value=23)
    digest_hour = serializers.IntegerField(min_value=0, max_value=23, allow_null=True)

    def validate_channels(self, value: dict[str, list[str]]) -> dict[str, list[str]]:
        strange = sorted(set(value) - set(NoticeTopic.values))
        if strange:
            raise serializers.ValidationError(f"没有这种事项:{'、'.join(strange)[:60]}。")
        return value


def _wishes_of(row: NoticeSettings) -> dict[str, object]:
    channels = {topic: row.chosen(topic) for topic in NoticeTopic.values}
    return {
        "channels": channels,
        "quiet_from": row.quiet_from,
        "quiet_until": row.quiet_until,
        "digest_hour": row.digest_hour,
    }


@extend_schema(methods=["GET"], responses=NoticeWishes, operation_id="notices_settings")
@extend_schema(
    methods=["PUT"],
    request=NoticeWishes,
    responses={200: NoticeWishes, 409: Problem},
    operation_id="notices_settings_change",
)
@api_view(["GET", "PUT"])
@permission_classes([PeopleOnly])
def wishes(request: Request) -> Response:
    """How the caller wants to be told. What needs a hand now always rings, whatever is chosen. 409 `no_phone`,
    `digest_hour_missing`."""
    if request.method == "GET":
        return Response(_wishes_of(queries.settings_of(request.user)))
    told = NoticeWishes(data=request.data)
    told.is_valid(raise_exception=True)
    given = told.validated_data
    usual = {topic: list(USUAL) for topic in NoticeTopic.values}
    wish = actions.Wish(usual | given["channels"], given["quiet_from"], given["quiet_until"], given["digest_hour"])
    return Response(_wishes_of(actions.set_wishes(request.user, wish, now=time.now())))


@extend_schema(request=None, responses=NoticeSerializer)
@api_view(["POST"])
@permission_classes([PeopleOnly])
@keeps_answer
def read(request: Request, pk: int) -> Response:
    """Mark one notice as read; a second time changes nothing."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    actions.mark_read(request.user, ids=[notice.pk])
    notice.refresh_from_db()
    return Response(NoticeSerializer(notice).data)


@extend_schema(request=None, responses=inline_serializer("NoticesRead", {"read": serializers.IntegerField()}))
@api_view(["POST"])
@permission_classes([PeopleOnly])
@keeps_answer
def read_all(request: Request) -> Response:
    """Mark every notice of the signed-in person as read; answers how many were not yet."""
    return Response({"read": actions.mark_all_read(request.user)})


urlpatterns = [
    path("notices/", NoticeList.as_view(), name="api-notices"),
    path("notices/settings/", wishes, name="api-notices-settings"),
    path("notices/<int:pk>/read/", read, name="api-notices-read"),
    path("notices/read-all/", read_all, name="api-notices-read-all"),
]
