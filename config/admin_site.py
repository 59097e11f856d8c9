from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from core import time
from halls.queries import missing_years


class HallkeeperAdminSite(AdminSite):
    site_header = "厅管家设置"
    site_title = "厅管家设置"
    index_title = "数据与参数"
    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        for year in missing_years(time.business_day(time.now())):
            messages.warning(
                request,
                f"{year} 年的节假日与调休还没有录入,目前按周一至周五工作、周末休息计算。请在「节假日与调休」补录。",
            )
        return super().index(request, extra_context)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One way in for everybody: our own page, with its lock-out and its idle lock."""
        if request.user.is_authenticated and not self.has_permission(request):
            return redirect("/")
        return redirect(f"/login/?{urlencode({'next': request.GET.get('next') or '/admin/'})}")
