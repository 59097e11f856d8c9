"""Equipment and its faults."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.requests import SignedInRequest
from halls.actions import faults as acts
from halls.forms.operations import EquipmentForm, FaultWorkForm, ZonesForm
from halls.models import Equipment, Fault
from halls.queries import faults as reads
from halls.states import FaultDid, FaultState
from halls.views.choice import back, chosen, must

VERB, MANAGE = "hall.check", "hall.operate"
PER_PAGE = 30
VIEWS = {"open": "未修复", "late": "已超期", "fixed": "已修复", "all": "全部"}
ACTS = {
    FaultDid.REPORTED: (acts.report_fault, MANAGE),
    FaultDid.PLANNED: (acts.plan_fault_anew, MANAGE),
    FaultDid.STARTED: (acts.start_repair, MANAGE),
    FaultDid.DONE: (acts.end_repair, MANAGE),
    FaultDid.REJECTED: (acts.reject_repair, VERB),
    FaultDid.ACCEPTED: (acts.accept_repair, MANAGE),
}
NEXT: dict[str, tuple[FaultDid, ...]] = {
    FaultState.TO_REPORT: (FaultDid.REPORTED,),
    FaultState.REPORTED: (FaultDid.STARTED, FaultDid.DONE, FaultDid.PLANNED),
    FaultState.REPAIRING: (FaultDid.DONE, FaultDid.PLANNED),
    FaultState.TO_ACCEPT: (FaultDid.ACCEPTED, FaultDid.REJECTED),
    FaultState.FIXED: (),
}


@require_safe
@login_required
def equipment(request: SignedInRequest) -> HttpResponse:
    return _equipment_page(request)


def asked(request: SignedInRequest) -> tuple[str, str]:
    """Which faults: their state, and a word of them."""
    state = request.GET.get("state", "open")
    return state if state in VIEWS else "open", request.GET.get("find", "").replace("\0", "").strip()[:40]


def _equipment_page(request: SignedInRequest, form: EquipmentForm | None = None) -> HttpResponse:
    choice, now = chosen(request, VERB), time.now()
    today = time.business_day(now)
    state, find = asked(request)
    may_manage = request.user.may(MANAGE, choice.hall)
    found = reads.faults_of([choice.hall.pk], now, find=find, state=state)
    shown = {
        "choice": choice,
        "views": VIEWS,
        "state": state,
        "find": find,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "query": urlencode({"hall": choice.hall.code, "state": state, "find": find}),
        "equipment": list(reads.equipment_of(choice.hall)),
        "lacks": reads.lacks(choice.hall, today),
        "repairs": reads.repairs([choice.hall.pk], today - timedelta(days=89), today),
        "may_manage": may_manage,
        "form": form or (EquipmentForm(hall=choice.hall) if may_manage else None),
        "zones": ZonesForm(hall=choice.hall) if may_manage else None,
    }
    return render(request, "halls/equipment.html", shown, status=422 if form else 200)


@require_POST
@login_required
def add(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, MANAGE)
    form = EquipmentForm(request.POST, hall=choice.hall)
    if not form.is_valid() or _saved(request, form) is None:
        return _equipment_page(request, form)
    messages.success(request, f"已登记 {form.instance}。")
    return back("equipment", choice.hall)


def _saved(request: SignedInRequest, form: EquipmentForm) -> Equipment | None:
    draft = form.save(commit=False)
    return tried(form, lambda: acts.save_equipment(draft, actor=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another supplier, window or date; what is out of use is history."""
    row = _equipment(request, pk, MANAGE)
    form = EquipmentForm(request.POST or None, hall=row.hall, instance=row)
    if request.method == "POST" and form.is_valid() and _saved(request, form) is not None:
        messages.success(request, f"已保存 {form.instance}。")
        return back("equipment", row.hall)
    name = Equipment.objects.values_list("name", flat=True).get(pk=pk)
    shown = {"form": form, "hall": row.hall, "name": name, "may_save": row.removed_at is None}
    return render(request, "halls/equipment_edit.html", shown, status=422 if form.errors else 200)


@require_POST
@login_required
def zones(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, MANAGE)
    form = ZonesForm(request.POST, hall=choice.hall)
    if form.is_valid():
        acts.set_zones(choice.hall, form.cleaned_data["zones"], actor=request.user)
        messages.success(request, "功能区已保存。")
    return back("equipment", choice.hall)


def _equipment(request: SignedInRequest, pk: int, verb: str) -> Equipment:
    row = get_object_or_404(Equipment.objects.select_related("hall__region__parent__parent", "kind"), pk=pk)
    must(request, verb, row.hall)
    return row


@require_POST
@login_required
def find(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _equipment(request, pk, VERB)
    try:
        fault = acts.find_fault(row, request.POST.get("symptom", ""), actor=request.user, now=time.now())
    except Refused as no:
        messages.error(request, no.message)
        return back("equipment", row.hall)
    messages.success(request, f"已登记故障,请在 {time.local(fault.report_due):%m 月 %d 日 %H:%M} 前报修并定计划。")
    return redirect("fault", fault.pk)


@require_POST
@login_required
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _equipment(request, pk, MANAGE)
    try:
        acts.remove_equipment(row, actor=request.user, now=time.now())
        messages.success(request, f"{row}已停用。")
    except Refused as no:
        messages.error(request, no.message)
    return back("equipment", row.hall)


@require_safe
@login_required
def fault(request: SignedInRequest, pk: int) -> HttpResponse:
    return _fault_page(request, pk)


def _fault_page(request: SignedInRequest, pk: int, form: FaultWorkForm | None = None) -> HttpResponse:
    rows = Fault.objects.select_related("equipment__kind", "hall", "found_by")
    row = get_object_or_404(rows, pk=pk)
    must(request, VERB, row.hall)
    shown = {
        "one": reads.as_now(row, time.now()),
        "fault": row,
        "events": row.events.select_related("person"),
        "next": [did for did in NEXT[row.state] if request.user.may(ACTS[did][1], row.hall)],
        "form": form or FaultWorkForm(initial={"planned_on": row.planned_on}),
    }
    return render(request, "halls/fault.html", shown, status=422 if form else 200)


@require_safe
@login_required
def sign(request: SignedInRequest, pk: int) -> HttpResponse:
    """R-H-4: what hangs on the machine meanwhile."""
    row = get_object_or_404(Fault.objects.select_related("equipment__kind", "hall"), pk=pk)
    must(request, VERB, row.hall)
    return render(request, "halls/fault_sign.html", {"fault": row})


@require_POST
@login_required
def work(request: SignedInRequest, pk: int, did: str) -> HttpResponse:
    row = get_object_or_404(Fault.objects.select_related("hall"), pk=pk)
    if did not in ACTS:
        raise Http404
    act, verb = ACTS[FaultDid(did)]
    must(request, verb, row.hall)
    form = FaultWorkForm(request.POST)
    if form.is_valid():
        try:
            act(row.pk, acts.Work(**form.cleaned_data), actor=request.user, now=time.now())
        except Refused as no:
            messages.error(request, no.message)
        else:
            messages.success(request, f"{FaultDid(did).label}。")
            return redirect("fault", row.pk)
    return _fault_page(request, pk, form)
