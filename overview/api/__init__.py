"""The overview over HTTP."""

from overview.api import (
    approvals,
    behind,
    bulk,
    circulars,
    figures,
    month_packs,
    openings,
    search,
    system_down,
    tasks,
    weekly,
    what_if,
)

urlpatterns = [
    *approvals.urlpatterns,
    *behind.urlpatterns,
    *bulk.urlpatterns,
    *circulars.urlpatterns,
    *figures.urlpatterns,
    *month_packs.urlpatterns,
    *openings.urlpatterns,
    *search.urlpatterns,
    *system_down.urlpatterns,
    *tasks.urlpatterns,
    *weekly.urlpatterns,
    *what_if.urlpatterns,
]
