from django.contrib.auth import get_user_model
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import generics, serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import keeps_answer
from messaging import actions
from messaging.models import Notice, NoticeQuerySet


class PeopleOnly(BasePermission):
    """Notices are for people; a kiosk or a TV has none."""

    message = "设备没有站内通知。"

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, get_user_model())


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    class Meta:
        model = Notice
        fields = ["id", "level", "title", "body", "url", "created_at", "read_at"]
        read_only_fields = fields


class NoticeList(generics.ListAPIView[Notice]):
    """The signed-in person's own notices, newest first."""

    permission_classes = [PeopleOnly]
    serializer_class = NoticeSerializer
    queryset = Notice.objects.none()

    def get_queryset(self) -> NoticeQuerySet:
        return Notice.objects.visible_to(self.request.user)


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
    path("notices/<int:pk>/read/", read, name="api-notices-read"),
    path("notices/read-all/", read_all, name="api-notices-read-all"),
]
