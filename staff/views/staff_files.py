"""People from a list: the file of `import_staff`, handed in on a page."""

import tempfile
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import time
from core.forms import tried
from staff import access
from staff.actions import staff_files as actions
from staff.actions.staff_sheets import Line
from staff.forms.jobs import ListForm
from staff.requests import StaffRequest
from staff.states import Role
from staff.views.choices import table_response
from staff.views.jobs import NO_RIGHT, page

MOST = 200
SAMPLE = [
    "工号",
    "姓名",
    "手机号",
    "岗位",
    "营业厅",
    "用工",
    "起",
    "止",
    "上岗证号",
    "上岗证有效期起",
    "上岗证有效期止",
]
HINT = (
    "第一行写列名:工号、姓名、岗位、营业厅(或区域),可加手机号、用工、起、止、上岗证号、上岗证有效期起、上岗证有效期止。"
    "不合格的行会逐行说明,其余照常导入;同一份表再导入一次不会重复。"
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_list(request: StaffRequest) -> HttpResponse:
    """The answer holds the temporary passwords of new people; they are kept nowhere."""
    if not request.user.may("staff.manage"):
        raise PermissionDenied(NO_RIGHT)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if request.method == "POST" and form.is_valid():
        refused: list[tuple[Line, str]] = []
        told = tried(form, lambda: _read(request, form, refused))
        if told is not None:
            return render(request, "staff/imported.html", {"told": told, "refused": refused})
    words = {"title": "从表格导入人员", "submit": "导入", "back": reverse("staff"), "hint": HINT}
    words["sample"] = reverse("staff-import-sample")
    return page(request, [form], multipart=True, **words)


def _read(request: StaffRequest, form: ListForm, refused: list[tuple[Line, str]]) -> actions.Told:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "list"
        with place.open("wb") as file:
            for chunk in form.cleaned_data["file"].chunks():
                file.write(chunk)
        return actions.read(
            place, reject=lambda line, why: refused.append((line, why)), actor=request.user, now=time.now(), most=MOST
        )


@require_safe
@login_required
def sample(request: StaffRequest) -> HttpResponseBase:
    """An empty list with the right head; the note below it is skipped when the list is handed in."""
    if not request.user.may("staff.manage"):
        raise PermissionDenied(NO_RIGHT)
    roles = "、".join(str(Role(role).label) for role in access.roles_to_give(request.user))
    return table_response("staff-list", [SAMPLE, [f"注:日期写 2026-01-31;岗位可填{roles};本行可保留,导入时跳过。"]])


urlpatterns = [
    path("staff/import/", import_list, name="staff-import"),
    path("staff/import/sample/", sample, name="staff-import-sample"),
]
