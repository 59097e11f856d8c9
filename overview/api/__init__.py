"""The overview over HTTP."""

from overview.api import approvals, search, weekly

urlpatterns = [*approvals.urlpatterns, *search.urlpatterns, *weekly.urlpatterns]
