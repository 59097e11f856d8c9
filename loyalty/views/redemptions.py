"""积分兑换: the desk, the slip, taking it back, and vouchers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls import queries as halls
from halls.models import Hall
from loyalty.actions import privacy
from loyalty.actions import redemption as actions
from loyalty.forms.redemption import RedeemForm, RedemptionFilter
from loyalty.models import Customer, Gift, Redemption
from loyalty.queries import card as cards
from loyalty.queries import gifts as reads
from loyalty.queries import privacy as looks
from loyalty.rules import gifts as rules
from loyalty.views.customers import customer_for, need
from staff.requests import StaffRequest

PER_PAGE = 30
MOST_EXPORTED = 20_000
NO_DESK = "没有积分兑换的权限。如工作需要,请联系店长开通。"
HEADS = ["兑换单号", "时间", "营业厅", "经办人", "工号", "客户号码", "礼品", "数量", "积分"]
HEADS += ["身份核对", "状态", "撤销原因"]


def desk_of(request: StaffRequest) -> actions.Desk:
    """The person at their hall. Raises PermissionDenied above halls: gifts lie in halls."""
    need(request, "points.redeem", NO_DESK)
    hall = looks.place_of(request.user, time.now())
    if hall is None or not request.user.may("points.redeem", hall):
        raise PermissionDenied("积分兑换在营业厅办理,当前岗位不在营业厅。")
    return actions.Desk(request.user, hall)


# ---- the list -------------------------------------------------------------------------------------------------


def _wanted(request: StaffRequest) -> tuple[RedemptionFilter, QuerySet[Redemption]]:
    user = request.user
    if not (user.may("points.redeem") or user.may("points.report")):
        raise PermissionDenied(NO_DESK)
    mine = user.hall_ids("points.redeem") | user.hall_ids("points.report")
    form = RedemptionFilter(request.GET, halls=Hall.objects.filter(pk__in=mine).order_by("code"))
    wanted, rows = form.wanted, reads.redemptions(user)
    today = time.business_day(time.now())
    since, until = wanted.get("since"), wanted.get("until")
    if not (since or until or wanted.get("find")):
        since = today
    if since:
        rows = rows.filter(at__gte=time.day_bounds(since)[0])
    if until:
        rows = rows.filter(at__lt=time.day_bounds(until)[1])
    for name in ("hall", "state"):
        if name in wanted:
            rows = rows.filter(**{name: wanted[name]})
    if "find" in wanted:
        rows = reads.matching(rows, find=wanted["find"])
    return form, rows


@require_safe
@login_required
def redemptions(request: StaffRequest) -> HttpResponse:
    form, rows = _wanted(request)
    query = request.GET.copy()
    query.pop("page", None)
    total = rows.filter(state="done").aggregate(points=Sum("points"), pieces=Sum("quantity"))
    shown = {
        "form": form,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "total": total,
        "can_redeem": request.user.may("points.redeem"),
        "is_today": not form.wanted.keys() & {"since", "until", "find"},
        "month_ago": time.business_day(time.now()) - timedelta(days=30),
    }
    return render(request, "loyalty/redemptions.html", shown)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    _, rows = _wanted(request)
    found = list(rows[:MOST_EXPORTED])
    privacy.record_export("积分兑换", rows=len(found), actor=request.user, now=time.now())
    return sheet("redemptions", "积分兑换", HEADS, _cells(found), by=request.user)


def _cells(found: list[Redemption]) -> Iterator[list[Any]]:
    for row in found:
        yield [
            row.number,
            row.at,
            row.hall.name,
            row.clerk.name,
            row.clerk.staff_no,
            row.customer.masked,
            row.gift.name,
            row.quantity,
            row.points,
            row.get_identity_display(),
            row.get_state_display(),
            row.cancel_reason,
        ]


# ---- the desk -------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def redeem(request: StaffRequest, pk: int) -> HttpResponse:
    customer, desk, now = customer_for(request, pk), desk_of(request), time.now()
    form = RedeemForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: actions.redeem(customer, _order(form), desk=desk, now=now))
        if row is not None:
            messages.success(request, f"兑换成功,{row.points:,} 分。请把礼品交给客户,并请客户在凭条上签字。")
            return redirect("redemption", row.number)
    return render(request, "loyalty/redeem.html", _desk(request, customer, desk, form))


def _order(form: RedeemForm) -> actions.Order:
    given = form.cleaned_data
    gift = Gift.objects.filter(code=given["gift"]).first()
    if gift is None:
        raise Refused("not_for_sale", "没有这件礼品,请重新选择。")
    return actions.Order(gift, given["quantity"], given["identity"], given["key"], given["code"])


def _desk(request: StaffRequest, customer: Customer, desk: actions.Desk, form: RedeemForm) -> dict[str, Any]:
    now = time.now()
    card = cards.card(customer, now)
    usable = 0 if card.points.is_closed else card.points.standing.usable
    offers = [(offer, offer.pieces(usable)) for offer in reads.catalogue(desk.hall, now)]
    return {
        "customer": customer,
        "card": card,
        "hall": desk.hall,
        "form": form,
        "offers": offers,
        "chosen": form["gift"].value(),
        "can_pay": usable > 0,
        "code_above": halls.number(rules.CODE_ABOVE, desk.hall, now),
        "recent": reads.of_customer(customer.pk)[:5],
    }


@require_POST
@login_required
def send_code(request: StaffRequest, pk: int) -> HttpResponse:
    """Answers with a sentence beside the field."""
    customer, desk = customer_for(request, pk), desk_of(request)
    gift = Gift.objects.filter(code=request.POST.get("gift", "")[:20], is_active=True).first()
    quantity = request.POST.get("quantity", "")
    if gift is None or not (quantity.isascii() and quantity.isdigit() and len(quantity) < 5):
        raise Refused("not_for_sale", "请先选择礼品和数量,再发送验证码。")
    actions.send_code(customer, gift, int(quantity), desk=desk, now=time.now())
    return render(request, "loyalty/_code_sent.html", {"customer": customer, "gift": gift, "quantity": quantity})


@require_safe
@login_required
def redemption(request: StaffRequest, number: str) -> HttpResponse:
    """The slip, for the screen and the printer."""
    row = get_object_or_404(reads.redemptions(request.user), number=number)
    now = time.now()
    shown = {
        "row": row,
        "vouchers": [(one, one.state_on(time.business_day(now))) for one in reads.vouchers_of(row)],
        "can_cancel": row.may_cancel(now) and request.user.may("points.redeem", row.hall),
        "balance": cards.points(row.customer, now),
        "name": cards.masked_name(row.customer.name),
    }
    return render(request, "loyalty/redemption.html", shown)


@require_POST
@login_required
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    row = get_object_or_404(reads.redemptions(request.user), number=number)
    if not request.user.may("points.redeem", row.hall):
        raise PermissionDenied(NO_DESK)
    actions.cancel(row.pk, request.POST.get("reason", ""), actor=request.user, now=time.now())
    messages.success(request, "已撤销,积分已退回原批次,请收回礼品。")
    return redirect("redemption", row.number)


urlpatterns = [
    path("loyalty/redemptions/", redemptions, name="redemptions"),
    path("loyalty/redemptions/export/", export, name="redemptions-export"),
    path("loyalty/redemptions/<slug:number>/", redemption, name="redemption"),
    path("loyalty/redemptions/<slug:number>/cancel/", cancel, name="redemption-cancel"),
    path("loyalty/customers/<int:pk>/redeem/", redeem, name="redeem"),
    path("loyalty/customers/<int:pk>/redeem/code/", send_code, name="redeem-code"),
]
