"""People come, change jobs and leave: one short form per act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import time
from core.forms import tried
from halls.models import Region
from halls.queries import visible_halls
from staff import access
from staff.actions import employments as actions
from staff.forms.jobs import EditForm, FaceForm, JobForm, LastDayForm, ReasonForm
from staff.models import User
from staff.requests import StaffRequest
from staff.views.people import about

NO_RIGHT = "没有办理人员手续的权限。如工作需要,请联系店长。"


def managed(request: StaffRequest, staff_no: str) -> User:
    """Somebody the request's person may see (else 404) and manage (else 403)."""
    person = get_object_or_404(User.objects.visible_to(request.user), staff_no=staff_no)
    if not access.may_manage(request.user, person):
        raise PermissionDenied(actions.NOT_OURS)
    return person


def page(request: StaffRequest, forms: list[BaseForm], **words: Any) -> HttpResponse:
    """A short form on a page of its own: `title`, `submit`, `back`, and `hint` where it helps."""
    return render(request, "staff/form.html", {"forms": forms, **words})


def back_to(person: User) -> str:
    return reverse("person", args=[person.staff_no])


def job_form(request: StaffRequest, *args: Any, **kwargs: Any) -> JobForm:
    user, today = request.user, time.business_day(time.now())
    return JobForm(
        *args,
        roles=access.roles_to_give(user),
        halls=visible_halls(user, "staff.manage"),
        regions=Region.objects.filter(pk__in=user.rights.region_ids("staff.manage")),
        initial={"valid_from": today},
        **kwargs,
    )


def shown_once(request: StaffRequest, hired: actions.Hired) -> HttpResponse:
    """The person's page with the temporary password; it is kept nowhere."""
    person = User.objects.get(pk=hired.person.pk)
    return render(request, "staff/person.html", about(request, person) | {"temporary": hired.password})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hire(request: StaffRequest) -> HttpResponse:
    if not request.user.may("staff.manage"):
        raise PermissionDenied(NO_RIGHT)
    posted = request.POST or None
    face, job = FaceForm(posted), job_form(request, posted)
    if request.method == "POST" and all([face.is_valid(), job.is_valid()]):
        hired = tried(face, lambda: actions.hire(face.face(), job.job(), actor=request.user, now=time.now()))
        if hired is not None:
            return shown_once(request, hired)
    return page(request, [face, job], title="添加人员", submit="添加人员", back=reverse("staff"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: StaffRequest, staff_no: str) -> HttpResponse:
    person = managed(request, staff_no)
    form = EditForm(request.POST or None, initial={"name": person.name, "phone": person.phone})
    return _done(
        request,
        form,
        person,
        lambda: actions.edit(person, **form.cleaned_data, actor=request.user),
        {"title": f"编辑 {person.name}", "submit": "保存", "said": "已保存。"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_job(request: StaffRequest, staff_no: str) -> HttpResponse:
    person = managed(request, staff_no)
    form = job_form(request, request.POST or None)
    return _done(
        request,
        form,
        person,
        lambda: actions.add_job(person, form.job(), actor=request.user, now=time.now()),
        {"title": f"{person.name}:添加岗位", "submit": "添加岗位", "said": "岗位已添加。"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def end_job(request: StaffRequest, staff_no: str, pk: int) -> HttpResponse:
    person = managed(request, staff_no)
    job = get_object_or_404(person.employments.select_related("hall", "region", "user"), pk=pk)
    if not request.user.rights.reaches("staff.manage", job):
        raise PermissionDenied(actions.NOT_OURS)
    form = LastDayForm(request.POST or None, initial={"last_day": job.valid_to or time.business_day(time.now())})
    return _done(
        request,
        form,
        person,
        lambda: actions.end_job(job, last_day=form.cleaned_data["last_day"], actor=request.user, now=time.now()),
        {"title": f"{person.name}:{job}", "submit": "保存最后一天", "said": "岗位的最后一天已保存。"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def leave(request: StaffRequest, staff_no: str) -> HttpResponse:
    person = managed(request, staff_no)
    form = ReasonForm(request.POST or None, label="离职原因")
    return _done(
        request,
        form,
        person,
        lambda: actions.leave(person, why=form.cleaned_data["why"], actor=request.user, now=time.now()),
        {
            "title": f"办理离职:{person.name}",
            "submit": "确定离职",
            "danger": True,
            "hint": "办理后立即不能登录,已打开的页面和接口令牌同时失效。岗位与工作记录会保留。",
            "said": f"{person.name} 已离职,登录与令牌已失效。",
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def return_to_work(request: StaffRequest, staff_no: str) -> HttpResponse:
    person = managed(request, staff_no)
    form = job_form(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        back = tried(form, lambda: actions.return_to_work(person, form.job(), actor=request.user, now=time.now()))
        if back is not None:
            return shown_once(request, back)
    return page(request, [form], title=f"办理返岗:{person.name}", submit="办理返岗", back=back_to(person))


def _done(
    request: StaffRequest, form: BaseForm, person: User, act: Callable[[], object], words: dict[str, Any]
) -> HttpResponse:
    """The usual end of such a page: the act and a sentence on the person's page, or the form again."""
    if request.method == "POST" and form.is_valid() and tried(form, act) is not None:
        messages.success(request, words["said"])
        return redirect(back_to(person))
    return page(request, [form], back=back_to(person), **words)
