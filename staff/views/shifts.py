"""我的班次 (phone), 换班与请假, 考勤."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.errors import Refused
from halls.models import Hall
from halls.queries import visible_halls
from staff.actions import attendance, leaves, shift_changes
from staff.forms.rosters import AttendanceFilter, ChangeForm, LeaveForm, WishForm
from staff.models import Attendance, CalendarFeed, Leave, RosterWish, ShiftChange, ShiftType, User
from staff.queries import attendance as attendance_reads
from staff.queries import my_shifts as reads
from staff.queries.people import in_force
from staff.requests import StaffRequest
from staff.states import AskState, ChangeState

PER_PAGE = 50
DAYS_SHOWN = 28


@require_safe
@login_required
def my_shifts(request: StaffRequest) -> HttpResponse:
    now = time.now()
    today = time.business_day(now)
    turns = {turn.day: turn for turn in reads.my_turns(request.user, today, today + timedelta(days=DAYS_SHOWN))}
    days = [(today + timedelta(days=ahead), turns.get(today + timedelta(days=ahead))) for ahead in range(DAYS_SHOWN)]
    feed = CalendarFeed.objects.filter(user=request.user).first()
    shown = {
        "today": today,
        "turn": turns.get(today),
        "row": Attendance.objects.filter(person=request.user, day=today).first(),
        "days": days,
        "has_any": bool(turns),
        "feed": request.build_absolute_uri(reverse("shift-feed", args=[feed.token])) if feed else "",
    }
    return render(request, "staff/rosters/my_shifts.html", shown)


@require_POST
@login_required
def check(request: StaffRequest) -> HttpResponse:
    """Coming or leaving, whichever is next."""
    now = time.now()
    if "out" in request.POST:
        row = attendance.check_out(request.user, now=now)
        messages.success(request, f"已于 {time.local(row.checked_out_at or now):%H:%M} 打离班卡。")
    else:
        row = attendance.check_in(request.user, now=now)
        late = "" if row.is_punctual else f",应在 {time.local(row.due_at):%H:%M} 前到岗"
        messages.success(request, f"已于 {time.local(now):%H:%M} 打到班卡{late}。")
    return redirect("my-shifts")


@require_POST
@login_required
def renew_feed(request: StaffRequest) -> HttpResponse:
    attendance.renew_feed(request.user, now=time.now())
    messages.success(request, "日历订阅地址已生成,旧地址从现在起失效。请不要转发给别人。")
    return redirect("my-shifts")


@require_safe
def feed(request: StaffRequest, token: str) -> HttpResponse:
    """Open to whoever knows the address, which is as secret as a password; of people who left it is empty."""
    found = CalendarFeed.objects.filter(token=token, user__is_active=True).select_related("user").first()
    if found is None:
        raise Http404
    now = time.now()
    text = reads.calendar(found.user, time.business_day(now), now)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900"
    return response


def _my_hall(user: User) -> Hall:
    """Where somebody works today; with several the first. Raises PermissionDenied for people without a hall."""
    today = time.business_day(time.now())
    job = user.employments.filter(in_force(today), hall__isnull=False).select_related("hall").first()
    if job is None or job.hall is None:
        raise PermissionDenied("换班与请假由营业厅人员申请。")
    return job.hall


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def changes(request: StaffRequest) -> HttpResponse:
    """What I asked, what I am asked, what I have to sign; and the three forms."""
    signs = visible_halls(request.user, "roster.sign")
    today = time.business_day(time.now())
    jobs = request.user.employments.filter(in_force(today), hall__isnull=False)
    works = request.user.may("roster.see") and jobs.exists()
    if not works and not signs.exists():
        raise PermissionDenied("换班与请假由营业厅人员申请。")
    forms = _forms(request, _my_hall(request.user)) if works else {}
    if request.method == "POST" and works and _asked(request, forms):
        return redirect("shift-changes")
    return render(request, "staff/rosters/changes.html", {**_lists(request, signs), **forms, "works": works})


def _forms(request: StaffRequest, hall: Hall) -> dict[str, Any]:
    today = time.business_day(time.now())
    colleagues = User.objects.filter(
        pk__in=hall.employments.filter(in_force(today)).values("user"), is_active=True
    ).exclude(pk=request.user.pk)
    which = request.POST.get("form", "")

    def data(name: str) -> Any:
        return request.POST if which == name else None

    return {
        "hall": hall,
        "leave_form": LeaveForm(data("leave"), prefix="leave"),
        "wish_form": WishForm(data("wish"), prefix="wish", shifts=ShiftType.objects.filter(hall=hall, is_active=True)),
        "change_form": ChangeForm(
            data("change"),
            prefix="change",
            colleagues=colleagues.order_by("name"),
            initial={"day": request.GET.get("day", "")},
        ),
        "compensatory": leaves.balance(request.user) / 60,
    }


def _asked(request: StaffRequest, forms: dict[str, Any]) -> bool:
    """Whether one of the forms was right and its act not refused; what was typed stays otherwise."""
    form = forms.get(f"{request.POST.get('form', '')}_form")
    if form is None or not form.is_valid():
        return False
    given, hall, me = form.cleaned_data, forms["hall"], request.user
    try:
        if isinstance(form, LeaveForm):
            span = (given["first_day"], given["last_day"])
            leaves.ask_leave(me, hall, given["kind"], span, reason=given["reason"])
        elif isinstance(form, WishForm):
            leaves.wish(me, hall, given["day"], shift=given["shift"], reason=given["reason"])
        else:
            shift_changes.ask_change(
                me, given["day"], given["colleague"], other_day=given["other_day"], reason=given["reason"]
            )
    except Refused as no:
        form.add_error(None, no.message)
        return False
    messages.success(request, "已提交。")
    return True


def _lists(request: StaffRequest, signs: Any) -> dict[str, Any]:
    me = request.user
    rows = ShiftChange.objects.select_related("asker", "colleague", "hall", "decided_by")
    leave_rows = Leave.objects.select_related("user", "hall", "decided_by")
    return {
        "to_answer": rows.filter(colleague=me, state=ChangeState.ASKED),
        "to_sign": rows.filter(hall__in=signs, state=ChangeState.ACCEPTED),
        "to_grant": leave_rows.filter(hall__in=signs, state=AskState.ASKED),
        "my_changes": rows.filter(asker=me)[:20],
        "my_leaves": leave_rows.filter(user=me)[:20],
        "my_wishes": RosterWish.objects.filter(user=me).select_related("shift").order_by("-day")[:20],
        "can_sign": signs.exists(),
    }


@require_POST
@login_required
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """accept, decline and withdraw by the two; sign and refuse by a manager of the hall."""
    found = get_object_or_404(ShiftChange.objects.select_related("hall"), pk=pk)
    me, now, act = request.user, time.now(), request.POST.get("act", "")
    if me.pk not in (found.asker_id, found.colleague_id) and not me.may("hall.see", found.hall):
        raise Http404
    if act in {"accept", "decline"}:
        shift_changes.answer_change(pk, accept=act == "accept", actor=me, now=now)
    elif act == "withdraw":
        shift_changes.withdraw_change(pk, actor=me)
    elif not me.may("roster.sign", found.hall):
        raise PermissionDenied("换班由店长签字。")
    else:
        answer = request.POST.get("answer", "")[:100]
        shift_changes.decide_change(pk, sign=act == "sign", actor=me, answer=answer, now=now)
    messages.success(request, "已处理。")
    return redirect("shift-changes")


@require_POST
@login_required
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    found, act = get_object_or_404(Leave.objects.select_related("hall"), pk=pk), request.POST.get("act", "")
    me = request.user
    if found.user_id != me.pk and not me.may("hall.see", found.hall):
        raise Http404
    if act == "withdraw" and found.user_id == me.pk:
        leaves.withdraw_leave(pk, actor=me)
    elif not me.may("roster.sign", found.hall):
        raise PermissionDenied("请假由店长审批。")
    else:
        answer = request.POST.get("answer", "")[:100]
        leaves.decide_leave(pk, grant=act == "grant", actor=me, answer=answer, now=time.now())
    messages.success(request, "已处理。")
    return redirect("shift-changes")


def _attendance(request: StaffRequest) -> tuple[AttendanceFilter, list[attendance_reads.Line]]:
    halls = visible_halls(request.user, "roster.manage").filter(is_live=True)
    if not halls.exists():
        raise PermissionDenied("没有查看考勤的权限。自己的打卡记录在「我的班次」。")
    now = time.now()
    form = AttendanceFilter(request.GET, halls=halls)
    span = form.span(time.business_day(now))
    given = form.cleaned_data if form.is_valid() else {}
    chosen = [given["hall"]] if given.get("hall") else list(halls)
    found = attendance_reads.lines(chosen, span, find=given.get("find", ""), only=given.get("only", ""), now=now)
    return form, found


@require_safe
@login_required
def attendance_list(request: StaffRequest) -> HttpResponse:
    form, found = _attendance(request)
    query = request.GET.copy()
    query.pop("page", None)
    counted = [line for line in found if line.state != "coming"]
    punctual = sum(line.state == attendance_reads.PUNCTUAL for line in counted)
    shown = {
        "form": form,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "query": query.urlencode(),
        "share": round(100 * punctual / len(counted)) if counted else None,
    }
    return render(request, "staff/rosters/attendance.html", shown)


@require_safe
@login_required
def attendance_export(request: StaffRequest) -> StreamingHttpResponse:
    _, found = _attendance(request)
    writer = csv.writer(_Echo())
    rows = (writer.writerow(row) for row in _rows(found))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="attendance.csv"'
    return response


class _Echo:
    def write(self, text: str) -> bytes:
        return text.encode()


def _rows(found: list[attendance_reads.Line]) -> Iterator[list[str]]:
    yield ["\ufeff日期", "营业厅", "工号", "姓名", "岗位", "班次", "到班", "离班", "结果", "说明"]
    for line in found:
        turn, row = line.turn, line.row
        came, left = (row.checked_in_at, row.checked_out_at) if row else (None, None)
        clocks = [f"{time.local(moment):%H:%M}" if moment else "" for moment in (came, left)]
        note = row.note if row else ""
        note = f"'{note}" if note.startswith(("=", "+", "-", "@")) else note
        person = turn.person
        yield [
            str(turn.day), turn.roster.hall.name, person.staff_no, person.name, turn.get_post_display(),
            str(turn.shift), *clocks, line.label, note,
        ]  # fmt: skip


@require_POST
@login_required
def attendance_note(request: StaffRequest, pk: int) -> HttpResponse:
    mine = Attendance.objects.filter(hall__in=request.user.hall_ids("hall.see")).select_related("hall")
    row = get_object_or_404(mine, pk=pk)
    if not request.user.may("roster.manage", row.hall):
        raise PermissionDenied("考勤说明由店长或值班经理登记。")
    attendance.note(row.hall, pk, text=request.POST.get("note", "")[:100], actor=request.user)
    messages.success(request, "说明已登记。")
    return redirect("attendance")


urlpatterns = [
    path("my-shifts/", my_shifts, name="my-shifts"),
    path("my-shifts/check/", check, name="shift-check"),
    path("my-shifts/feed/", renew_feed, name="renew-feed"),
    path("my-shifts/feed/<str:token>.ics", feed, name="shift-feed"),
    path("shift-changes/", changes, name="shift-changes"),
    path("shift-changes/<int:pk>/", change, name="shift-change"),
    path("shift-changes/leave/<int:pk>/", leave, name="leave"),
    path("attendance/", attendance_list, name="attendance"),
    path("attendance/export/", attendance_export, name="attendance-export"),
    path("attendance/<int:pk>/note/", attendance_note, name="attendance-note"),
]
