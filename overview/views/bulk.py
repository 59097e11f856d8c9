"""批量设置: a parameter, a material or a broadcast for many halls, with what it changes shown before."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import pictures, time
from core.errors import Refused
from core.forms import tried
from halls.actions import LARGEST_PICTURE, keep_picture
from overview.actions import bulk as actions
from overview.forms import BulkBroadcastForm, BulkMaterialForm, ParameterForm
from overview.models import BulkChange
from overview.queries import bulk as reads
from overview.rules import bulk as rules
from overview.states import BulkKind
from staff.requests import StaffRequest

PER_PAGE = 30
NO_RIGHT = "没有批量设置的权限。如工作需要,请联系市公司。"


def _need(request: StaffRequest, *verbs: str) -> None:
    if not any(request.user.may(verb) for verb in verbs):
        raise PermissionDenied(NO_RIGHT)


@require_safe
@login_required
def changes(request: StaffRequest) -> HttpResponse:
    _need(request, *reads.RIGHT.values())
    page = Paginator(reads.history(request.user), PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "may_parameter": request.user.may("settings.change"),
        "may_material": request.user.may("tv.manage"),
    }
    return render(request, "overview/bulk.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def parameter(request: StaffRequest) -> HttpResponse:
    """First the effect, hall by hall; then, with what was seen, the saving."""
    _need(request, "settings.change")
    now, shown = time.now(), dict[str, Any]()
    form = ParameterForm(request.POST or None, rows=reads.halls_for(request.user, BulkKind.PARAMETER))
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            seen = request.POST.get("seen", "")
            made = tried(
                form, lambda: actions.set_parameter(form.chosen, form.setting, seen=seen, actor=request.user, now=now)
            )
            if made is not None:
                messages.success(request, f"已为 {made.lines.count()} 个营业厅设置,{made.valid_from} 起生效。")
                return redirect("bulk-change", made.pk)
        effects = tried(form, lambda: actions.preview(form.chosen, form.setting, now=now))
        if effects is not None:
            shown = {"effects": effects, "changing": rules.changed(effects), "seen": rules.digest(effects)}
    return render(request, "overview/bulk_parameter.html", {"form": form, **shown})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def material(request: StaffRequest) -> HttpResponse:
    """Shown filled in first; its picture goes once, and a fresh one is shown before anything is saved."""
    _need(request, "tv.manage")
    now, rows = time.now(), reads.halls_for(request.user, BulkKind.MATERIAL)
    form = BulkMaterialForm(request.POST or None, request.FILES or None, rows=rows, today=time.business_day(now))
    shown: dict[str, Any] = {"title": "多厅上物料", "act": "上物料", "what": "material"}
    if request.method == "POST":
        shown["kept"] = _picture(request, form)
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST and not form.cleaned_data["picture"]:
            made = tried(
                form, lambda: actions.put_material(form.chosen, form.pattern, note="", actor=request.user, now=now)
            )
            if made is not None:
                messages.success(request, f"{made.title}已放到 {made.lines.count()} 个营业厅。")
                return redirect("bulk-change", made.pk)
        shown |= {"chosen": form.chosen, "row": form.pattern}
    return render(request, "overview/bulk_pieces.html", {"form": form, **shown})


def _picture(request: StaffRequest, form: BulkMaterialForm) -> str:
    """The picture sent now, or the one that was sent for the preview; returns its proof for the next time."""
    upload = request.FILES.get("picture")
    if upload:
        try:
            form.image = keep_picture(upload.read(LARGEST_PICTURE + 1))
        except Refused as no:
            form.add_error("picture", no.message)
    if not form.image and "drop" not in request.POST:
        form.image = pictures.proved(request.POST.get("kept", ""), request.user.pk)
    return pictures.proof(form.image, request.user.pk) if form.image else ""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def broadcast(request: StaffRequest) -> HttpResponse:
    """What was said can't be taken back, so the halls are shown first here too."""
    _need(request, "tv.manage")
    form = BulkBroadcastForm(request.POST or None, rows=reads.halls_for(request.user, BulkKind.MATERIAL))
    shown: dict[str, Any] = {"title": "多厅广播", "act": "广播一次", "what": "broadcast"}
    if request.method == "POST" and form.is_valid():
        if "save" in request.POST:
            template, given = form.cleaned_data["template"], form.given
            silent = tried(form, lambda: actions.say(form.chosen, template, given, actor=request.user, now=time.now()))
            if silent is not None:
                messages.success(request, f"已在 {len(form.chosen) - len(silent)} 个营业厅广播。")
                for hall, why in silent:
                    messages.warning(request, f"{hall.name}:{why}")
                return redirect("bulk")
        shown["chosen"] = form.chosen
    return render(request, "overview/bulk_pieces.html", {"form": form, **shown})


def _change(request: StaffRequest, pk: int) -> BulkChange:
    """Of which every hall is this person's; else it is not there."""
    _need(request, *reads.RIGHT.values())
    found = reads.history(request.user).filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def change(request: StaffRequest, pk: int) -> HttpResponse:
    found = _change(request, pk)
    return render(request, "overview/bulk_change.html", {"change": found, "lines": reads.lines_of(found)})


@require_POST
@login_required
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    found, count = actions.undo(_change(request, pk).pk, actor=request.user, now=time.now())
    word = "已撤下" if found.kind == BulkKind.MATERIAL else f"{found.undone_from} 起恢复原值"
    messages.success(request, f"{count} 个营业厅{word}。")
    return redirect("bulk-change", pk)


urlpatterns = [
    path("bulk/", changes, name="bulk"),
    path("bulk/parameter/", parameter, name="bulk-parameter"),
    path("bulk/material/", material, name="bulk-material"),
    path("bulk/broadcast/", broadcast, name="bulk-broadcast"),
    path("bulk/<int:pk>/", change, name="bulk-change"),
    path("bulk/<int:pk>/undo/", undo, name="bulk-undo"),
]
