"""The people of my halls."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import time
from core.phones import masked_phone
from halls.queries import visible_halls
from staff import access
from staff.actions import people as actions
from staff.forms.people import PeopleFilter
from staff.models import User
from staff.queries import first_days
from staff.queries import people as queries
from staff.queries.certificates import standing_words
from staff.queries.sign_ins import open_sign_ins
from staff.requests import StaffRequest
from staff.views.choices import table_response

PER_PAGE = 20


def _wanted(request: StaffRequest) -> tuple[PeopleFilter, QuerySet[User]]:
    if not request.user.may("staff.see"):
        raise PermissionDenied("没有查看人员的权限。如工作需要,请联系店长开通。")
    form = PeopleFilter(request.GET, halls=visible_halls(request.user, "staff.see"))
    wanted = queries.Wanted(**form.cleaned_data) if form.is_valid() else queries.Wanted()
    return form, queries.people(request.user, wanted, time.now())


@require_safe
@login_required
def people(request: StaffRequest) -> HttpResponse:
    form, found = _wanted(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    shown = {
        "form": form,
        "page": page,
        "query": query.urlencode(),
        "today": time.business_day(time.now()),
        "soon": time.business_day(time.now()) + timedelta(days=30),
        "may_hire": request.user.may("staff.manage"),
        "may_require": request.user.may("certificate.require"),
    }
    return render(request, "staff/people.html", shown)


@require_safe
@login_required
def export(request: StaffRequest) -> StreamingHttpResponse:
    """The same list as a table for Excel: with the mark that tells it the text is UTF-8."""
    _, found = _wanted(request)
    return table_response(f"staff-{time.business_day(time.now())}", _rows(found))


def _rows(found: QuerySet[User]) -> Iterator[list[str]]:
    yield ["工号", "姓名", "岗位", "手机号", "上岗证有效期止", "状态"]
    for person in found.iterator(chunk_size=500):
        jobs = "、".join(str(job) for job in person.jobs)  # type: ignore[attr-defined]
        state = "在职" if person.is_active else "已离职"
        until = person.certificate_until  # type: ignore[attr-defined]
        cells = (person.staff_no, person.name, jobs, masked_phone(person.phone), str(until or ""), state)
        yield list(cells)


@require_safe
@login_required
def person(request: StaffRequest, staff_no: str) -> HttpResponse:
    shown = get_object_or_404(User.objects.visible_to(request.user), staff_no=staff_no)
    return render(request, "staff/person.html", about(request, shown))


def about(request: StaffRequest, shown: User) -> dict[str, object]:
    """History only as far as one's own right to see: a manager does not read of jobs elsewhere."""
    now = time.now()
    jobs = shown.employments.select_related("hall", "region")
    rights = request.user.rights
    mine = shown.pk == request.user.pk
    may_manage = access.may_manage(request.user, shown)
    return {
        "person": shown,
        "phone": shown.phone if mine or may_manage else masked_phone(shown.phone),
        "may_manage": may_manage,
        "may_certify": access.may_certify(request.user, shown),
        "certificates": shown.certificates.select_related("withdrawn_by"),
        "standing": standing_words(shown, now),
        "sign_ins": open_sign_ins(shown, now) if may_manage else [],
        "first_day": first_days.steps(shown) if (mine or may_manage) and first_days.is_on_path(shown, now) else [],
        "soon": time.business_day(now) + timedelta(days=30),
        "jobs": [job for job in jobs if mine or rights.reaches("staff.see", job)],
        "today": time.business_day(time.now()),
        "can_reset": shown.is_active and access.may_reset_password(request.user, shown),
        "locked": queries.is_locked(shown, time.now()),
        "temporary": None,
    }


@never_cache
@require_POST
@login_required
def reset_password(request: StaffRequest, staff_no: str) -> HttpResponse:
    """The temporary password is in this answer only; it is kept nowhere."""
    shown = get_object_or_404(User.objects.visible_to(request.user), staff_no=staff_no)
    temporary = actions.reset_password(shown, actor=request.user, now=time.now())
    return render(request, "staff/person.html", about(request, shown) | {"temporary": temporary})
