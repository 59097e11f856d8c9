from django.contrib.auth.views import LogoutView
from django.urls import path

from staff.views import people, session

urlpatterns = [
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("lock/", session.lock, name="lock"),
    path("lock/now/", session.lock_now, name="lock-now"),
    path("keepalive/", session.keepalive, name="keepalive"),
    path("account/", session.account, name="account"),
    path("account/password/", session.password, name="password"),
    path("account/token/", session.renew_token, name="renew-token"),
    path("staff/", people.people, name="staff"),
    path("staff/export/", people.export, name="staff-export"),
    path("staff/<slug:staff_no>/", people.person, name="person"),
    path("staff/<slug:staff_no>/reset-password/", people.reset_password, name="reset-password"),
]
