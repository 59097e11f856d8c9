"""Every door of the house."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import messaging.api
import queueing.api
from core import views as core
from queueing.views import counter

api = [*queueing.api.urlpatterns, *messaging.api.urlpatterns]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", core.healthz),
    path("readyz", core.readyz),
    path("metrics", core.metrics_page),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/", include(api)),
    path("admin/", admin.site.urls),
    path("", include("messaging.urls")),
    path("", include(counter.urlpatterns)),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
