"""礼品与库存: the catalogue with prices by date, and how many each hall has."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.forms import tried
from core.sheets import sheet
from halls.models import Hall
from halls.queries import visible_halls
from loyalty.actions import gifts as actions
from loyalty.forms.redemption import ConvertForm, GiftForm, MoveForm, PriceForm, ShopForm
from loyalty.models import Gift, Shop
from loyalty.queries import gifts as reads
from loyalty.states import StockDid
from loyalty.views.customers import need
from staff.requests import StaffRequest

NO_STOCK = "没有看礼品与库存的权限。如工作需要,请联系店长开通。"
NO_GIFTS = "礼品与价格由市公司维护。如需调整,请联系市公司运营。"
MOVES_PER_PAGE = 30


def _halls(request: StaffRequest) -> list[Hall]:
    if not (request.user.may("points.report") or request.user.may("gift.stock")):
        raise PermissionDenied(NO_STOCK)
    return list(visible_halls(request.user, "points.report").order_by("code"))


@require_safe
@login_required
def gifts(request: StaffRequest) -> HttpResponse:
    halls = _halls(request)
    chosen = next((hall for hall in halls if hall.code == request.GET.get("hall")), None)
    lines = reads.lines([chosen] if chosen else halls, time.now())
    shown: dict[str, Any] = {
        "halls": halls,
        "chosen": chosen,
        "lines": lines,
        "can_manage": request.user.may("gift.manage"),
        "convert_form": ConvertForm(),
        "shops": Shop.objects.all(),
    }
    return render(request, "loyalty/gifts.html", shown)


def _cells(line: reads.GiftLine, halls: int) -> list[Any]:
    gift = line.gift
    here: list[Any] = [quantity for _, quantity in line.stocks] or [None] * halls
    return [gift.code, gift.name, gift.get_kind_display(), line.price, *here, line.total if gift.has_stock else None]


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    halls = _halls(request)
    heads = ["代码", "礼品", "类别", "现价积分", *[hall.name for hall in halls], "合计"]
    rows = [_cells(line, len(halls)) for line in reads.lines(halls, time.now())]
    return sheet("gifts", "礼品与库存", heads, rows, by=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def gift(request: StaffRequest, code: str) -> HttpResponse:
    """One gift: prices, stock, moves; POST moves stock."""
    halls, shown = _halls(request), get_object_or_404(Gift, code=code)
    mine = Hall.objects.filter(pk__in=request.user.hall_ids("gift.stock")).order_by("code")
    form = MoveForm(request.POST or None, halls=mine)
    if request.method == "POST":
        need(request, "gift.stock", "没有礼品出入库的权限。如工作需要,请联系店长开通。")
        if form.is_valid() and tried(form, lambda: _move(request, shown, form)) is not None:
            messages.success(request, "已登记出入库。")
            return redirect("gift", shown.code)
    return render(request, "loyalty/gift.html", _about(request, shown, halls, form))


def _move(request: StaffRequest, shown: Gift, form: MoveForm) -> bool:
    given, now = form.cleaned_data, time.now()
    if given["did"] == StockDid.SENT:
        actions.send_stock(shown, (given["hall"], given["to"]), given["quantity"], actor=request.user, now=now)
    else:
        move = actions.Move(given["did"], given["quantity"], given["note"])
        actions.move_stock(shown, given["hall"], move, actor=request.user, now=now)
    return True


def _about(request: StaffRequest, shown: Gift, halls: list[Hall], form: MoveForm, **forms: Any) -> dict[str, Any]:
    page = Paginator(reads.moves(shown, request.user), MOVES_PER_PAGE).get_page(request.GET.get("page"))
    return {
        "line": reads.lines(halls, time.now(), Gift.objects.filter(pk=shown.pk))[0],
        "form": form,
        "page": page,
        "prices": shown.prices.all(),
        "today": time.business_day(time.now()),
        "can_move": request.user.may("gift.stock") and shown.has_stock,
        "can_manage": request.user.may("gift.manage"),
        "price_form": PriceForm(),
        **forms,
    }


@require_POST
@login_required
def set_price(request: StaffRequest, code: str) -> HttpResponse:
    need(request, "gift.manage", NO_GIFTS)
    shown, form = get_object_or_404(Gift, code=code), PriceForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        made = tried(
            form,
            lambda: actions.set_price(shown, given["points"], given["valid_from"], actor=request.user, now=time.now()),
        )
        if made is not None:
            messages.success(request, f"{made.valid_from} 起 {made.points:,} 分。")
            return redirect("gift", shown.code)
    mine = Hall.objects.filter(pk__in=request.user.hall_ids("gift.stock")).order_by("code")
    return render(
        request, "loyalty/gift.html", _about(request, shown, _halls(request), MoveForm(halls=mine), price_form=form)
    )


@require_POST
@login_required
def convert(request: StaffRequest) -> HttpResponse:
    """R-L-26: the whole catalogue × 1.25 from a day on."""
    need(request, "gift.manage", NO_GIFTS)
    form = ConvertForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请填写换算价格的生效日期。")
        return redirect("gifts")
    count = actions.convert_prices(form.cleaned_data["valid_from"], actor=request.user, now=time.now())
    messages.success(request, f"已为 {count} 件礼品排定换算后的价格。")
    return redirect("gifts")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: StaffRequest, code: str = "") -> HttpResponse:
    need(request, "gift.manage", NO_GIFTS)
    before = get_object_or_404(Gift, code=code) if code else None
    form = GiftForm(request.POST or None, instance=before)
    if request.method == "POST" and form.is_valid():
        made = actions.save_line(form, actor=request.user)
        return redirect("gift", made.code)
    return render(request, "loyalty/gift_form.html", {"form": form, "thing": before, "what": "礼品"})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def shop(request: StaffRequest, code: str = "") -> HttpResponse:
    need(request, "gift.manage", NO_GIFTS)
    before = get_object_or_404(Shop, code=code) if code else None
    form = ShopForm(request.POST or None, instance=before)
    if request.method == "POST" and form.is_valid():
        actions.save_line(form, actor=request.user)
        return redirect("gifts")
    return render(request, "loyalty/gift_form.html", {"form": form, "thing": before, "what": "合作商户"})


urlpatterns = [
    path("loyalty/gifts/", gifts, name="gifts"),
    path("loyalty/gifts/export/", export, name="gifts-export"),
    path("loyalty/gifts/convert/", convert, name="gifts-convert"),
    path("loyalty/gifts/new/", edit, name="gift-new"),
    path("loyalty/gifts/<slug:code>/", gift, name="gift"),
    path("loyalty/gifts/<slug:code>/edit/", edit, name="gift-edit"),
    path("loyalty/gifts/<slug:code>/price/", set_price, name="gift-price"),
    path("loyalty/shops/new/", shop, name="shop-new"),
    path("loyalty/shops/<slug:code>/", shop, name="shop"),
]
