from django.urls import path

from overview.views import (
    approvals,
    bulk,
    cockpit,
    compare,
    definitions,
    openings,
    owed,
    roll_up,
    search,
    support,
    system_down,
    tasks,
    weekly,
    what_if,
)

urlpatterns = [
    path("overview/", cockpit.overview, name="overview"),
    path("overview/halls/<slug:code>/", cockpit.cockpit, name="cockpit"),
    path("overview/halls/<slug:code>/now/", cockpit.cockpit_now, name="cockpit-now"),
    path("overview/halls/<slug:code>/day/", cockpit.cockpit_day, name="cockpit-day"),
    *compare.urlpatterns,
    *definitions.urlpatterns,
    *approvals.urlpatterns,
    *bulk.urlpatterns,
    *openings.urlpatterns,
    *owed.urlpatterns,
    *search.urlpatterns,
    *roll_up.urlpatterns,
    *weekly.urlpatterns,
    *support.urlpatterns,
    *what_if.urlpatterns,
    *system_down.urlpatterns,
    *tasks.urlpatterns,
]
