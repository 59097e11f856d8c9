from django.urls import path

from halls.views import devices, hours

urlpatterns = [
    path("halls/", hours.halls, name="halls"),
    path("halls/devices/", devices.devices, name="devices"),
    path("halls/devices/<int:pk>/code/", devices.make_code, name="device-code"),
    path("halls/devices/<int:pk>/revoke/", devices.revoke, name="device-revoke"),
    path("halls/<slug:code>/devices/", devices.add, name="device-add"),
    path("halls/<slug:code>/hours/", hours.hours, name="hours"),
    path("halls/<slug:code>/hours/week/", hours.save_week, name="hours-week"),
    path("halls/<slug:code>/hours/exceptions/", hours.add_exception, name="hours-exception"),
    path("halls/<slug:code>/hours/exceptions/<int:pk>/delete/", hours.remove_exception, name="hours-exception-delete"),
    path("pair/", devices.pair, name="pair"),
    path("pair/<slug:token>/", devices.pair_by_token, name="pair-by-token"),
]
