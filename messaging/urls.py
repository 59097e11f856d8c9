from django.urls import path

from messaging import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/settings/", views.wishes, name="notice-settings"),
    path("notices/bell/", views.bell, name="notices-bell"),
    path("notices/<int:pk>/read/", views.read, name="notices-read"),
    path("notices/read-all/", views.read_all, name="notices-read-all"),
]
