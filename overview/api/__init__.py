"""The overview over HTTP."""

from overview.api import approvals, search, weekly, what_if

urlpatterns = [*approvals.urlpatterns, *search.urlpatterns, *weekly.urlpatterns, *what_if.urlpatterns]
