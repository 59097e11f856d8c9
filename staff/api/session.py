"""How a program signs in as a person."""

from django.contrib.auth import authenticate
from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.errors import Refused
from staff import access
from staff.models import User
from staff.queries import people as queries


class SignInSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=20)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


Job = inline_serializer(
    "Job",
    {
        "role": serializers.CharField(),
        "role_label": serializers.CharField(),
        "hall": serializers.CharField(allow_null=True),
        "region": serializers.CharField(allow_null=True),
    },
    many=True,
)
SignedIn = inline_serializer(
    "SignedIn",
    {
        "token": serializers.CharField(),
        "staff_no": serializers.CharField(),
        "name": serializers.CharField(),
        "jobs": Job,
    },
)


@extend_schema(request=SignInSerializer, responses=SignedIn)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def token(request: Request) -> Response:
    """A token for `Authorization: Token …`. 401 for a wrong password, 429 after five of them."""
    form = SignInSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    user = authenticate(request._request, **form.validated_data)
    if not isinstance(user, User):
        return Response({"code": "bad_sign_in", "message": "工号或密码不对,请核对后再试。"}, status=401)
    if queries.must_change_password(user, time.now()):
        raise Refused("must_change_password", "密码须先修改:请登录网页,按提示设置新密码。")
    key, _ = Token.objects.get_or_create(user=user)
    return Response({"token": key.key, "staff_no": user.staff_no, "name": user.name, "jobs": _jobs(user)})


def _jobs(user: User) -> list[dict[str, str | None]]:
    return [
        {
            "role": job.role,
            "role_label": job.get_role_display(),
            "hall": job.hall.code if job.hall else None,
            "region": job.region.code if job.region else None,
        }
        for job in access.employments_today(user)
    ]


urlpatterns = [path("auth/token/", token, name="api-token")]
