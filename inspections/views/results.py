"""检查结果: visits that were handed in, one of them with its arithmetic, and the trend of a hall."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from core.sheets import sheet as excel
from halls.models import Hall
from inspections.actions import appeals
from inspections.forms import month_of
from inspections.live import topics
from inspections.models import CorrectiveAction, Photo, Visit
from inspections.queries import results as reads
from inspections.queries.appeal_time import appeal_until, can_appeal
from inspections.rules import sheet as sheets
from inspections.states import VisitKind, VisitState
from inspections.views.common import PER_PAGE, chosen_hall, halls, must, visit_of
from staff.requests import StaffRequest

KEPT = ("hall", "month", "kind", "state")


def _wanted(request: StaffRequest) -> tuple[dict[str, Any], Any]:
    mine = halls(request)
    today = time.business_day(time.now())
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    wanted = {
        "hall": chosen_hall(request, mine),
        "month": month_of(request.GET["month"], today.replace(day=1)) if request.GET.get("month") else None,
        "kind": kind if kind in VisitKind.values else "",
        "state": state if state in VisitState.values else "",
    }
    return wanted, mine


@require_safe
@login_required
def results(request: StaffRequest) -> HttpResponse:
    wanted, mine = _wanted(request)
    rows = reads.visits(request.user, wanted).order_by(*_order(request), "id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "wanted": wanted,
        "halls": mine,
        "kinds": VisitKind.choices,
        "states": [(one, one.label) for one in (VisitState.SUBMITTED, VisitState.APPEALING, VisitState.FINAL)],
        "query": _address(request),
        "sort": request.GET.get("sort", ""),
        "topics": topics([one.code for one in ([wanted["hall"]] if wanted["hall"] else mine)]),
    }
    return render(request, "inspections/results.html", shown)


ORDERS = {"": ["-submitted_at"], "score": ["score"], "-score": ["-score"], "hall": ["hall__code"]}


def _order(request: StaffRequest) -> list[str]:
    return ORDERS.get(request.GET.get("sort", ""), ORDERS[""])


def _address(request: StaffRequest) -> str:
    kept = {name: request.GET.get(name, "") for name in (*KEPT, "sort")}
    return urlencode({name: value for name, value in kept.items() if value})


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    wanted, _ = _wanted(request)
    rows = reads.visits(request.user, wanted).order_by("-submitted_at")[:5000]
    heads = ["日期", "营业厅", "类型", "方式", "检查人", "得分", "申诉前", "扣分项", "状态"]
    lines = (
        [
            one.planned_on,
            one.hall.name,
            one.hall.get_type_display(),
            one.get_kind_display(),
            auditor_name(request, one),
            one.score,
            one.first_score,
            one.faults,  # type: ignore[attr-defined]
            one.get_state_display(),
        ]
        for one in rows
    )
    return excel("inspections", "检查结果", heads, lines, by=request.user)


def auditor_name(request: StaffRequest, visit: Visit) -> str:
    """Who came unknown stays unknown to the hall."""
    knows = request.user.may("inspection.plan", visit.hall) or request.user.pk == visit.auditor_id
    return visit.auditor.name if knows or visit.kind != VisitKind.MYSTERY else "暗访员"


@require_safe
@login_required
def result(request: StaffRequest, pk: UUID) -> HttpResponse:
    must(request, "inspection.see", "inspection.audit", "inspection.patrol")
    visit = visit_of(request, pk)
    return render(request, "inspections/result.html", _shown(request, visit))


def _shown(request: StaffRequest, visit: Visit) -> dict[str, Any]:
    now = time.now()
    card = visit.version.facts
    breakdown = visit.breakdown or {}
    pictures: dict[str, list[Photo]] = {}
    for photo in visit.photos.filter(is_removed=False):
        pictures.setdefault(photo.item, []).append(photo)
    findings = list(visit.findings.select_related("action"))
    may_appeal = request.user.may("inspection.act", visit.hall) and can_appeal(visit, now)
    return {
        "visit": visit,
        "card": visit.version.card,
        "auditor": auditor_name(request, visit),
        "groups": breakdown.get("groups", []),
        "text": breakdown.get("text", ""),
        "unseen": [card.items[code].name for code in breakdown.get("unseen", []) if code in card.items],
        "findings": [(one, pictures.get(one.item, [])) for one in findings],
        "photos_missing": visit.photos.filter(is_removed=False, completed_at=None).count(),
        "signatures": _signatures(visit),
        "remark": sheets.value(visit.sheet, "remark") or "",
        "may_appeal": may_appeal,
        "appeal_until": appeal_until(visit, now),
        "appeals": visit.appeals.select_related("raised_by"),
        "late": visit.operations.filter(refused="visit_locked").count(),
        "radar": _radar(visit),
        "trend": _trend(visit.hall, visit),
    }


def _signatures(visit: Visit) -> list[dict[str, Any]]:
    found = []
    for who, title in (("auditor", "检查人"), ("hall", "营业厅")):
        given = sheets.value(visit.sheet, f"signature:{who}") or {}
        strokes = [" ".join(map(str, stroke)) for stroke in given.get("strokes", [])]
        found.append({"title": title, "refused": given.get("refused", ""), "strokes": strokes})
    return found


def _radar(visit: Visit) -> dict[str, Any] | None:
    groups = (visit.breakdown or {}).get("groups", [])
    if visit.version.card.is_ranked and groups:
        names = [group["name"] for group in groups]
        return {"names": names, "own": reads.group_shares(visit), "others": reads.class_shares(visit)}
    return None


def _trend(hall: Hall, here: Visit | None = None) -> dict[str, Any]:
    rows = reads.trend(hall)
    return {
        "days": [f"{one.planned_on.month}-{one.planned_on.day}" for one in rows],
        "scores": [one.score for one in rows],
        "here": next((at for at, one in enumerate(rows) if here and one.pk == here.pk), None),
    }


@require_safe
@login_required
def result_export(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One visit line by line."""
    must(request, "inspection.see", "inspection.audit", "inspection.patrol")
    visit = visit_of(request, pk)
    given, card = sheets.answers(visit.sheet), visit.version.facts
    lost = {one.item: one for one in visit.findings.all()}
    words = {"pass": "合格", "fail": "不合格", "na": "不适用", "unseen": "未查到"}
    heads = ["组", "代码", "检查项", "评定", "扣分", "备注"]
    lines = [
        [
            group.name,
            item.code,
            item.name,
            words.get(given.get(item.code, ""), "不合格" if item.code in lost else ""),
            lost[item.code].points if item.code in lost else 0,
            lost[item.code].note if item.code in lost else "",
        ]
        for group in card.groups
        for item in group.items
    ]
    title = f"{visit.hall.name} {visit.planned_on} {visit.score} 分"
    return excel(f"inspection-{visit.hall.code}", title, heads, lines, by=request.user)


@require_POST
@login_required
def appeal(request: StaffRequest, pk: UUID) -> HttpResponse:
    visit = visit_of(request, pk)
    must(request, "inspection.act", hall=visit.hall, sentence="只有店长可以提出申诉。")
    named = [one for one in visit.findings.all() if str(one.pk) in request.POST.getlist("finding")]
    reason = request.POST.get("reason", "")
    try:
        appeals.raise_appeal(visit, named, reason, actor=request.user, now=time.now())
    except Refused as no:
        shown = {**_shown(request, visit), "refused": no.message, "reason": reason, "named": {one.pk for one in named}}
        return render(request, "inspections/result.html", shown)
    messages.success(request, "申诉已提交,区县会在处理后通知您。")
    return redirect("inspection-result", pk)


@require_safe
@login_required
def hall(request: StaffRequest, code: str) -> HttpResponse:
    """One hall: trend, weak spots that come back, what is to be improved."""
    mine = halls(request)
    found = next((one for one in mine if one.code == code), None)
    if found is None:
        raise Http404
    wanted = {"hall": found}
    shown = {
        "hall": found,
        "trend": _trend(found),
        "repeats": reads.repeats(found),
        "months": found.inspection_months.order_by("-month")[:6],
        "visits": reads.visits(request.user, wanted).order_by("-submitted_at")[:6],
        "actions": CorrectiveAction.objects.filter(hall=found, state__in=["open", "recheck"]).select_related(
            "finding", "owner"
        )[:12],
        "today": time.business_day(time.now()),
        "topics": topics([found.code]),
    }
    return render(request, "inspections/hall.html", shown)


urlpatterns = [
    path("inspections/results/", results, name="inspection-results"),
    path("inspections/results/export/", export, name="inspection-results-export"),
    path("inspections/results/<uuid:pk>/", result, name="inspection-result"),
    path("inspections/results/<uuid:pk>/export/", result_export, name="inspection-result-export"),
    path("inspections/results/<uuid:pk>/appeal/", appeal, name="inspection-appeal-raise"),
    path("inspections/halls/<slug:code>/", hall, name="inspection-hall"),
]
