"""The overview over HTTP."""

from overview.api import approvals

urlpatterns = [*approvals.urlpatterns]
