"""现场检查: the shell of the tablet, without anybody's data, and what makes it installable."""

import hashlib
import json

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.templatetags.static import static
from django.urls import path
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from staff.requests import StaffRequest

MODULES = ("tablet", "visit", "finish", "photo", "sync", "store", "unsent", "scoring", "dom")
FILES = (
    "vendor/noto-sans-sc/wght.css",
    "css/tokens.css",
    "css/inspections-tablet.css",
    "img/mark.svg",
    "vendor/idb.js",
    *(f"js/inspections/{name}.js" for name in MODULES),
)
MAY_FILL = ("inspection.audit", "inspection.patrol")


@require_safe
@ensure_csrf_cookie
@login_required
def tablet(request: StaffRequest) -> HttpResponse:
    if not any(request.user.may(verb) for verb in MAY_FILL):
        raise PermissionDenied("没有现场检查的权限。如工作需要,请联系区县主管开通。")
    return render(request, "inspections/tablet.html", {"scope": resolve_url("inspection-tablet")})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Below the tablet's address, so that its reach is the tablet and nothing else."""
    files = [static(name) for name in FILES]
    version = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:12]
    facts = {"version": version, "files": files, "page": resolve_url("inspection-tablet")}
    body = render(request, "inspections/sw.js", {"facts": json.dumps(facts)})
    body["Content-Type"] = "text/javascript; charset=utf-8"
    body["Cache-Control"] = "no-cache"
    return body


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    page = resolve_url("inspection-tablet")
    icon = {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    facts = {
        "id": page,
        "name": "厅管家 · 现场检查",
        "short_name": "现场检查",
        "lang": "zh-Hans",
        "start_url": page,
        "scope": page,
        "display": "standalone",
        "orientation": "landscape",
        "background_color": "#F6F8FB",
        "theme_color": "#0072B5",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


urlpatterns = [
    path("inspections/tablet/", tablet, name="inspection-tablet"),
    path("inspections/tablet/sw.js", worker, name="inspection-worker"),
    path("inspections/tablet/manifest.webmanifest", manifest, name="inspection-manifest"),
]
