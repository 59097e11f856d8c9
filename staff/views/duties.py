"""AB 角: who answers for what today, and the tasks that come back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import time
from core.forms import tried
from halls.models import Hall
from staff.actions import duties as actions
from staff.forms.hall_life import DutyForm, TaskForm, duty_facts
from staff.models import Duty, RecurringTask
from staff.queries import duties as queries
from staff.requests import StaffRequest
from staff.states import DutySide
from staff.views.choices import chosen, halls_for
from staff.views.jobs import page

NO_RIGHT = "没有指定 AB 角的权限。如工作需要,请联系店长。"


def _back(hall: Hall) -> str:
    return f"{reverse('duties')}?hall={hall.code}"


def hall_of(request: StaffRequest, code: str, verb: str, refusal: str) -> Hall:
    """A hall that the person sees (else 404) and has the right in (else 403)."""
    hall = get_object_or_404(Hall, code=code)
    if not request.user.may("hall.see", hall):
        raise Http404
    if not request.user.may(verb, hall):
        raise PermissionDenied(refusal)
    return hall


@require_safe
@login_required
def duties(request: StaffRequest) -> HttpResponse:
    halls = halls_for(request, "hall.see", "当前没有可查看的营业厅。")
    hall, now = chosen(halls, request.GET.get("hall", "")), time.now()
    today = queries.today(hall, time.business_day(now))
    shown = {
        "halls": halls,
        "hall": hall,
        "today": today,
        "empty": [one for one in today if one.side == DutySide.NOBODY],
        "mine": [one for one in today if one.person == request.user],
        "due": [(one, one.is_late(now)) for one in queries.due(hall, time.business_day(now))],
        "tasks": RecurringTask.objects.filter(hall=hall, is_active=True).select_related("duty"),
        "may_manage": request.user.may("duty.manage", hall),
        "day": time.business_day(now),
    }
    return render(request, "staff/duties.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_duty(request: StaffRequest, code: str) -> HttpResponse:
    return _set(request, hall_of(request, code, "duty.manage", NO_RIGHT), None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_duty(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    hall = hall_of(request, code, "duty.manage", NO_RIGHT)
    return _set(request, hall, get_object_or_404(queries.standing(hall), pk=pk))


def _set(request: StaffRequest, hall: Hall, duty: Duty | None) -> HttpResponse:
    now = time.now()
    crew = queries.crew(hall, time.business_day(now))
    form = DutyForm(request.POST or None, crew=crew, initial=duty_facts(duty) if duty else {})
    if request.method == "POST" and form.is_valid():
        wish = actions.Wish(**form.cleaned_data)
        row = tried(form, lambda: actions.set_duty(hall, wish, actor=request.user, now=now, duty=duty))
        if row is not None:
            messages.success(request, f"「{row}」:A 角 {row.a.name},B 角 {row.b.name}。")
            return HttpResponseRedirect(_back(hall))
    title = f"修改「{duty}」" if duty else f"{hall.name}:添加事项"
    return page(request, [form], title=title, submit="保存", back=_back(hall))


@require_POST
@login_required
def end_duty(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    hall = hall_of(request, code, "duty.manage", NO_RIGHT)
    duty = get_object_or_404(Duty, hall=hall, pk=pk)
    actions.end_duty(duty, actor=request.user, now=time.now())
    messages.success(request, f"「{duty}」已停用。")
    return HttpResponseRedirect(_back(hall))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_task(request: StaffRequest, code: str, pk: int | None = None) -> HttpResponse:
    hall = hall_of(request, code, "duty.manage", NO_RIGHT)
    task = get_object_or_404(RecurringTask, hall=hall, pk=pk) if pk else RecurringTask(hall=hall)
    form = TaskForm(request.POST or None, instance=task, duties=queries.standing(hall))
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"已保存定期任务「{form.save()}」。")
        return HttpResponseRedirect(_back(hall))
    words: dict[str, Any] = {"title": f"{hall.name}:定期任务", "submit": "保存", "back": _back(hall)}
    return page(request, [form], **words)


@require_POST
@login_required
def do_task(request: StaffRequest, code: str, pk: int) -> HttpResponse:
    """Anybody of the hall ticks a task of today off."""
    hall, now = hall_of(request, code, "hall.see", NO_RIGHT), time.now()
    task = get_object_or_404(RecurringTask, hall=hall, pk=pk)
    note = request.POST.get("note", "")
    actions.do_task(task, time.business_day(now), actor=request.user, now=now, note=note)
    messages.success(request, f"「{task}」已完成。")
    return HttpResponseRedirect(_back(hall))


urlpatterns = [
    path("staff/duties/", duties, name="duties"),
    path("staff/duties/<slug:code>/new/", add_duty, name="duty-add"),
    path("staff/duties/<slug:code>/<int:pk>/", edit_duty, name="duty-edit"),
    path("staff/duties/<slug:code>/<int:pk>/end/", end_duty, name="duty-end"),
    path("staff/duties/<slug:code>/tasks/new/", set_task, name="task-add"),
    path("staff/duties/<slug:code>/tasks/<int:pk>/", set_task, name="task-edit"),
    path("staff/duties/<slug:code>/tasks/<int:pk>/done/", do_task, name="task-done"),
]
