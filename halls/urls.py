from django.urls import path

from halls.views import devices, hours, tv

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
    path("halls/tv/", tv.tv, name="tv"),
    path("halls/tv/<int:pk>/", tv.edit, name="tv-edit"),
    path("halls/tv/<int:pk>/move/", tv.move, name="tv-move"),
    path("halls/tv/<int:pk>/retire/", tv.retire, name="tv-retire"),
    path("halls/tv/pictures/<str:name>", tv.picture, name="tv-picture"),
    path("halls/<slug:code>/tv/", tv.add, name="tv-add"),
    path("halls/<slug:code>/tv/say/<int:pk>/", tv.say, name="tv-say"),
    path("board/<slug:code>/content/", tv.content, name="board-content"),
    path("pair/", devices.pair, name="pair"),
    path("pair/<slug:token>/", devices.pair_by_token, name="pair-by-token"),
]
