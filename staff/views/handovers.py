"""交接班: the list of a hall, and the one page on which a shift is counted and signed over."""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.models import Hall
from staff import hooks
from staff.actions import handover_signing as signing
from staff.actions import handovers as actions
from staff.auth import prove
from staff.forms.handovers import HandoverFilter, StartForm, counts
from staff.models import Handover, HandoverLine, User
from staff.queries import handovers as reads
from staff.requests import StaffRequest
from staff.rules import handovers as rules
from staff.rules.money import DENOMINATIONS
from staff.states import HandoverKind, HandoverState, Measure
from staff.views.halls import hall_for, pick_hall, query_without

WHAT = "交接班"
PER_PAGE = 20
HEADS = ["营业日", "窗口", "种类", "方式", "状态", "交班人", "交班签名", "接班人", "接班签名", "差额说明", "更正"]


def _hall(request: StaffRequest, code: str) -> Hall:
    return hall_for(request, code, "handover.sign", WHAT)


@require_safe
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    return pick_hall(request, "handover.sign", WHAT, "handovers-hall")


@require_safe
@login_required
def handovers(request: StaffRequest, code: str) -> HttpResponse:
    """What is under way, a start for one's own, and what was signed."""
    hall, now = _hall(request, code), time.now()
    first = {"window": request.GET.get("at", ""), "mode": reads.usual_mode(hall, request.user, now)}
    return _listed(request, hall, StartForm(hall=hall, initial=first), now)


def _listed(request: StaffRequest, hall: Hall, start: StartForm, now: datetime) -> HttpResponse:
    form = HandoverFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = Paginator(reads.listed(request.user, hall, wanted), PER_PAGE).get_page(request.GET.get("page"))
    under_way = reads.open_of(hall)
    calm = reads.next_calm(hall, now) if (peak := hooks.is_peak(hall, now)) else None
    shown = {
        "hall": hall,
        "start": start,
        "form": form,
        "page": page,
        "query": query_without(request, "page"),
        "under_way": [{"row": row, "late": row.minutes_late(now)} for row in under_way],
        "is_peak": peak,
        "calm": calm,
        "is_manager": request.user.may("handover.manage", hall),
        "may_configure": request.user.may("handover.configure", hall),
    }
    return render(request, "staff/handovers.html", shown)


@require_safe
@login_required
def export(request: StaffRequest, code: str) -> HttpResponse:
    hall = _hall(request, code)
    form = HandoverFilter(request.GET)
    found = reads.listed(request.user, hall, form.cleaned_data if form.is_valid() else {})
    return sheet("handovers", f"{hall.name} 交接班", HEADS, _rows(found[:5000]), by=request.user)


def _rows(found: Any) -> Iterator[list[Any]]:
    for row in found:
        yield [
            row.day,
            row.place,
            row.get_kind_display(),
            row.get_mode_display(),
            row.get_state_display(),
            row.giver.name,
            row.giver_signed_at,
            row.taker.name if row.taker else "",
            row.taker_signed_at,
            row.explained or "",
            row.corrected or "",
        ]


@require_POST
@login_required
def start(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = _hall(request, code), time.now()
    form = StartForm(request.POST, hall=hall)
    if form.is_valid():
        given = form.cleaned_data
        opening = actions.Opening(hall, given["window"], mode=given["mode"], peak_reason=given["peak_reason"])
        made = tried(form, lambda: actions.start(opening, giver=request.user, drawn=random.random(), now=now))
        if made is not None:
            return redirect("handover", hall.code, made.pk)
    return _listed(request, hall, form, now)


@require_POST
@login_required
def start_duty(request: StaffRequest, code: str) -> HttpResponse:
    """The duty manager's own handover: keys, bags, promises, faults, incidents."""
    hall, now = hall_for(request, code, "handover.manage", "值班经理交接"), time.now()
    reason = request.POST.get("peak_reason", "")
    opening = actions.Opening(hall, None, kind=HandoverKind.DUTY, peak_reason=reason)
    made = actions.start(opening, giver=request.user, drawn=1.0, now=now)
    return redirect("handover", hall.code, made.pk)


def _handover(request: StaffRequest, code: str, pk: int) -> Handover:
    hall = _hall(request, code)
    if not Handover.objects.visible_to(request.user).filter(pk=pk, hall=hall).exists():
        raise Http404
    return reads.whole(pk)


@never_cache
@require_safe
@login_required
def handover(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    return _page(request, _handover(request, code, pk))


def _page(
    request: StaffRequest, shown: Handover, *, typed: Mapping[str, str] | None = None, refused: str = ""
) -> HttpResponse:
    """The page as it stands; with what was typed and why it was refused, if it was."""
    now, user = time.now(), request.user
    lines = list(shown.lines.all())
    facts = reads.facts(lines)
    missing = rules.uncounted(facts)
    sees_books = shown.revealed_at is not None or shown.state != HandoverState.FILLING
    is_giver = user.pk == shown.giver_id
    context = {
        "hall": shown.hall,
        "handover": shown,
        "rows": [_row(line, typed, sees_books) for line in lines],
        "denominations": DENOMINATIONS,
        "missing": missing,
        "unexplained": rules.unexplained(facts),
        "unconfirmed": rules.unconfirmed(facts),
        "sees_books": sees_books,
        "late": shown.minutes_late(now),
        "colleagues": reads.colleagues(shown.hall, shown.giver, now) if shown.state == HandoverState.FILLING else [],
        "typed": typed or {},
        "refused": refused,
        "can_count": is_giver and shown.state == HandoverState.FILLING,
        "can_recount": shown.is_waiting and shown.is_night,
        "is_giver": is_giver,
        "is_manager": user.may("handover.manage", shown.hall) and not is_giver,
        "now": now,
    }
    return render(request, "staff/handover.html", context, status=200)


def _row(line: HandoverLine, typed: Mapping[str, str] | None, sees_books: bool) -> dict[str, Any]:
    """A line as the page shows it: what was typed wins over what is kept."""

    def value(name: str, kept: object) -> str:
        return typed.get(f"{name}-{line.pk}", "") if typed is not None else ("" if kept is None else str(kept))

    own = None if line.counted is None else line.counted - line.carried
    boxes = [
        (name, value_of_note(line, name, typed, counted=own is not None and bool(line.notes))) for name in DENOMINATIONS
    ]
    return {
        "line": line,
        "item": line.item,
        "counted": value("c", shown_number(own, line)),
        "boxes": boxes,
        "first": value("f", line.serial_first),
        "last": value("l", line.serial_last),
        "remark": value("m", line.remark),
        "reason": value("r", line.reason),
        "system": shown_number(line.system, line) if sees_books else None,
        "difference": line.difference if sees_books else None,
        "final": shown_number(line.final, line),
    }


def value_of_note(line: HandoverLine, name: str, typed: Mapping[str, str] | None, *, counted: bool) -> str:
    if typed is not None:
        return typed.get(f"n-{line.pk}-{name}", "")
    return str(line.notes.get(name, "")) if counted else ""


def shown_number(value: Decimal | None, line: HandoverLine) -> str | None:
    """Money to the fen, things as whole numbers."""
    if value is None:
        return None
    return f"{value:.2f}" if line.item.measure == Measure.MONEY else f"{value:.0f}"


@never_cache
@sensitive_post_parameters("password")
@require_POST
@login_required
def count(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Keep the counts; with `sign` the giver signs too, in the same press of a key."""
    shown, now = _handover(request, code, pk), time.now()
    typed = request.POST.dict()
    try:
        actions.count(pk, counts(typed, list(shown.lines.all())), giver=request.user, now=now)
        if "sign" in typed:
            giver = prove(request, request.user.staff_no, typed.get("password", ""))
            signing.give(pk, _giving(shown, typed), giver=giver, now=time.now())
    except Refused as no:
        kept = None if no.code not in {"below_zero", "not_whole", "bad_number", "bad_serials", "no_line"} else typed
        return _page(request, reads.whole(pk), typed=kept, refused=no.message)
    return redirect("handover", code, pk)


def _giving(shown: Handover, typed: Mapping[str, str]) -> signing.Giving:
    who = typed.get("taker", "")
    taker = User.objects.filter(staff_no=who).first() if who and who != "missing" else None
    if taker is None and who not in ("", "missing"):
        raise Refused("not_allowed", "没有这个接班人,请重新选择。")
    note = typed.get("note", "").replace("\x00", "")
    return signing.Giving(taker, is_here=who != "missing", due_at=None, note=note)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@login_required
def confirm(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """A manager confirms every explained difference: from the own screen, or with 工号 and password at the counter."""
    shown, now = _handover(request, code, pk), time.now()
    try:
        manager = request.user
        if request.POST.get("staff_no"):
            manager = prove(request, request.POST["staff_no"], request.POST.get("password", ""))
        for line in shown.lines.all():
            if line.difference and line.reason and line.confirmed_at is None:
                actions.confirm(line.pk, manager=manager, now=now)
    except Refused as no:
        return _page(request, reads.whole(pk), refused=no.message)
    messages.success(request, "差额已确认。")
    return redirect("handover", code, pk)


@never_cache
@sensitive_post_parameters("password")
@require_POST
@login_required
def take(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """The taker signs: on the own screen with the password, or on the giver's with 工号 and password."""
    shown = _handover(request, code, pk)
    typed = request.POST.dict()
    accepted = [int(one) for one in request.POST.getlist("accepted") if one.isascii() and one.isdigit()]
    try:
        taker = prove(request, typed.get("staff_no", ""), typed.get("password", ""))
        if shown.is_night:
            actions.recount(pk, counts(typed, list(shown.lines.all())), counter=taker, now=time.now())
        signing.take(pk, taker=taker, accepted=accepted, now=time.now())
    except Refused as no:
        return _page(request, reads.whole(pk), typed=typed, refused=no.message)
    messages.success(request, "交接完成,已锁定。")
    return redirect("handover", code, pk)


@require_POST
@login_required
def act(request: StaffRequest, code: str, pk: int, verb: str) -> HttpResponse:
    """One button: the giver's and the managers' small steps."""
    _handover(request, code, pk)
    now, user = time.now(), request.user
    note = request.POST.get("note", "").replace("\x00", "")
    verbs = {
        "reopen": lambda: signing.reopen(pk, giver=user),
        "cancel": lambda: actions.cancel(pk, giver=user),
        "relief-came": lambda: signing.relief_came(pk, giver=user),
        "consent": lambda: signing.consent(pk, note, manager=user, now=now),
        "left": lambda: signing.note_left(pk, manager=user, now=now),
    }
    if verb not in verbs:
        raise Http404
    try:
        changed = verbs[verb]()
    except Refused as no:
        return _page(request, reads.whole(pk), refused=no.message)
    return redirect("handovers-hall", code) if verb == "cancel" else redirect("handover", code, changed.pk)


@require_http_methods(["POST"])
@login_required
def correct(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """有更正: a new entry beside the signed one."""
    _handover(request, code, pk)
    line = request.POST.get("line", "")
    given = signing.Correction(
        after=request.POST.get("after", "").replace("\x00", ""),
        reason=request.POST.get("reason", "").replace("\x00", ""),
        line_id=int(line) if line.isascii() and line.isdigit() and len(line) < 10 else None,
    )
    try:
        signing.correct(pk, given, actor=request.user, now=time.now())
    except Refused as no:
        if no.code == "not_manager":
            raise PermissionDenied(no.message) from no
        return _page(request, reads.whole(pk), refused=no.message)
    messages.success(request, "更正已登记,原记录保持不变。")
    return redirect("handover", code, pk)


urlpatterns = [
    path("handovers/", halls, name="handovers"),
    path("handovers/<slug:code>/", handovers, name="handovers-hall"),
    path("handovers/<slug:code>/export/", export, name="handovers-export"),
    path("handovers/<slug:code>/start/", start, name="handover-start"),
    path("handovers/<slug:code>/start-duty/", start_duty, name="handover-start-duty"),
    path("handovers/<slug:code>/<int:pk>/", handover, name="handover"),
    path("handovers/<slug:code>/<int:pk>/count/", count, name="handover-count"),
    path("handovers/<slug:code>/<int:pk>/confirm/", confirm, name="handover-confirm"),
    path("handovers/<slug:code>/<int:pk>/take/", take, name="handover-take"),
    path("handovers/<slug:code>/<int:pk>/correct/", correct, name="handover-correct"),
    path("handovers/<slug:code>/<int:pk>/<slug:verb>/", act, name="handover-act"),
]
