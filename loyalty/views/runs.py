"""积分生成 and 星级评定: what runs, how far it is, what came out."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from core import time
from core.forms import tried
from core.sheets import sheet
from loyalty import tasks
from loyalty.actions import generation, privacy, ratings
from loyalty.forms.points import MonthForm
from loyalty.models import Customer, GenerationRun, RatingRun
from loyalty.queries import refused as refusals
from loyalty.queries import runs as reads
from loyalty.rules import earning
from loyalty.states import NotEarned, RunState, Star
from staff.requests import StaffRequest

NO_RUNS = "没有查看积分生成与星级评定的权限。如工作需要,请联系市公司运营。"
RUNS_SHOWN = 36


def _see(request: StaffRequest) -> bool:
    """Reports are read by managers; only the city starts a run."""
    if not (request.user.may("points.run") or request.user.may("points.report")):
        raise PermissionDenied(NO_RUNS)
    return request.user.may("points.run")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def runs(request: StaffRequest) -> HttpResponse:
    """The months that were generated; POST starts one, which several workers then make."""
    can_run, now = _see(request), time.now()
    today = time.business_day(now)
    due = earning.newest_due_month(today)
    form = MonthForm(request.POST or None, initial={"month": f"{due:%Y-%m}"})
    if request.method == "POST":
        if not can_run:
            raise PermissionDenied(NO_RUNS)
        if form.is_valid():
            run = tried(form, lambda: generation.start(form.cleaned_data["month"], on=today, now=now))
            if run is not None:
                if run.state == RunState.RUNNING:
                    tasks.make_points.delay_on_commit(run.pk)
                return redirect("points-run", f"{run.month:%Y-%m}")
    shown = {"form": form, "runs": GenerationRun.objects.all()[:RUNS_SHOWN], "can_run": can_run, "due": due}
    return render(request, "loyalty/runs.html", shown)


def _run(month: str) -> GenerationRun:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as wrong:
        raise Http404 from wrong
    return get_object_or_404(GenerationRun, month=first)


@require_safe
@login_required
def run(request: StaffRequest, month: str) -> HttpResponse:
    can_run, found = _see(request), _run(month)
    template = "loyalty/_run.html" if request.htmx else "loyalty/run.html"
    return render(request, template, {"can_run": can_run, **_about(found)})


def _about(found: GenerationRun) -> dict[str, Any]:
    counts = [
        {
            "code": int(code),
            "label": NotEarned(int(code)).label,
            "bills": told["bills"],
            "yuan": Decimal(told["eligible_fen"]) / 100,
            "share": round(100 * told["bills"] / found.bills, 1) if found.bills else 0,
        }
        for code, told in sorted(found.counts.items(), key=lambda one: int(one[0]))
    ]
    progress = reads.progress(found, time.now())
    percent = round(100 * progress.parts_done / progress.parts) if progress.parts else 0
    return {"run": found, "progress": progress, "percent": percent, "counts": counts}


@require_safe
@login_required
def refused(request: StaffRequest, month: str, reason: int) -> HttpResponse:
    """The bills behind one reason, phones masked, on record as taken out."""
    _see(request)
    found = _run(month)
    if reason not in NotEarned.values or reason == NotEarned.EARNED:
        raise Http404
    rows = refusals.refused(found, reason)
    what = f"{found.month:%Y-%m} {NotEarned(reason).label}"
    privacy.record_export(what, rows=len(rows), actor=request.user, now=time.now())
    cells = [[row.phone, str(row.reason.label), float(row.yuan)] for row in rows]
    heads = ["客户号码", "未生成原因", "可积分金额(元)"]
    return sheet(f"points-{found.month:%Y-%m}-{reason}", what, heads, cells, by=request.user)


# ---- stars ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def stars(request: StaffRequest) -> HttpResponse:
    """POST compares; with `rate` it rates, which a worker does."""
    can_run, now = _see(request), time.now()
    today = time.business_day(now)
    form, comparison = MonthForm(request.POST or None, initial={"month": f"{today:%Y-%m}"}), None
    if request.method == "POST":
        if not can_run:
            raise PermissionDenied(NO_RUNS)
        if form.is_valid():
            month = form.cleaned_data["month"]
            comparison = tried(form, lambda: ratings.compare(month, on=today, now=now))
            if comparison is not None and "rate" in request.POST:
                tasks.rate_month.delay_on_commit(month.isoformat())
                messages.success(request, f"已开始 {month:%Y-%m} 的星级评定,完成后结果列在下面。")
                return redirect("stars")
    counted = dict(Customer.objects.exclude(status="closed").values_list("star").annotate(n=Count("pk")))
    shown = {
        "form": form,
        "can_run": can_run,
        "comparison": _table(comparison),
        "runs": [{"run": one, **_told(one)} for one in RatingRun.objects.all()[:RUNS_SHOWN]],
        "stars": [(Star(star).label, counted.get(star, 0)) for star in Star.values],
        "total": sum(counted.values()),
    }
    return render(request, "loyalty/stars.html", shown)


def _told(one: RatingRun) -> dict[str, Any]:
    return {name: one.counts.get(name, 0) for name in ("rows", "rose", "fell", "plans_opened")}


def _table(comparison: dict[str, Any] | None) -> dict[str, Any] | None:
    """From which star to which, with the numbers that change first."""
    if comparison is None:
        return None
    pairs: dict[tuple[int, int], int] = {}
    for row in comparison["comparison"]:
        pair = row["before"], row["after"]
        pairs[pair] = pairs.get(pair, 0) + row["customers"]
    moves = [
        {"before": Star(before).label, "after": Star(after).label, "customers": count, "is_up": after > before}
        for (before, after), count in sorted(pairs.items(), key=lambda one: -one[1])
        if before != after
    ]
    return {**{name: comparison[name] for name in ("rows", "rose", "fell", "effective_on")}, "moves": moves}


urlpatterns = [
    path("loyalty/runs/", runs, name="points-runs"),
    path("loyalty/runs/<slug:month>/", run, name="points-run"),
    path("loyalty/runs/<slug:month>/refused/<int:reason>/", refused, name="points-refused"),
    path("loyalty/stars/", stars, name="stars"),
]
