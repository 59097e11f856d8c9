"""Health, metrics and the pages for things that went wrong."""

import os
import sys
from datetime import datetime, timedelta
from ipaddress import ip_address

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core import metrics, time
from core.logs import request_id
from core.middleware import ENGINE_ERRORS, engine_down
from core.redis import client, key

BEAT_SILENCE = timedelta(seconds=30)
_migrated = False


def healthz(request: HttpRequest) -> HttpResponse:
    """Only reached where the ASGI roof is absent (tests, plain WSGI): the roof answers this itself."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, migrations and beat are all well, else 503 with what is not."""
    found = {"database": _database(), "redis": _redis(), "migrations": _migrations(), "beat": _beat()}
    ready = all(word == "ok" for word in found.values())
    response = JsonResponse({"ready": ready, **found}, status=200 if ready else 503)
    if not ready:
        response["Retry-After"] = "2"
        response._has_been_logged = True  # type: ignore[attr-defined]  # asked every second during a start: no news worth a line
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except ENGINE_ERRORS:
        return "down"
    return "ok"


def _redis() -> str:
    try:
        client().ping()
    except redis.RedisError:
        return "down"
    return "ok"


def _migrations() -> str:
    global _migrated
    if not _migrated:
        try:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except ENGINE_ERRORS:
            return "unknown"
    return "ok" if _migrated else "pending"


def _beat() -> str:
    try:
        seen = client().get(key("beat"))
    except redis.RedisError:
        return "unknown"
    if not isinstance(seen, bytes):
        return "silent"
    return "ok" if time.now() - datetime.fromisoformat(seen.decode()) < BEAT_SILENCE else "silent"


def metrics_page(request: HttpRequest) -> HttpResponse:
    """For Prometheus: with the token, or from a private address when none is set."""
    if not _may_scrape(request):
        return HttpResponse("metrics need METRICS_TOKEN", status=403, content_type="text/plain")
    body, kind = metrics.exposition(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
    return HttpResponse(body, content_type=kind)


def _may_scrape(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return request.headers.get("Authorization", "") == f"Bearer {settings.METRICS_TOKEN}"
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_private
    except ValueError:
        return False


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke is in the log under the number shown; an engine that is away is 503."""
    if isinstance(sys.exc_info()[1], ENGINE_ERRORS):
        return engine_down(request)
    message = f"系统没有完成这次操作,数据未变动。请稍后重试,编号 {request_id.get()} 可报给管理员。"
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "server_error", "message": message}, status=500)
    return render(request, "500.html", {"message": message}, status=500)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "not_found", "message": "没有找到,请核对地址。"}, status=404)
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    message = str(exception) or "没有查看该内容的权限。如工作需要,请联系店长开通。"
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "forbidden", "message": message}, status=403)
    return render(request, "403.html", {"message": message}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "bad_request", "message": "请求内容不符合要求。"}, status=400)
    return render(request, "400.html", status=400)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is from an earlier sign-in or the cookie is gone."""
    return render(request, "403.html", {"message": "页面已过期,请返回并刷新后再提交。"}, status=403)
