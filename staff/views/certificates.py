"""Certificates on record, and from when nobody serves without one (R-S-14)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core import time
from core.forms import tried
from halls.models import Region
from staff import access
from staff.actions import certificates as actions
from staff.forms.jobs import CertificateForm, ReasonForm, RequiredFromForm
from staff.models import Certificate, User
from staff.requests import StaffRequest
from staff.views.jobs import back_to, page

NO_RIGHT = "没有登记证书的权限。如工作需要,请联系店长。"


def _holder(request: StaffRequest, staff_no: str) -> User:
    person = get_object_or_404(User.objects.visible_to(request.user), staff_no=staff_no)
    if not access.may_certify(request.user, person):
        raise PermissionDenied(NO_RIGHT)
    return person


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record(request: StaffRequest, staff_no: str) -> HttpResponse:
    person = _holder(request, staff_no)
    form = CertificateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: actions.record(person, form.paper(), actor=request.user, now=time.now()))
        if row is not None:
            messages.success(request, f"已登记{row}。")
            return redirect(back_to(person))
    return page(request, [form], title=f"{person.name}:登记证书", submit="登记证书", back=back_to(person))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: StaffRequest, staff_no: str, pk: int) -> HttpResponse:
    person = _holder(request, staff_no)
    row = get_object_or_404(Certificate, person=person, pk=pk)
    form = ReasonForm(request.POST or None, label="收回原因")
    if request.method == "POST" and form.is_valid():
        done = tried(
            form, lambda: actions.withdraw(row, why=form.cleaned_data["why"], actor=request.user, now=time.now())
        )
        if done is not None:
            messages.success(request, f"已收回{row},从今天起不再有效。")
            return redirect(back_to(person))
    words = {"title": f"收回{row}", "submit": "确定收回", "danger": True, "back": back_to(person)}
    return page(request, [form], hint=f"{person.name} 从今天起不能再凭此证签入窗口。", **words)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def required_from(request: StaffRequest) -> HttpResponse:
    """The district's date from which a missing certificate blocks."""
    if not request.user.may("certificate.require"):
        raise PermissionDenied("没有设定日期的权限。如工作需要,请联系区县主管。")
    regions = Region.objects.filter(pk__in=request.user.rights.region_ids("certificate.require"))
    form = RequiredFromForm(request.POST or None, regions=regions, today=time.business_day(time.now()))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = tried(
            form,
            lambda: actions.require_from(given["region"], given["day"], actor=request.user, now=time.now()),
        )
        if done is not None:
            messages.success(
                request, f"{given['region']}从 {given['day']:%Y-%m-%d} 起,没有登记上岗证的人不能签入窗口。"
            )
            return redirect("staff")
    hint = "在此之前,没有登记上岗证的人签入窗口时只提醒;已到期或收回的,任何时候都不能签入。"
    return page(request, [form], title="上岗证启用日期", submit="保存", back=reverse("staff"), hint=hint)
