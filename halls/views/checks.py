"""Checks at set times and stains: what is due now, and the list one walks through with a phone."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from core import pictures, time
from core.errors import Refused
from core.requests import SignedInRequest
from halls import actions
from halls.actions import rounds as acts
from halls.forms.operations import EARLIEST, LoanForm
from halls.models import CheckItem, Round, RoundAnswer, Stain
from halls.queries import rounds as reads
from halls.states import Answer, CheckKind
from halls.views.choice import back, chosen, must

VERB = "hall.check"
LENT_DAYS = 3
PHOTO = re.compile(r"[0-9a-f]{40}\.(png|jpg|webp)")
SHOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "checks": ("开门与关门检查", (CheckKind.OPENING, CheckKind.CLOSING, CheckKind.SAFETY)),
    "patrols": ("定时巡检", (CheckKind.PATROL,)),
    "convenience": ("便民服务", (CheckKind.CONVENIENCE,)),
}
PAGE_OF = {kind: page for page, (_, kinds) in SHOWN.items() for kind in kinds}


@require_safe
@login_required
def due(request: SignedInRequest, page: str) -> HttpResponse:
    return due_page(request, page)


def due_page(request: SignedInRequest, page: str, loan_form: LoanForm | None = None) -> HttpResponse:
    """The checks of today, or of a day past, of some kinds."""
    choice, now = chosen(request, VERB), time.now()
    today = time.business_day(now)
    day = min(day_in(request) or today, today)
    title, kinds = SHOWN[page]
    found = [one for one in reads.due_on(choice.hall, day, now) if one.list.kind in kinds]
    shown: dict[str, Any] = {
        "choice": choice,
        "title": title,
        "page": page,
        "day": day,
        "today": today,
        "due": found,
        "now": now,
    }
    if page == "patrols":
        shown["stains"] = list(reads.stains_of(choice.hall, day))
        shown["limits"] = reads.stain_limits(choice.hall, now)
    if page == "convenience":
        shown["loans"] = choice.hall.loans.select_related("lent_by")[:30]
        shown["loan_form"] = loan_form or LoanForm(initial={"due_on": today + timedelta(days=LENT_DAYS)})
    return render(request, "halls/checks.html", shown, status=422 if loan_form else 200)


def day_in(request: SignedInRequest) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if day >= EARLIEST else None


@require_POST
@login_required
def start(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, VERB)
    kind, slot = request.POST.get("kind", ""), _moment(request.POST.get("slot", ""))
    try:
        if slot is None or slot.tzinfo is None:
            raise Refused("no_such_round", "没有这次检查,请刷新页面。")
        row = acts.start_round(choice.hall, kind, slot, actor=request.user, now=time.now())
    except Refused as no:
        messages.error(request, no.message)
        return back(PAGE_OF.get(kind, "checks"), choice.hall)
    return redirect("round", row.pk)


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _round(request: SignedInRequest, pk: int) -> Round:
    row = get_object_or_404(Round.objects.select_related("hall__region__parent__parent", "list", "by"), pk=pk)
    must(request, VERB, row.hall)
    return row


@require_safe
@login_required
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _round(request, pk)
    answers = {answer.item_id: answer for answer in row.answers.select_related("by")}
    items = [item for item in row.list.items.all() if item.is_active or item.pk in answers]
    lines = [{"item": item, "answer": answers.get(item.pk)} for item in items]
    _, until = reads.span_of(row.hall, row.kind, row.slot, time.now())
    left = sum(line["answer"] is None for line in lines)
    shown = {"round": row, "lines": lines, "left": left, "until": until, "page": PAGE_OF[row.kind]}
    return render(request, "halls/round.html", shown)


@require_POST
@login_required
def answer(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """One line's answer; the line comes back as it is now, with what was typed when it was refused."""
    row = _round(request, pk)
    asked = get_object_or_404(CheckItem, pk=item, list=row.list_id)
    said = request.POST.get("answer", "")
    if said not in Answer.values:
        raise Http404
    trouble, given = "", None
    note = request.POST.get("note", "")
    try:
        photo = request.FILES.get("photo")
        name = actions.keep_picture(photo.read(actions.LARGEST_PICTURE + 1), "rounds") if photo else ""
        given = acts.answer_item(row, asked, acts.Found(said, note, name), actor=request.user, now=time.now())
    except Refused as no:
        trouble = no.message
    kept = given or RoundAnswer.objects.filter(round=row, item=asked).first()
    shown = {"round": row, "item": asked, "answer": kept, "trouble": trouble, "typed": note, "said": said}
    return render(request, "halls/_round_line.html", shown)


@require_POST
@login_required
def finish(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _round(request, pk)
    try:
        done = acts.finish_round(row, actor=request.user, now=time.now())
    except Refused as no:
        messages.error(request, no.message)
        return redirect("round", row.pk)
    messages.success(request, "检查已完成。" if done.in_time else "检查已完成,已超过规定时间。")
    return back(PAGE_OF[row.kind], row.hall)


@require_safe
@login_required
def photo(request: SignedInRequest, pk: int) -> HttpResponseBase:
    kept = get_object_or_404(RoundAnswer.objects.select_related("round__hall"), pk=pk)
    must(request, VERB, kept.round.hall)
    if not PHOTO.fullmatch(kept.picture):
        raise Http404
    try:
        file = (actions.pictures_folder("rounds") / kept.picture).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type=pictures.TYPES[kept.picture.rpartition(".")[2]])
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
def stain(request: SignedInRequest) -> HttpResponse:
    choice = chosen(request, VERB)
    try:
        row = acts.find_stain(
            choice.hall,
            request.POST.get("place", ""),
            relaxed="relaxed" in request.POST,
            actor=request.user,
            now=time.now(),
        )
        messages.success(request, f"已登记,请在 {row.minutes} 分钟内清理。")
    except Refused as no:
        messages.error(request, no.message)
    return back("patrols", choice.hall)


@require_POST
@login_required
def clean(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Stain.objects.select_related("hall"), pk=pk)
    must(request, VERB, row.hall)
    try:
        acts.clean_stain(row, by=request.POST.get("by", ""), now=time.now())
    except Refused as no:
        messages.error(request, no.message)
    return back("patrols", row.hall)
