"""排班表: the month of a hall, its draft, the solver's runs, publishing, and cover for somebody missing today."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.errors import Refused
from halls.models import Hall
from halls.queries import number
from staff.actions import roster_runs, rosters, shift_changes
from staff.models import Roster, ShiftType, SolverRun, User
from staff.queries import roster_page as reads
from staff.queries.roster_problem import month_named
from staff.queries.rosters import posts_of, published
from staff.requests import StaffRequest
from staff.rules.rosters import SOLVE_SECONDS
from staff.states import Post
from staff.tasks import solve_roster

SEE, MANAGE = "roster.see", "roster.manage"


def hall_for(request: StaffRequest, code: str, verb: str) -> Hall:
    """A hall whose rosters this person may see (else 404) and, for more, act on (else 403)."""
    hall = get_object_or_404(Hall.objects.select_related("region__parent__parent"), code=code)
    if not request.user.may("hall.see", hall):
        raise Http404
    if not request.user.may(verb, hall):
        raise PermissionDenied("没有排班的权限。如工作需要,请联系店长开通。")
    return hall


def month_from(text: str, now: datetime) -> date:
    """`2026-12`; anything else is this month."""
    return month_named(text) or time.business_day(now).replace(day=1)


@require_safe
@login_required
def halls(request: StaffRequest) -> HttpResponse:
    mine = list(Hall.objects.filter(pk__in=request.user.hall_ids(SEE), is_live=True).order_by("code"))
    if not mine:
        raise PermissionDenied("没有查看班表的权限。如工作需要,请联系店长开通。")
    if len(mine) == 1:
        return redirect("roster", mine[0].code)
    months = {row.hall_id: row for row in Roster.objects.filter(hall__in=mine, state="published").order_by("month")}
    rows = [(hall, months.get(hall.pk)) for hall in mine]
    return render(request, "staff/rosters/halls.html", {"rows": rows})


@require_safe
@login_required
def roster(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = hall_for(request, code, SEE), time.now()
    month = month_from(request.GET.get("month", ""), now)
    shown = reads.shown_roster(hall, month, wants_draft=request.user.may(MANAGE, hall))
    return render(request, "staff/rosters/roster.html", _page(request, hall, month, shown))


def _page(request: StaffRequest, hall: Hall, month: date, shown: Roster | None) -> dict[str, Any]:
    now = time.now()
    may_sign = request.user.may("roster.sign", hall)
    return {
        "hall": hall,
        "grid": reads.grid(hall, month, shown, now=now, sees_private=may_sign),
        "roster": shown,
        "published": published(hall, month),
        "versions": Roster.objects.filter(hall=hall, month=month).exclude(state="draft").select_related("published_by"),
        "run": roster_runs.latest_run(shown) if shown is not None and shown.is_draft else None,
        "can_sign": may_sign,
        "can_configure": request.user.may("roster.configure", hall),
        "can_manage": request.user.may(MANAGE, hall),
        "can_edit": shown is not None and shown.is_draft and request.user.may(MANAGE, hall),
        "seconds": number(SOLVE_SECONDS, hall, now),
        "posts": [(post.value, post.label) for post in Post],
        "today": time.business_day(now),
    }


@require_POST
@login_required
def open_draft(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = hall_for(request, code, MANAGE), time.now()
    month = month_from(request.POST.get("month", ""), now)
    rosters.open_draft(hall, month, actor=request.user, now=now)
    return _back(hall, month)


def _back(hall: Hall, month: date) -> HttpResponse:
    response = redirect("roster", hall.code)
    response["Location"] += f"?month={month:%Y-%m}"
    return response


def draft_for(request: StaffRequest, pk: int) -> Roster:
    """A roster this person may change; of a stranger's hall there is none."""
    found = get_object_or_404(Roster.objects.select_related("hall__region__parent__parent"), pk=pk)
    hall_for(request, found.hall.code, MANAGE)
    return found


def _person(request: StaffRequest, name: str) -> User:
    given = request.POST.get(name, "")
    found = User.objects.filter(pk=int(given)).first() if given.isdigit() and len(given) < 18 else None
    if found is None:
        raise Refused("no_person", "请选择一位同事。")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("bad_day", "日期不能识别,请重新选择。") from error


@require_POST
@login_required
def cell(request: StaffRequest, pk: int) -> HttpResponse:
    """One cell by key, menu or form: a shift, or the day off. Answers with the grid."""
    draft = draft_for(request, pk)
    given = request.POST.get("shift", "")
    shift = (
        get_object_or_404(ShiftType, pk=int(given), hall=draft.hall) if given.isdigit() and len(given) < 18 else None
    )
    post = request.POST.get("post", "")
    person = _person(request, "person")
    day = _day(request.POST.get("day", ""))
    if post and post not in {one.value for one in posts_of(person, draft.hall, day)} | {Post.FLOOR, Post.DUTY}:
        raise Refused("wrong_post", "这位同事不能排这个岗位。")
    rosters.set_turn(draft.pk, person, day, shift=shift, post=post)
    return _grid(request, draft)


@require_POST
@login_required
def move(request: StaffRequest, pk: int) -> HttpResponse:
    draft = draft_for(request, pk)
    start = (_person(request, "person"), _day(request.POST.get("day", "")))
    end = (_person(request, "to_person"), _day(request.POST.get("to_day", "")))
    rosters.move_turn(draft.pk, start, end)
    return _grid(request, draft)


def _grid(request: StaffRequest, draft: Roster) -> HttpResponse:
    draft.refresh_from_db()
    return render(request, "staff/rosters/_grid.html", _page(request, draft.hall, draft.month, draft))


@require_POST
@login_required
def solve(request: StaffRequest, pk: int) -> HttpResponse:
    draft, now = draft_for(request, pk), time.now()
    seconds = number(SOLVE_SECONDS, draft.hall, now)
    run = roster_runs.start_run(draft.pk, seconds=seconds, actor=request.user, now=now)
    solve_roster.delay_on_commit(run.pk)
    return _back(draft.hall, draft.month)


def _run(request: StaffRequest, pk: int) -> SolverRun:
    run = get_object_or_404(SolverRun.objects.select_related("roster__hall__region__parent__parent"), pk=pk)
    hall_for(request, run.roster.hall.code, MANAGE)
    return run


@require_safe
@login_required
def run_progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The progress of a run; once it has ended, the page is told to fetch itself anew."""
    run = _run(request, pk)
    response = render(request, "staff/rosters/_run.html", {"run": run, "can_edit": True})
    if not run.is_running:
        response["X-Run"] = "ended"
    return response


@require_POST
@login_required
def stop(request: StaffRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    roster_runs.stop_run(run.pk)
    return _back(run.roster.hall, run.roster.month)


@require_POST
@login_required
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    draft = draft_for(request, pk)
    made = rosters.publish(draft.pk, reason=request.POST.get("reason", "")[:200], actor=request.user, now=time.now())
    messages.success(request, f"{made.month.month} 月班表第 {made.version} 版已发布,有变动的同事会收到通知。")
    return _back(draft.hall, draft.month)


@require_POST
@login_required
def discard(request: StaffRequest, pk: int) -> HttpResponse:
    draft = draft_for(request, pk)
    rosters.discard_draft(draft.pk)
    messages.success(request, "草稿已放弃,已发布的班表不变。")
    return _back(draft.hall, draft.month)


@require_safe
@login_required
def day(request: StaffRequest, code: str, text: str) -> HttpResponse:
    """One day by half hours, and cover for somebody missing."""
    hall, on = hall_for(request, code, SEE), _known_day(text)
    shown = reads.shown_roster(hall, on.replace(day=1), wants_draft=request.user.may(MANAGE, hall))
    if shown is None:
        return redirect("roster", hall.code)
    return render(request, "staff/rosters/day.html", _day_page(request, hall, shown, on))


def _known_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _day_page(request: StaffRequest, hall: Hall, shown: Roster, on: date) -> dict[str, Any]:
    may_cover = request.user.may(MANAGE, hall) and on >= time.business_day(time.now()) and not shown.is_draft
    return {
        "hall": hall,
        "roster": shown,
        "sheet": reads.day_sheet(hall, shown, on),
        "can_cover": may_cover,
        "can_need": request.user.may(MANAGE, hall),
        "proposal": None,
    }


@require_POST
@login_required
def cover(request: StaffRequest, code: str, text: str) -> HttpResponse:
    """First a proposal; with `confirm` the moves that were shown are checked once more and put in force."""
    hall, on, now = hall_for(request, code, MANAGE), _known_day(text), time.now()
    absent = _person(request, "absent")
    if "confirm" in request.POST:
        pairs = [one.split(":") for one in request.POST.getlist("move") if one.replace(":", "").isdigit()]
        moves = {int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2}
        wanted = shift_changes.Cover(on, absent, request.POST.get("reason", "")[:80], moves)
        shift_changes.cover_absence(hall, wanted, actor=request.user, now=now)
        messages.success(request, f"{absent.name} 的缺勤已登记,班表已调整并通知相关同事。")
        return redirect("roster-day", hall.code, text)
    found = shift_changes.propose_cover(hall, on, absent, now=now)
    shown = published(hall, on)
    if shown is None:
        raise Http404
    names = dict(ShiftType.objects.filter(hall=hall).values_list("pk", "name"))
    moves_shown = [(move, names.get(move.before or 0, "休息"), names[move.after]) for move in found.moves]
    page = _day_page(request, hall, shown, on)
    proposal = {"absent": absent, "moves": moves_shown, "found": found}
    return render(
        request, "staff/rosters/day.html", page | {"proposal": proposal, "reason": request.POST.get("reason", "")}
    )


@require_POST
@login_required
def needs(request: StaffRequest, code: str, text: str) -> HttpResponse:
    """Windows asked for by hand, half hour by half hour; what is left empty keeps its figure."""
    hall, on = hall_for(request, code, MANAGE), _known_day(text)
    given = {name[5:]: str(value) for name, value in request.POST.items() if name.startswith("slot-") and value}
    wanted = {int(slot): int(value) for slot, value in given.items() if slot.isdigit() and value.isdigit()}
    if len(wanted) != len(given) or any(slot > 47 or value > 99 for slot, value in wanted.items()):
        raise Refused("bad_need", "开窗数应为 0–99 的整数,请核对。")
    rosters.set_needs(hall, on, wanted)
    messages.success(request, "开窗需求已保存。")
    return redirect("roster-day", hall.code, text)


urlpatterns = [
    path("rosters/", halls, name="rosters"),
    path("rosters/drafts/<int:pk>/cell/", cell, name="roster-cell"),
    path("rosters/drafts/<int:pk>/move/", move, name="roster-move"),
    path("rosters/drafts/<int:pk>/solve/", solve, name="roster-solve"),
    path("rosters/drafts/<int:pk>/publish/", publish, name="roster-publish"),
    path("rosters/drafts/<int:pk>/discard/", discard, name="roster-discard"),
    path("rosters/runs/<int:pk>/", run_progress, name="roster-run"),
    path("rosters/runs/<int:pk>/stop/", stop, name="roster-stop"),
    path("rosters/<slug:code>/", roster, name="roster"),
    path("rosters/<slug:code>/draft/", open_draft, name="roster-draft"),
    path("rosters/<slug:code>/<str:text>/day/", day, name="roster-day"),
    path("rosters/<slug:code>/<str:text>/cover/", cover, name="roster-cover"),
    path("rosters/<slug:code>/<str:text>/needs/", needs, name="roster-needs"),
]
