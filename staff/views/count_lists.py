"""交接清单: what is counted at a handover of a hall, from when, and the floats of its windows."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.forms import tried
from halls.models import Hall
from staff.actions import count_lists as actions
from staff.actions.count_lists import When
from staff.forms.count_lists import FloatForm, ItemForm, WhenForm
from staff.models import CountItem
from staff.queries import count_lists as reads
from staff.queries.places import places
from staff.requests import StaffRequest
from staff.views.halls import hall_for

VERB, WHAT = "handover.configure", "修改交接清单"


@require_safe
@login_required
def page(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    return _page(request, hall, FloatForm(hall=hall, today=time.business_day(time.now())))


def _page(request: StaffRequest, hall: Hall, form: FloatForm) -> HttpResponse:
    today = time.business_day(time.now())
    shown = {
        "hall": hall,
        "lists": reads.lists(hall, today),
        "planned": reads.planned(hall, today),
        "mine": {one.code for one in places(request.user, hall, VERB)},
        "floats": reads.floats(hall, today),
        "form": form,
    }
    return render(request, "staff/count_list.html", shown)


def _item_of(hall: Hall, pk: int) -> CountItem:
    return get_object_or_404(CountItem, pk=pk, scope__in=list(reads.place_names(hall)))


def _when(request: StaffRequest, hall: Hall) -> WhenForm:
    around = places(request.user, hall, VERB)
    return WhenForm(request.POST or None, places=around, today=time.business_day(time.now()))


def _given(form: WhenForm) -> When:
    return When(form.cleaned_data["place"], form.cleaned_data["valid_from"])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    return _edit(request, hall, CountItem(order=60), f"添加交接项目 · {hall.name}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Another word on an item, from a day on; what was signed keeps the old one."""
    hall = hall_for(request, code, VERB, WHAT)
    return _edit(request, hall, _item_of(hall, pk), f"修改交接项目 · {hall.name}")


def _edit(request: StaffRequest, hall: Hall, item: CountItem, title: str) -> HttpResponse:
    when, form = _when(request, hall), ItemForm(request.POST or None, instance=item)
    if all([when.is_valid(), form.is_valid()]):
        kind, code, today = form.cleaned_data["kind"], item.code, time.business_day(time.now())
        saved = tried(
            form,
            lambda: actions.set_item(kind, code, form.given, _given(when), actor=request.user, today=today),
        )
        if saved is not None:
            messages.success(request, f"已保存,{saved.valid_from:%m-%d} 起按新的清单交接。")
            return redirect("count-list", hall.code)
    return _form(request, hall, [form, when], title, "保存")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def take_off(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    item, when = _item_of(hall, pk), _when(request, hall)
    if when.is_valid():
        today = time.business_day(time.now())
        saved = tried(when, lambda: actions.take_off(item, _given(when), actor=request.user, today=today))
        if saved is not None:
            messages.success(request, f"「{item.label}」{saved.valid_from:%m-%d} 起不再清点。")
            return redirect("count-list", hall.code)
    return _form(request, hall, [when], f"不再清点「{item.label}」", "不再清点")


def _form(request: StaffRequest, hall: Hall, forms: list[Any], title: str, submit: str) -> HttpResponse:
    back = reverse("count-list", args=[hall.code])
    return render(request, "staff/form.html", {"forms": forms, "back": back, "submit": submit, "title": title})


@require_POST
@login_required
def drop(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    item = _item_of(hall, pk)
    if item.scope not in {one.code for one in places(request.user, hall, VERB)}:
        raise Http404
    actions.drop_planned(item.pk, actor=request.user, today=time.business_day(time.now()))
    messages.success(request, "这项更改已撤回。")
    return redirect("count-list", hall.code)


@require_POST
@login_required
def set_float(request: StaffRequest, code: str) -> HttpResponse:
    hall = hall_for(request, code, VERB, WHAT)
    today = time.business_day(time.now())
    form = FloatForm(request.POST, hall=hall, today=today)
    if form.is_valid():
        given = form.cleaned_data
        saved = tried(
            form,
            lambda: actions.set_float(
                given["window"], given["amount"], valid_from=given["valid_from"], actor=request.user, today=today
            ),
        )
        if saved is not None:
            messages.success(request, f"{saved.window.label} 备用金 {saved.valid_from:%m-%d} 起为 {saved.amount} 元。")
            return redirect("count-list", hall.code)
    return _page(request, hall, form)


urlpatterns = [
    path("handovers/<slug:code>/items/", page, name="count-list"),
    path("handovers/<slug:code>/items/new/", add, name="count-item-add"),
    path("handovers/<slug:code>/items/float/", set_float, name="float-set"),
    path("handovers/<slug:code>/items/<int:pk>/", edit, name="count-item-edit"),
    path("handovers/<slug:code>/items/<int:pk>/off/", take_off, name="count-item-off"),
    path("handovers/<slug:code>/items/<int:pk>/drop/", drop, name="count-item-drop"),
]
