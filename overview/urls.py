from django.urls import path

from overview import views

urlpatterns = [
    path("overview/", views.overview, name="overview"),
    path("overview/halls/<slug:code>/", views.cockpit, name="cockpit"),
    path("overview/halls/<slug:code>/now/", views.cockpit_now, name="cockpit-now"),
    path("overview/halls/<slug:code>/day/", views.cockpit_day, name="cockpit-day"),
]
