"""宣传物料: what hangs where and how long, and taking it down (R-H-8)."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from core import pictures, time
from core.errors import Refused
from core.requests import SignedInRequest
from core.sheets import sheet
from halls import actions
from halls.actions.materials import take_down
from halls.forms.materials import HangForm
from halls.models import Hall, Material, TakenDown
from halls.queries import halls_showing
from halls.queries import materials as reads
from halls.states import HungState
from halls.views.choice import Choice, back, chosen, must

VERB, HANG = "hall.check", "tv.manage"
FOLDER = "taken_down"
PHOTO = re.compile(r"[0-9a-f]{40}\.(png|jpg|webp)")
HEADS = ("载体", "标题", "位置", "开始", "最后一天", "状态", "负责撤下", "撤下人", "撤下时间")


@require_safe
@login_required
def materials(request: SignedInRequest) -> HttpResponse:
    return _page(request, chosen(request, VERB))


def _asked(request: SignedInRequest) -> tuple[str, str]:
    state = request.GET.get("state", "")
    find = request.GET.get("find", "").replace("\x00", "")[:40].strip()
    return (state if state in {*HungState.values, "all"} else ""), find


def _found(hall: Hall, asked: tuple[str, str]) -> list[reads.Hung]:
    state, find = asked
    return reads.register(hall, time.now(), state=state, find=find)


def _page(request: SignedInRequest, choice: Choice, form: HangForm | None = None) -> HttpResponse:
    asked = _asked(request)
    everything = reads.register(choice.hall, time.now())
    urgent = {HungState.EXPIRED, HungState.LAST_DAY}
    may_hang = request.user.may(HANG, choice.hall)
    shown: dict[str, Any] = {
        "choice": choice,
        "rows": _found(choice.hall, asked),
        "urgent": sum(one.state in urgent for one in everything),
        "ending": sum(one.state == HungState.ENDING for one in everything),
        "up": len(everything),
        "state": asked[0],
        "find": asked[1],
        "states": [("", "在用的"), *HungState.choices, ("all", "全部")],
        "may_hang": may_hang,
    }
    if may_hang:
        shown["form"] = form or HangForm(hall=choice.hall, today=time.business_day(time.now()))
    return render(request, "halls/materials.html", shown, status=422 if form else 200)


@require_safe
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, VERB)
    rows = (
        (
            one.row.get_carrier_display(),
            one.row.title,
            one.row.place,
            one.row.valid_from,
            one.row.valid_to,
            str(one.state.label),
            one.row.keeper.name if one.row.keeper else "",
            one.down.by.name if one.down else "",
            one.down.at if one.down else None,
        )
        for one in _found(choice.hall, _asked(request))
    )
    return sheet("materials", f"{choice.hall.name} 宣传物料", HEADS, rows, by=request.user)


@require_POST
@login_required
def hang(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, HANG)
    today = time.business_day(time.now())
    form = HangForm(request.POST, request.FILES, hall=choice.hall, today=today)
    if form.is_valid() and _picture_kept(form):
        form.instance.keeper = request.user
        row = actions.add_material(form.save(commit=False), actor=request.user, now=time.now())
        messages.success(request, f"已登记「{row.title}」,{row.valid_to.month} 月 {row.valid_to.day} 日后须撤下。")
        return back("materials", choice.hall)
    return _page(request, choice, form)


def _picture_kept(form: HangForm) -> bool:
    upload = form.cleaned_data.get("picture")
    if upload:
        try:
            form.instance.image = actions.keep_picture(upload.read(actions.LARGEST_PICTURE + 1))
        except Refused as no:
            form.add_error("picture", no.message)
    return form.is_valid()


def hall_of(request: SignedInRequest, row: Material) -> Hall:
    """The hall in which it comes down: its own, or for a region's the one of the page."""
    if row.hall is not None:
        must(request, VERB, row.hall)
        return row.hall
    seen = halls_showing(row).filter(pk__in=request.user.hall_ids("hall.see"))
    named = [one for one in seen if request.POST.get("hall", one.code) == one.code]
    if not named:
        raise Http404
    must(request, VERB, named[0])
    return named[0]


@require_POST
@login_required
def down(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(reads.printed().select_related("hall", "region"), pk=pk)
    hall = hall_of(request, row)
    try:
        photo = request.FILES.get("photo")
        name = actions.keep_picture(photo.read(actions.LARGEST_PICTURE + 1), FOLDER) if photo else ""
        take_down(row, hall, picture=name, actor=request.user, now=time.now())
        messages.success(request, f"「{row.title}」已撤下。")
    except Refused as no:
        messages.error(request, no.message)
    return back("materials", hall)


@require_safe
@login_required
def photo(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """What the place looked like when it was empty again."""
    kept = get_object_or_404(TakenDown.objects.select_related("hall"), pk=pk)
    must(request, VERB, kept.hall)
    if not PHOTO.fullmatch(kept.picture):
        raise Http404
    try:
        file = (actions.pictures_folder(FOLDER) / kept.picture).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=pictures.TYPES[kept.picture.rpartition(".")[2]])
    response["Cache-Control"] = "private, no-store"
    return response
