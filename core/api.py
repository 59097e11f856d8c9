"""What every API answer has in common: errors, pages, and answers kept for a repeated key."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from drf_spectacular.utils import inline_serializer
from rest_framework import exceptions, serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import exception_handler

from core import time
from core.errors import Refused
from core.models import KeptAnswer

COUNT_LIMIT = 10_000


class Problem(serializers.Serializer):
    """A refusal, as every door of the API answers it with 409."""

    code = serializers.CharField()
    message = serializers.CharField()


def refused_json(no: Refused) -> JsonResponse:
    return JsonResponse({"code": no.code, "message": no.message}, status=409)


def engine_down_json() -> JsonResponse:
    return JsonResponse({"code": "engine_down", "message": "系统正在恢复,请几秒后重试。"}, status=503)


def answer_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """Refused → 409 `{code, message}`; everything else as REST framework does."""
    if isinstance(error, Refused):
        return Response({"code": error.code, "message": error.message}, status=409)
    return exception_handler(error, context)


class Pages(PageNumberPagination):
    """`{results, next, previous, count}`."""

    page_size_query_param = "page_size"
    max_page_size = 200


def page_of(name: str, shape: Any) -> Any:
    """How the document speaks of a page of a list."""
    link = serializers.URLField(allow_null=True)
    parts = {"results": shape(many=True), "next": link, "previous": link, "count": serializers.IntegerField()}
    return inline_serializer(name, parts)


def paged(request: Request, rows: Any, shape: Callable[[Any], Any]) -> Response:
    """The asked page of a list, each row in its shape."""
    pages = Pages()
    found: list[Any] = pages.paginate_queryset(rows, request) or []
    return pages.get_paginated_response([shape(row) for row in found])


def checked_form(form: forms.BaseForm) -> dict[str, Any]:
    """What a page's form makes of a body. Raises ValidationError with the form's sentences by field."""
    if not form.is_valid():
        said = {name.replace("__all__", "non_field_errors"): list(map(str, told)) for name, told in form.errors.items()}
        raise exceptions.ValidationError(said)
    return form.cleaned_data


ApiView = Callable[..., Response]
SECRETS = frozenset({"password"})  # not even as part of a hash is it written down


def keeps_answer(view: ApiView) -> ApiView:
    """Honour `Idempotency-Key`: the first success is kept for 24 hours and given again.

    The key's row is written in the transaction of the act itself: a second request with the same key waits for the
    first to commit, and a crash leaves either both or neither. Refusals change nothing and are not kept.
    Raises Refused("key_reused") when the body differs.
    """

    @wraps(view)
    def kept(request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return view(request, *args, **kwargs)
        if len(key) > 100 or not key.isprintable():
            raise exceptions.ValidationError({"Idempotency-Key": ["请使用不超过 100 个字符的键。"]})
        with transaction.atomic():
            row, fresh = _claim(request, key)
            if not fresh:
                return Response(row.body, status=row.status)
            response = view(request, *args, **kwargs)
            row.status, row.body = response.status_code, json.loads(json.dumps(response.data, cls=JSONEncoder))
            row.save(update_fields=["status", "body"])
        return response

    return kept


def take_back_answer(request: Request, key: str) -> dict[str, Any] | None:
    """What was answered to this caller's key, if anything; from now on a late request with that key does nothing.

    Call it in the transaction that takes the answer's effect back: a request under way is waited for.
    """
    row, fresh = KeptAnswer.objects.get_or_create(
        owner=_owner(request._request), key=key, defaults={"fingerprint": "taken back", "at": time.now()}
    )
    return None if fresh or not isinstance(row.body, dict) else row.body


def _claim(request: Request, key: str) -> tuple[KeptAnswer, bool]:
    given = request.data
    if isinstance(given, Mapping):
        given = {name: value for name, value in given.items() if name not in SECRETS}
    asked = f"{request.method} {request.path} {json.dumps(given, sort_keys=True, default=_told)}"
    fingerprint = hashlib.sha256(asked.encode()).hexdigest()
    row, fresh = KeptAnswer.objects.get_or_create(
        owner=_owner(request._request), key=key, defaults={"fingerprint": fingerprint, "at": time.now()}
    )
    if row.fingerprint != fingerprint:
        raise Refused("key_reused", "这个请求编号已用于另一项操作,请换一个编号。")
    return row, fresh


def _told(value: Any) -> str:
    """A file by what is in it: another picture of the same name is another body."""
    if not isinstance(value, UploadedFile):
        return str(value)
    content = hashlib.sha256()
    for part in value.chunks():
        content.update(part)
    value.seek(0)
    return f"{value.name} {content.hexdigest()}"


def _owner(request: HttpRequest) -> str:
    """Who a key belongs to: the signed-in person or device."""
    who = getattr(request, "user", None)
    return f"{type(who).__name__}:{getattr(who, 'pk', '')}"
