"""One case: its clocks, its story, and every act that fits."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from complaints.actions import compensation, papers, refunds
from complaints.forms.money import OfferForm, RefundForm
from complaints.forms.registry import ACTS, do, open_acts
from complaints.models import Complaint, ReplyTemplate
from complaints.queries import case as reads
from complaints.queries import history
from complaints.queries.access import MANAGE, WORK, may
from complaints.queries.evening import proposed_answer
from complaints.queries.money import numbers_of
from complaints.rules import moves
from complaints.rules.files import TYPES
from complaints.states import Did, FileKind, LookFor
from complaints.views.doors import NO_RIGHT, case_required, check_work
from core import time
from core.errors import Refused
from core.forms import tried
from staff.requests import StaffRequest


@require_GET
@case_required
def case(request: StaffRequest, complaint: Complaint) -> HttpResponse:
    if request.htmx:
        return render(request, "complaints/_case.html", _shown(request, complaint, time.now()))
    return _page(request, complaint)


def _page(
    request: StaffRequest, complaint: Complaint, *, tried_form: tuple[str, BaseForm] | None = None, **more: Any
) -> HttpResponse:
    """The whole page; a form that was refused is shown open, with what was typed."""
    now = time.now()
    shown = _shown(request, complaint, now)
    forms: dict[str, Any] = {act.name: act.form(complaint=complaint, now=now) for act in shown["acts"]}
    money: dict[str, Any] = {"refund": RefundForm(), "offer": OfferForm()}
    if tried_form is not None:
        name, form = tried_form
        (money if name in money else forms)[name] = form
        shown["opened"] = name
    shown["rows"] = [(act, forms[act.name]) for act in shown["acts"]]
    shown |= {**more, "money": money, "looks_for": LookFor.choices, "limits": numbers_of(complaint.hall, now)}
    shown["templates"] = ReplyTemplate.objects.filter(is_active=True)
    return render(request, "complaints/case.html", shown)


def _shown(request: StaffRequest, complaint: Complaint, now: datetime) -> dict[str, Any]:
    state = history.case_now(complaint, now)
    works = may(request.user, complaint, WORK)
    return {
        "complaint": complaint,
        "case": state,
        "now": now,
        "dials": reads.dials(complaint, state, now),
        "story": reads.story(complaint),
        "acts": open_acts(complaint, state, request.user),
        "works": works,
        "manages": may(request.user, complaint, MANAGE),
        "can_refund": works and moves.fits(Did.REFUND_ASKED, state),
        "can_attach": works and moves.fits(Did.ATTACHED, state),
        "proposed": proposed_answer(complaint, now),
        "proposes_unproven": refunds.proposes_unproven(complaint, now) and not complaint.refunds.exists(),
        "files": complaint.attachments.select_related("added_by"),
        "refunds": complaint.refunds.prefetch_related("payments").select_related("asked_by"),
        "compensations": complaint.compensations.select_related("asked_by"),
        "helpers": complaint.helpers.all(),
    }


@require_POST
@case_required
def act(request: StaffRequest, complaint: Complaint, verb: str) -> HttpResponse:
    """One act by its name. Not for this person: 403; not now: a sentence."""
    found = ACTS.get(verb)
    if found is None:
        raise Http404
    check_work(request, complaint, found.need)
    now = time.now()
    form = found.form(request.POST, complaint=complaint, now=now)
    if form.is_valid():
        done = tried(form, lambda: do(found, complaint, form.cleaned_data, user=request.user, now=now))
        if done is not None:
            messages.success(request, f"{done.number} {found.label}已记录。")
            return redirect("complaint", done.number)
    if found not in open_acts(complaint, history.case_now(complaint, now), request.user):
        problems = [str(error) for errors in form.errors.values() for error in errors]
        raise Refused("bad_move", problems[-1] if problems else "这张投诉单刚有变化,请看过最新内容后再操作。")
    return _page(request, complaint, tried_form=(verb, form))


@require_POST
@case_required
def refund(request: StaffRequest, complaint: Complaint) -> HttpResponse:
    check_work(request, complaint)
    form = RefundForm(request.POST)
    if form.is_valid():
        made = tried(form, lambda: refunds.ask_refund(complaint.pk, form.claim(), person=request.user, now=time.now()))
        if made is not None:
            messages.success(request, f"已申请退费,共 {made.total} 元,待{made.get_rung_display()}审批。")
            return redirect("complaint", complaint.number)
    return _page(request, complaint, tried_form=("refund", form))


@require_POST
@case_required
def offer(request: StaffRequest, complaint: Complaint) -> HttpResponse:
    check_work(request, complaint)
    form = OfferForm(request.POST)
    if form.is_valid():
        now = time.now()
        made = tried(
            form, lambda: compensation.ask_on_complaint(complaint.pk, form.offer(), person=request.user, now=now)
        )
        if made is not None:
            messages.success(request, f"已申请补偿 {made.amount} 元,待{made.get_rung_display()}审批。")
            return redirect("complaint", complaint.number)
    return _page(request, complaint, tried_form=("offer", form))


@require_POST
@case_required
def attach(request: StaffRequest, complaint: Complaint) -> HttpResponse:
    check_work(request, complaint)
    given = request.FILES.get("file")
    if given is None:
        raise Refused("no_file", "请选择一个文件。")
    data = given.read()
    kept = papers.attach(complaint.pk, given.name or "", data, person=request.user, now=time.now())
    messages.success(request, f"已上传 {kept.name}。")
    return redirect("complaint", complaint.number)


@require_GET
@case_required
def download(request: StaffRequest, complaint: Complaint, key: Any) -> HttpResponse:
    """A file, for those who work on the case; the look is on record."""
    check_work(request, complaint)
    row = complaint.attachments.filter(key=key).first()
    if row is None:
        raise Http404
    papers.look(complaint, LookFor.HANDLE, row.name, person=request.user, now=time.now())
    answer = FileResponse(
        row.file.open("rb"), as_attachment=True, filename=row.name, content_type=TYPES[FileKind(row.kind)]
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return answer  # type: ignore[return-value]


@require_POST
@case_required
def reveal(request: StaffRequest, complaint: Complaint) -> HttpResponse:
    """R-C-21: the whole number once, with a reason."""
    if not may(request.user, complaint, WORK):
        raise PermissionDenied(NO_RIGHT.format(what="查看完整号码"))
    phone = papers.reveal_phone(complaint, request.POST.get("reason", ""), person=request.user, now=time.now())
    return _page(request, complaint, revealed=phone or "没有留手机号")


urlpatterns = [
    path("complaints/<slug:number>/", case, name="complaint"),
    path("complaints/<slug:number>/refund/", refund, name="complaint-refund"),
    path("complaints/<slug:number>/offer/", offer, name="complaint-offer"),
    path("complaints/<slug:number>/attach/", attach, name="complaint-attach"),
    path("complaints/<slug:number>/reveal/", reveal, name="complaint-reveal"),
    path("complaints/<slug:number>/files/<uuid:key>/", download, name="complaint-file"),
    path("complaints/<slug:number>/<slug:verb>/", act, name="complaint-act"),
]
