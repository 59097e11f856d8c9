"""整改 and 申诉: what follows a score."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import pictures, time
from core.errors import Refused
from core.sheets import sheet as excel
from halls.actions import keep_picture, pictures_folder
from halls.models import Hall
from inspections.actions import appeals, improvement
from inspections.live import topics
from inspections.models import Appeal, CorrectiveAction
from inspections.states import ActionState
from inspections.views.common import PER_PAGE, chosen_hall, halls, must
from staff.models import Employment, User
from staff.queries.people import in_force, supervisors_of
from staff.requests import StaffRequest

TABS = (("todo", "待处理"), ("late", "超期"), ("recheck", "待复核"), ("done", "已完成"), ("all", "全部"))
PROOFS = "proofs"
MAY_ASSIGN = ("inspection.act", "inspection.decide")


def _rows(request: StaffRequest) -> tuple[Any, Any, Any]:
    mine = halls(request)
    hall, tab = chosen_hall(request, mine), request.GET.get("tab", "todo")
    rows = CorrectiveAction.objects.filter(hall__in=mine).select_related("hall", "finding", "owner")
    if hall is not None:
        rows = rows.filter(hall=hall)
    today = time.business_day(time.now())
    narrowed = {
        "todo": rows.filter(state__in=[ActionState.OPEN, ActionState.RECHECK]),
        "late": rows.filter(state=ActionState.OPEN, due_on__lt=today),
        "recheck": rows.filter(state=ActionState.RECHECK),
        "done": rows.filter(state__in=[ActionState.DONE, ActionState.ON_SPOT]).order_by("-closed_at"),
    }
    return narrowed.get(tab, rows), mine, hall


@require_safe
@login_required
def actions(request: StaffRequest) -> HttpResponse:
    rows, mine, hall = _rows(request)
    tab = request.GET.get("tab", "todo")
    query = urlencode({name: value for name, value in (("hall", hall.code if hall else ""), ("tab", tab)) if value})
    shown = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "halls": mine,
        "hall": hall,
        "tab": tab,
        "tabs": TABS,
        "query": query,
        "today": time.business_day(time.now()),
        "topics": topics([one.code for one in ([hall] if hall else mine)]),
    }
    return render(request, "inspections/actions.html", shown)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    rows, _, _ = _rows(request)
    heads = ["营业厅", "检查项", "扣分说明", "责任人", "期限", "状态", "整改说明", "完成时间"]
    lines = (
        [
            one.hall.name,
            one.finding.name,
            one.finding.note,
            one.owner.name if one.owner else "",
            one.due_on,
            one.get_state_display(),
            one.proof,
            one.closed_at,
        ]
        for one in rows[:5000]
    )
    return excel("corrective-actions", "整改清单", heads, lines, by=request.user)


def _action(request: StaffRequest, pk: int) -> CorrectiveAction:
    mine = request.user.hall_ids("inspection.see")
    rows = CorrectiveAction.objects.filter(hall__in=mine).select_related("hall", "finding__visit", "owner")
    found = rows.filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def action(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _action(request, pk))


def _page(request: StaffRequest, row: CorrectiveAction, **more: Any) -> HttpResponse:
    may = request.user.may
    mine = may("inspection.act", row.hall) or may("inspection.patrol", row.hall) or row.owner_id == request.user.pk
    checks = may("inspection.audit", row.hall) or may("inspection.decide", row.hall)
    shown = {
        "action": row,
        "events": row.events.select_related("person"),
        "photos": row.finding.visit.photos.filter(item=row.finding.item, is_removed=False, completed_at__isnull=False),
        "today": time.business_day(time.now()),
        "may_prove": mine and row.state == ActionState.OPEN,
        "may_recheck": checks and row.state == ActionState.RECHECK and row.owner_id != request.user.pk,
        "may_assign": row.state == ActionState.OPEN and any(may(verb, row.hall) for verb in MAY_ASSIGN),
        "people": [*_staff_of(row.hall), *supervisors_of(row.hall)],
        **more,
    }
    return render(request, "inspections/action.html", shown)


def _staff_of(hall: Hall) -> QuerySet[User]:
    jobs = Employment.objects.filter(in_force(time.business_day(time.now())), hall=hall)
    return User.objects.filter(pk__in=jobs.values("user"), is_active=True).order_by("staff_no")


@require_safe
@login_required
def photo(request: StaffRequest, pk: int) -> HttpResponseBase:
    """How it looked after it was put right."""
    name = _action(request, pk).proof_photo
    path = pictures_folder(PROOFS) / name
    if not name or not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=pictures.TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """One of three: proof, re-check, another owner. What was typed stays when it is refused."""
    row, given, now = _action(request, pk), request.POST, time.now()
    try:
        if "proof" in given:
            if row.owner_id != request.user.pk:
                must(request, "inspection.act", "inspection.patrol", hall=row.hall, sentence="整改由本厅提交。")
            file = request.FILES.get("photo")
            photo = keep_picture(file.read(), PROOFS) if file else ""
            improvement.prove(row, given["proof"], photo=photo, actor=request.user, now=now)
        elif "passed" in given:
            must(request, "inspection.audit", "inspection.decide", hall=row.hall, sentence="复核由督导或区县主管进行。")
            passed = given["passed"] == "yes"
            improvement.recheck(row, passed=passed, note=given.get("note", ""), actor=request.user, now=now)
        else:
            must(request, *MAY_ASSIGN, hall=row.hall, sentence="改派由店长或区县主管进行。")
            _assign(request, row)
    except Refused as no:
        return _page(request, _action(request, pk), refused=no.message, typed=given)
    messages.success(request, "已保存。")
    return redirect("inspection-action", pk)


def _assign(request: StaffRequest, row: CorrectiveAction) -> None:
    staff_no, text = request.POST.get("owner", ""), request.POST.get("due_on", "")
    owner = User.objects.filter(staff_no=staff_no.replace("\x00", ""), is_active=True).first()
    if owner is None:
        raise Refused("unknown_person", "请选择责任人。")
    try:
        due_on = date.fromisoformat(text)
    except ValueError:
        raise Refused("bad_day", "请填写期限。") from None
    improvement.assign(row, owner, due_on=due_on, actor=request.user, now=time.now())


def _appeals(request: StaffRequest) -> Any:
    mine = request.user.hall_ids("inspection.see")
    return Appeal.objects.filter(hall__in=mine).select_related("hall", "visit", "raised_by", "decided_by")


@require_safe
@login_required
def appeal_list(request: StaffRequest) -> HttpResponse:
    must(request, "inspection.see")
    state = request.GET.get("state", "")
    rows = _appeals(request).filter(state=state) if state in {"open", "accepted", "declined"} else _appeals(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = urlencode({"state": state}) if state else ""
    return render(request, "inspections/appeals.html", {"page": page, "state": state, "query": query})


@require_safe
@login_required
def appeal(request: StaffRequest, pk: int) -> HttpResponse:
    return _appeal_page(request, _appeal(request, pk))


def _appeal(request: StaffRequest, pk: int) -> Appeal:
    found = _appeals(request).filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    return found


def _appeal_page(request: StaffRequest, row: Appeal, **more: Any) -> HttpResponse:
    shown = {
        "appeal": row,
        "findings": row.findings.all(),
        "granted": set(row.granted.values_list("pk", flat=True)),
        "photos": row.visit.photos.filter(is_removed=False, completed_at__isnull=False),
        "may_decide": request.user.may("inspection.decide", row.hall) and row.state == "open",
        **more,
    }
    return render(request, "inspections/appeal.html", shown)


@require_POST
@login_required
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    row = _appeal(request, pk)
    must(request, "inspection.decide", hall=row.hall, sentence="申诉由区县主管处理。")
    granted = [one for one in row.findings.all() if str(one.pk) in request.POST.getlist("granted")]
    answer = request.POST.get("answer", "")
    try:
        appeals.decide(row, granted, answer, actor=request.user, now=time.now())
    except Refused as no:
        return _appeal_page(request, row, refused=no.message, answer=answer, chosen={one.pk for one in granted})
    messages.success(request, "申诉已处理,得分已重新发布。" if granted else "已维持原分。")
    return redirect("inspection-appeal", pk)


urlpatterns = [
    path("inspections/actions/", actions, name="inspection-actions"),
    path("inspections/actions/export/", export, name="inspection-actions-export"),
    path("inspections/actions/<int:pk>/", action, name="inspection-action"),
    path("inspections/actions/<int:pk>/photo/", photo, name="inspection-action-photo"),
    path("inspections/actions/<int:pk>/change/", change, name="inspection-action-change"),
    path("inspections/appeals/", appeal_list, name="inspection-appeals"),
    path("inspections/appeals/<int:pk>/", appeal, name="inspection-appeal"),
    path("inspections/appeals/<int:pk>/decision/", decide, name="inspection-appeal-decide"),
]
