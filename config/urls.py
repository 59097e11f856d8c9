"""Every address of the product. Apps say what is below; here is what is shared, and what answers when it goes wrong."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core import views as core_views
from queueing.views import workbench

urlpatterns: list[URLPattern | URLResolver] = [
    path("", workbench.workbench, name="workbench"),
    path("workbench/", workbench.fragment, name="workbench-fragment"),
    path("favicon.ico", RedirectView.as_view(url="/static/img/mark.svg")),
    path("healthz", core_views.healthz, name="healthz"),
    path("readyz", core_views.readyz, name="readyz"),
    path("metrics", core_views.metrics_page, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("api/v1/", include("staff.api")),
    path("api/v1/", include("messaging.api")),
    path("api/v1/", include("halls.api")),
    path("api/v1/", include("loyalty.api")),
    path("api/v1/", include("queueing.api")),
    path("api/v1/", include("inspections.api")),
    path("api/v1/", include("complaints.api")),
    path("api/v1/", include("overview.api")),
    path("", include("staff.urls")),
    path("", include("messaging.urls")),
    path("", include("halls.urls")),
    path("", include("loyalty.urls")),
    path("", include("queueing.urls")),
    path("", include("complaints.urls")),
    path("", include("inspections.urls")),
    path("", include("overview.urls")),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
