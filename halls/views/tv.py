"""What lobby TVs show and say: the page of those who fill them, and what the screens fetch."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import pictures, time
from core.errors import Refused
from core.requests import SignedInRequest
from halls import actions, queries
from halls.forms.places import BroadcastForm, MaterialForm
from halls.models import BroadcastTemplate, Hall, Material
from halls.queries import materials

NO_RIGHT = "没有管理大屏内容的权限。如工作需要,请联系店长开通。"
PICTURE = re.compile(r"[0-9a-f]{40}\.(png|jpg|webp)")
LOGGED = 8


@require_safe
def content(request: HttpRequest, code: str) -> HttpResponseBase:
    """Open to every screen, as the board is."""
    hall = get_object_or_404(Hall.objects.select_related("region__parent__parent"), code=code, is_live=True)
    shown = queries.content(hall, time.now())
    response = JsonResponse(shown, json_dumps_params={"ensure_ascii": False})
    response["ETag"] = f'"{queries.content_tag(shown)}"'
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Open while it is on a TV; else only for those who manage it, hang it in their hall, or are about to."""
    if not PICTURE.fullmatch(name):
        raise Http404
    public = queries.is_picture_public(name, time.business_day(time.now()))
    if not public and not _manages(request, name):
        raise Http404
    try:
        file = (actions.pictures_folder() / name).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=pictures.TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = "public, max-age=86400, immutable" if public else "private, no-store"
    return response


def _manages(request: HttpRequest, name: str) -> bool:
    user: Any = request.user
    if not user.is_authenticated:
        return False
    if pictures.proved(request.GET.get("kept", ""), user.pk) == name:
        return True
    hangs_here = materials.printed().filter(image=name, hall__in=user.hall_ids("hall.check"))
    return queries.manageable(user).filter(image=name).exists() or hangs_here.exists()


def _hall(request: SignedInRequest, code: str) -> Hall:
    """A hall this person may see; 403 without the right to its TVs."""
    hall = get_object_or_404(queries.visible_halls(request.user), code=code)
    if not request.user.may("tv.manage", hall):
        raise PermissionDenied(NO_RIGHT)
    return hall


def _material(request: SignedInRequest, pk: int) -> Material:
    """One this person may change; 403 for one that is only shown in a hall of theirs, 404 for the rest."""
    found = queries.manageable(request.user).select_related("hall", "region").filter(pk=pk).first()
    if found is not None:
        return found
    seen = get_object_or_404(Material, pk=pk)
    if queries.halls_showing(seen).filter(pk__in=request.user.hall_ids("hall.see")).exists():
        raise PermissionDenied(NO_RIGHT)
    raise Http404


def _back(hall: Hall) -> HttpResponse:
    return redirect(f"{resolve_url('tv')}?{urlencode({'hall': hall.code})}")


def _named(request: SignedInRequest, code: str) -> Hall | None:
    """The hall that was asked for, or the first one; compared here, because anything may stand in an address."""
    halls = queries.visible_halls(request.user, "tv.manage").order_by("-is_live", "code")
    return next((one for one in halls if code in {"", one.code}), None)


def _hall_behind(request: SignedInRequest, material: Material) -> Hall:
    """The page to go back to: the one that was open, else any hall that shows the material."""
    asked = _named(request, request.POST.get("hall") or request.GET.get("hall") or material.hall_code)
    if asked is None:
        raise Http404
    return asked


def _form(request: SignedInRequest, hall: Hall, data: Any = None, instance: Material | None = None) -> MaterialForm:
    return MaterialForm(
        data,
        request.FILES if data is not None else None,
        instance=instance,
        hall=hall,
        regions=queries.regions_for(request.user, hall),
        today=time.business_day(time.now()),
    )


def _shown(request: SignedInRequest, hall: Hall, **more: Any) -> dict[str, Any]:
    now = time.now()
    said = more.pop("said", None)
    templates = BroadcastTemplate.objects.filter(is_active=True)
    return {
        "hall": hall,
        "halls": queries.visible_halls(request.user, "tv.manage"),
        "materials": queries.materials_with_state(hall, request.user, time.business_day(now)),
        "form": more.pop("form", None) or _form(request, hall),
        "sayings": [said if said and said.template == one else BroadcastForm(one) for one in templates],
        "log": hall.broadcasts.select_related("said_by")[:LOGGED],
        "said_this_hour": queries.broadcasts_within_hour(hall, now),
        **more,
    }


@require_safe
@login_required
def tv(request: SignedInRequest) -> HttpResponse:
    if not request.user.may("tv.manage"):
        raise PermissionDenied(NO_RIGHT)
    hall = _named(request, request.GET.get("hall", ""))
    if hall is None:
        return render(request, "halls/no_halls.html", {"title": "大屏内容"}, status=404)
    return render(request, "halls/tv.html", _shown(request, hall))


@require_POST
@login_required
def add(request: SignedInRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    form = _form(request, hall, request.POST)
    if _picture_kept(form):
        form.instance.keeper = request.user
        material = actions.add_material(form.save(commit=False), actor=request.user, now=time.now())
        messages.success(request, f"已添加{material}。")
        return _back(hall)
    return render(request, "halls/tv.html", _shown(request, hall, form=form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    material = _material(request, pk)
    hall = _hall_behind(request, material)
    form = _form(request, hall, request.POST if request.method == "POST" else None, material)
    if request.method == "POST" and _picture_kept(form):
        try:
            actions.change_material(form.save(commit=False), actor=request.user)
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, "已保存,大屏即刻更新。")
            return _back(hall)
    return render(request, "halls/tv_edit.html", {"hall": hall, "material": material, "form": form})


def _picture_kept(form: MaterialForm) -> bool:
    """Whether all is well; a new picture is stored by then, a bad one is told beside its field."""
    if not form.is_valid():
        return False
    upload = form.cleaned_data.get("picture")
    if upload:
        try:
            # One byte more than allowed is enough to refuse it.
            form.instance.image = actions.keep_picture(upload.read(actions.LARGEST_PICTURE + 1))
        except Refused as no:
            form.add_error("picture", no.message)
    return form.is_valid()


@require_POST
@login_required
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    material = _material(request, pk)
    actions.move_material(material.pk, earlier=request.POST.get("to") == "earlier", actor=request.user)
    return _back(_hall_behind(request, material))


@require_POST
@login_required
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    material = _material(request, pk)
    hall = _hall_behind(request, material)
    actions.retire_material(material.pk, actor=request.user, now=time.now())
    messages.success(request, f"已撤下{material}。")
    return _back(hall)


@require_POST
@login_required
def say(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    hall = _hall(request, code)
    template = get_object_or_404(BroadcastTemplate, pk=pk, is_active=True)
    form = BroadcastForm(template, request.POST)
    if form.is_valid():
        try:
            row = actions.broadcast(hall, template, form.cleaned_data, actor=request.user, now=time.now())
        except Refused as no:
            form.add_error(None, no.message)
        else:
            messages.success(request, f"已广播:{row.text}")
            return _back(hall)
    return render(request, "halls/tv.html", _shown(request, hall, said=form))
