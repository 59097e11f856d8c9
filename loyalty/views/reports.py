"""积分对账: what is outstanding, what came and went, proof of a month, and the ledger's own read page."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from core import time
from core.sheets import sheet
from halls.models import Hall
from halls.queries import visible_halls
from loyalty.actions import privacy
from loyalty.models import GenerationRun, PointsOperation
from loyalty.queries import ledger
from loyalty.queries import reports as reads
from loyalty.rules import months, policy
from loyalty.rules.usage import LotLeft
from loyalty.states import DebitKind, LotKind, ReportView, RunState
from loyalty.views.customers import customer_for
from staff.requests import StaffRequest

MONTHS = 13
PER_PAGE = 40
MOST_EXPORTED = 20_000


def _see(request: StaffRequest) -> list[Hall]:
    if not request.user.may("points.report"):
        raise PermissionDenied("没有查看积分对账的权限。如工作需要,请联系店长开通。")
    return list(visible_halls(request.user, "points.report").order_by("code"))


def _mills() -> int:
    return policy.number(policy.POINT_MILLS, time.business_day(time.now()))


def _since() -> date:
    return months.plus(months.first_of(time.business_day(time.now())), 1 - MONTHS)


@require_safe
@login_required
def reports(request: StaffRequest, view: str = ReportView.LEFT) -> HttpResponse:
    halls = _see(request)
    wanted = ReportView(view) if view in ReportView.values else ReportView.LEFT
    shown = {"view": wanted, "views": ReportView, **BUILT[wanted](request, halls)}
    return render(request, "loyalty/reports.html", shown)


def _left(request: StaffRequest, halls: list[Hall]) -> dict[str, Any]:
    mills = _mills()
    by_month, by_expiry = reads.outstanding_by_month(mills), reads.outstanding_by_expiry(mills)
    total = sum(row.total for row in by_month)
    chart = {
        "names": [f"{row.key:%Y-%m}" for row in reversed(by_month[:24])],
        "series": [
            {"name": "消费积分", "data": [row.consumption for row in reversed(by_month[:24])]},
            {"name": "促销回馈积分", "data": [row.promo for row in reversed(by_month[:24])]},
        ],
        "stacked": True,
    }
    value = reads.value_in_yuan(total, mills=mills)
    return {"by_month": by_month, "by_expiry": by_expiry, "total": total, "value": value, "chart": chart}


def _flow(request: StaffRequest, halls: list[Hall]) -> dict[str, Any]:
    rows = reads.flows(_since(), time.business_day(time.now()))
    chart = {
        "names": [row.month for row in rows],
        "series": [
            {"name": "消费积分生成", "data": [row.earned for row in rows]},
            {"name": "促销发放", "data": [row.promo for row in rows]},
            {"name": "兑换", "data": [row.spent + row.returned for row in rows]},
            {"name": "到期清零", "data": [row.expired for row in rows]},
        ],
        "stacked": True,
    }
    return {"flows": list(reversed(rows)), "chart": chart}


def _check(request: StaffRequest, halls: list[Hall]) -> dict[str, Any]:
    runs = list(GenerationRun.objects.filter(state=RunState.DONE)[:36])
    wanted = next((run for run in runs if f"{run.month:%Y-%m}" == request.GET.get("month")), runs[0] if runs else None)
    return {"runs": runs, "run": wanted, "books": reads.reconcile(wanted, halls) if wanted else None}


def _operations(request: StaffRequest, halls: list[Hall]) -> QuerySet[PointsOperation]:
    """Acts at the halls one reports on; those of the system itself for who reports on everything."""
    rows = PointsOperation.objects.select_related("account__customer", "actor", "hall")
    if not request.user.may("points.run"):
        rows = rows.filter(hall__in=halls)
    kind = request.GET.get("kind", "")
    if kind.isascii() and kind.isdigit() and len(kind) < 4:
        rows = rows.filter(kind=int(kind))
    return rows


def _ledger(request: StaffRequest, halls: list[Hall]) -> dict[str, Any]:
    page = Paginator(_operations(request, halls), PER_PAGE).get_page(request.GET.get("page"))
    kind = request.GET.get("kind", "")[:3]
    return {"page": page, "kinds": DebitKind, "kind": kind, "query": f"kind={kind}" if kind.isdigit() else ""}


BUILT = {ReportView.LEFT: _left, ReportView.FLOW: _flow, ReportView.CHECK: _check, ReportView.LEDGER: _ledger}


@require_safe
@login_required
def export(request: StaffRequest, view: str) -> HttpResponse:
    halls = _see(request)
    if view == ReportView.FLOW:
        heads = ["月份", "消费积分生成", "促销发放", "兑换", "兑换撤销", "到期清零", "更正与转换", "净变动"]
        rows: list[list[Any]] = [
            [row.month, row.earned, row.promo, row.spent, row.returned, row.expired, row.corrected, row.net]
            for row in reads.flows(_since(), time.business_day(time.now()))
        ]
    elif view == ReportView.LEDGER:
        heads = ["时间", "客户号码", "类别", "积分变动", "营业厅", "经办人", "说明"]
        rows = [
            [one.at, one.account.customer.masked, one.get_kind_display(), one.points, one.hall and one.hall.name,
             one.actor and one.actor.name, one.note]
            for one in _operations(request, halls)[:MOST_EXPORTED]
        ]  # fmt: skip
        privacy.record_export("积分变动", rows=len(rows), actor=request.user, now=time.now())
    else:
        heads = ["账期", "消费积分", "促销回馈积分", "合计", "价值(元)"]
        rows = [
            [f"{row.key:%Y-%m}", row.consumption, row.promo, row.total, float(row.value)]
            for row in reads.outstanding_by_month(_mills())
        ]
    return sheet(f"points-{view}", "积分对账", heads, rows, by=request.user)


@require_safe
@login_required
def of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """One customer's lots and what happened to each: the ledger's read page."""
    customer = customer_for(request, pk)
    closed = ledger.maintenance_now(time.now())
    operations = PointsOperation.objects.filter(account=customer.pk).select_related("actor", "hall")
    shown = {
        "customer": customer,
        "closed": closed,
        "lots": [] if closed else [_lot(lot) for lot in reversed(ledger.lots_left(customer.pk))],
        "operations": [] if closed else operations.prefetch_related("debits")[:200],
        "balance": ledger.balance(customer.pk),
        "today": time.business_day(time.now()),
    }
    return render(request, "loyalty/ledger.html", shown)


def _lot(lot: LotLeft) -> dict[str, Any]:
    return {**vars(lot), "kind_label": LotKind(lot.kind).label}


urlpatterns = [
    path("loyalty/reports/", reports, name="points-reports"),
    path("loyalty/reports/<slug:view>/", reports, name="points-report"),
    path("loyalty/reports/<slug:view>/export/", export, name="points-report-export"),
    path("loyalty/customers/<int:pk>/ledger/", of_customer, name="customer-ledger"),
]
