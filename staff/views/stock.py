"""卡品票据台账: what is where, the ledger, and one form for every booking."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.models import Hall
from staff.actions import stock as actions
from staff.forms.stock import STORE, Act, BookForm, LedgerFilter
from staff.models import StockTransfer, User
from staff.queries import stock as reads
from staff.queries.stock import Place
from staff.requests import StaffRequest
from staff.rules.stock import serials
from staff.views.halls import hall_for, pick_hall, query_without

WHAT = "卡品票据台账"
PER_PAGE = 30
HEADS = ["时间", "品种", "位置", "事项", "数量", "账面", "起号", "止号", "对方", "说明", "经办人"]


@require_safe
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "money.see", WHAT, "stock-hall")


def _hall(request: StaffRequest, code: str, verb: str = "money.see") -> Hall:
    return hall_for(request, code, verb, WHAT)


@require_safe
@login_required
def stock(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    return _page(request, hall, _form(hall))


def _form(hall: Hall, posted: Any = None) -> BookForm:
    others = Hall.objects.filter(is_live=True).exclude(pk=hall.pk).order_by("code")
    return BookForm(posted, hall=hall, others=others)


def _page(request: StaffRequest, hall: Hall, form: BookForm) -> HttpResponse:
    wanted = LedgerFilter(request.GET, hall=hall)
    found = reads.entries(hall, wanted.cleaned_data if wanted.is_valid() else {})
    windows = list(hall.windows.filter(is_active=True).order_by("number"))
    shown = {
        "hall": hall,
        "windows": windows,
        "lines": [
            {"line": line, "cells": [line.windows.get(window.number, 0) for window in windows]}
            for line in reads.hall_book(hall)
        ],
        "on_the_way": reads.on_the_way(hall),
        "filter": wanted,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "query": query_without(request, "page"),
        "form": form,
        "manages": request.user.may("money.manage", hall),
    }
    return render(request, "staff/stock.html", shown)


@require_safe
@login_required
def export(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    wanted = LedgerFilter(request.GET, hall=hall)
    found = reads.entries(hall, wanted.cleaned_data if wanted.is_valid() else {})
    return sheet("stock", f"{hall.name} {WHAT}", HEADS, _rows(found[:10_000]), by=request.user)


def _rows(found: Any) -> Iterator[list[Any]]:
    for row in found:
        yield [
            row.at,
            row.item.name,
            row.window.label if row.window else "厅库",
            row.get_move_display(),
            row.quantity,
            row.after,
            row.serial_first,
            row.serial_last,
            row.other,
            row.reason,
            row.actor.name,
        ]


@require_POST
@login_required
def book(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code, "money.manage"), time.now()
    form = _form(hall, request.POST)
    if form.is_valid() and tried(form, lambda: _book(hall, form.cleaned_data, request.user, now)) is not None:
        messages.success(request, "已记入台账。")
        return redirect("stock-hall", code)
    return _page(request, hall, form)


def _book(hall: Hall, given: dict[str, Any], actor: User, now: datetime) -> Any:
    """The act that the form names. Raises Refused."""
    item, quantity, act = given["item"], given["quantity"], given["act"]
    here = _place(hall, given["place"])
    if act == Act.TAKE_STOCK:
        span = serials(given["first"], given["last"]) if given["first"] else None
        return actions.take_stock(here, quantity, actions.Batch(item, 0, span, given["reason"]), actor=actor, now=now)
    what = actions.batch(item, quantity, first=given["first"], last=given["last"], reason=given["reason"])
    if act == Act.MOVE:
        if not given["there"]:
            raise Refused("no_place", "请选择调入位置。")
        return actions.move(here, _place(hall, given["there"]), what, actor=actor, now=now)
    if act == Act.SEND:
        if given["other"] is None:
            raise Refused("no_place", "请选择调入营业厅。")
        return actions.send(hall, given["other"], what, actor=actor, now=now)
    verbs = {
        Act.RECEIVE: actions.receive,
        Act.SELL: actions.sell,
        Act.TAKE_BACK: actions.take_back,
        Act.HAND_OUT: actions.hand_out,
    }
    return verbs[Act(act)](here, what, actor=actor, now=now)


def _place(hall: Hall, text: str) -> Place:
    return Place(hall) if text == STORE else Place(hall, hall.windows.get(number=int(text)))


@require_POST
@login_required
def arrived(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """The receiving hall takes it in, the sending one takes it back."""
    hall, now = _hall(request, code, "money.manage"), time.now()
    transfer = get_object_or_404(StockTransfer.objects.filter(to_hall=hall), pk=pk)
    actions.accept(transfer.pk, actor=request.user, now=now)
    messages.success(request, "调拨已接收入库。")
    return redirect("stock-hall", code)


@require_POST
@login_required
def came_back(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    hall, now = _hall(request, code, "money.manage"), time.now()
    transfer = get_object_or_404(StockTransfer.objects.filter(from_hall=hall), pk=pk)
    actions.send_back(transfer.pk, actor=request.user, now=now)
    messages.success(request, "调拨已退回本厅。")
    return redirect("stock-hall", code)


urlpatterns = [
    path("stock/", halls, name="stock"),
    path("stock/<slug:code>/", stock, name="stock-hall"),
    path("stock/<slug:code>/export/", export, name="stock-export"),
    path("stock/<slug:code>/book/", book, name="stock-book"),
    path("stock/<slug:code>/transfers/<int:pk>/accept/", arrived, name="stock-accept"),
    path("stock/<slug:code>/transfers/<int:pk>/send-back/", came_back, name="stock-send-back"),
]
