"""任务: what a district gave its halls, what a hall has to do, the photo that proves it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import pictures, time
from core.errors import Refused
from core.forms import tried
from core.sheets import sheet
from halls.actions import keep_picture, pictures_folder
from halls.queries import visible_halls
from overview.actions import tasks as actions
from overview.forms import TaskForm
from overview.models import HallTask, Task
from overview.queries import tasks as reads
from overview.states import TaskState
from overview.views.doors import PER_PAGE, chosen_hall, must, my_halls, today
from staff.requests import StaffRequest

PHOTOS = "tasks"
GIVEN_TABS = (("open", "进行中"), ("overdue", "有超期"), ("all", "全部"))
MINE_TABS = (("open", "待完成"), ("overdue", "已超期"), ("done", "已提交"), ("all", "全部"))


@require_safe
@login_required
def tasks(request: StaffRequest) -> HttpResponse:
    """The district's list; halls see their own."""
    must(request, "task.give", "task.do")
    if not request.user.may("task.give"):
        return redirect("my-tasks")
    only, find = request.GET.get("tab", "open"), request.GET.get("find", "")[:40].replace("\x00", "")
    rows = reads.given(request.user, today(), find=find, only=only)
    shown = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "tab": only,
        "tabs": GIVEN_TABS,
        "find": find,
        "query": urlencode({"tab": only, "find": find}),
        "today": today(),
        "does": request.user.may("task.do"),
    }
    return render(request, "overview/tasks/given.html", shown)


@require_safe
@login_required
def mine(request: StaffRequest) -> HttpResponse:
    halls = my_halls(request, "task.do")
    hall, only = chosen_hall(request, halls), request.GET.get("tab", "open")
    rows = reads.of_halls(request.user, today(), hall=hall, only=only)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "lines": [(one, one.is_overdue(today())) for one in page],
        "halls": halls,
        "hall": hall,
        "tab": only,
        "tabs": MINE_TABS,
        "query": urlencode({"tab": only, "hall": hall.code if hall else ""}),
    }
    return render(request, "overview/tasks/mine.html", shown)


@require_safe
@login_required
def export(request: StaffRequest) -> HttpResponse:
    """Every hall's state of every task within reach."""
    must(request, "task.give", "task.do")
    rows = HallTask.objects.visible_to(request.user).select_related("hall", "task__given_by", "read_by", "done_by")
    heads = ["任务", "营业厅", "期限", "状态", "签收", "签收人", "提交", "提交人", "完成情况", "下达人", "超期"]
    lines = (
        [
            one.task.title,
            one.hall.name,
            one.task.due_on,
            one.get_state_display(),
            one.read_at,
            one.read_by.name if one.read_by else "",
            one.done_at,
            one.done_by.name if one.done_by else "",
            one.proof,
            one.task.given_by.name,
            "是" if one.is_overdue(today()) else "",
        ]
        for one in rows.order_by("-task__given_at", "hall__code")[:5000]
    )
    return sheet("tasks", "任务完成情况", heads, lines, by=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: StaffRequest) -> HttpResponse:
    must(request, "task.give", sentence="任务由区县主管下达。")
    halls = visible_halls(request.user, "task.give").filter(is_live=True).order_by("code")
    form = TaskForm(request.POST or None, halls=halls)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        order = actions.Order(given["title"], given["text"], given["due_on"], given["wants_photo"])
        made = tried(form, lambda: actions.give(order, given["halls"], actor=request.user, now=time.now()))
        if made is not None:
            messages.success(request, "任务已下达,各厅已收到提醒。")
            return redirect("task", made.pk)
    return render(request, "overview/tasks/new.html", {"form": form, "has_halls": halls.exists()})


def _task(request: StaffRequest, pk: int) -> Task:
    mine = HallTask.objects.filter(hall__in=request.user.hall_ids("task.give"))
    found = Task.objects.filter(pk=pk, pk__in=mine.values("task")).select_related("given_by").first()
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def task(request: StaffRequest, pk: int) -> HttpResponse:
    row = _task(request, pk)
    rows = row.halls.filter(hall__in=request.user.hall_ids("task.give")).select_related("hall", "read_by", "done_by")
    halls = list(rows.order_by("hall__code"))
    for one in halls:
        one.task = row
    shown = {
        "task": row,
        "lines": [(one, one.is_overdue(today())) for one in halls],
        "can_withdraw": any(one.state not in {TaskState.ACCEPTED, TaskState.WITHDRAWN} for one in halls),
    }
    return render(request, "overview/tasks/task.html", shown)


@require_POST
@login_required
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    row = _task(request, pk)
    try:
        actions.withdraw(row, request.user.hall_ids("task.give"), actor=request.user, now=time.now())
        messages.success(request, "任务已撤销。")
    except Refused as no:
        messages.error(request, no.message)
    return redirect("task", pk)


def _hall_task(request: StaffRequest, pk: int) -> HallTask:
    rows = HallTask.objects.visible_to(request.user).select_related("hall", "task__given_by", "read_by", "done_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def hall_task(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _hall_task(request, pk))


def _page(request: StaffRequest, row: HallTask, **more: Any) -> HttpResponse:
    does, gives = request.user.may("task.do", row.hall), request.user.may("task.give", row.hall)
    shown = {
        "item": row,
        "task": row.task,
        "is_overdue": row.is_overdue(today()),
        "events": row.events.select_related("person"),
        "can_receive": does and row.state == TaskState.SENT,
        "can_finish": does and row.is_open,
        "can_judge": gives and row.state == TaskState.DONE,
        "gives": gives,
        **more,
    }
    return render(request, "overview/tasks/hall_task.html", shown)


@require_POST
@login_required
def change(request: StaffRequest, pk: int) -> HttpResponse:
    """签收, 提交 with a photo, or the district's word. What was typed stays when it is refused."""
    row, given, now = _hall_task(request, pk), request.POST, time.now()
    try:
        if "accepted" in given:
            must(request, "task.give", hall=row.hall, sentence="由区县主管确认。")
            accepted = given["accepted"] == "yes"
            actions.judge(row, accepted=accepted, why=given.get("why", ""), actor=request.user, now=now)
        else:
            must(request, "task.do", hall=row.hall, sentence="任务由本厅店长或值班经理完成。")
            _do(request, row)
    except Refused as no:
        return _page(request, _hall_task(request, pk), refused=no.message, typed=given)
    messages.success(request, "已保存。")
    return redirect("hall-task", pk)


def _do(request: StaffRequest, row: HallTask) -> None:
    if "receive" in request.POST:
        actions.receive(row, actor=request.user, now=time.now())
        return
    file = request.FILES.get("photo")
    photo = keep_picture(file.read(), PHOTOS) if file else ""
    actions.finish(row, request.POST.get("proof", ""), photo=photo, actor=request.user, now=time.now())


@require_safe
@login_required
def photo(request: StaffRequest, pk: int) -> HttpResponseBase:
    name = _hall_task(request, pk).photo
    file = pictures_folder(PHOTOS) / name
    if not name or not file.exists():
        raise Http404
    response = FileResponse(file.open("rb"), content_type=pictures.TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("overview/tasks/", tasks, name="tasks"),
    path("overview/tasks/new/", new, name="task-new"),
    path("overview/tasks/export/", export, name="tasks-export"),
    path("overview/tasks/mine/", mine, name="my-tasks"),
    path("overview/tasks/mine/<int:pk>/", hall_task, name="hall-task"),
    path("overview/tasks/mine/<int:pk>/change/", change, name="hall-task-change"),
    path("overview/tasks/mine/<int:pk>/photo/", photo, name="hall-task-photo"),
    path("overview/tasks/<int:pk>/", task, name="task"),
    path("overview/tasks/<int:pk>/withdraw/", withdraw, name="task-withdraw"),
]
