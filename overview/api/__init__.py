"""The overview over HTTP."""

from overview.api import approvals, bulk, figures, openings, search, weekly, what_if

urlpatterns = [
    *approvals.urlpatterns,
    *bulk.urlpatterns,
    *figures.urlpatterns,
    *openings.urlpatterns,
    *search.urlpatterns,
    *weekly.urlpatterns,
    *what_if.urlpatterns,
]
