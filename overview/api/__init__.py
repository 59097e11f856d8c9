"""The overview over HTTP."""

from overview.api import approvals, search

urlpatterns = [*approvals.urlpatterns, *search.urlpatterns]
