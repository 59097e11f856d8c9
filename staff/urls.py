from django.urls import path

from staff.views import certificates, jobs, people, session, sign_ins

urlpatterns = [
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("lock/", session.lock, name="lock"),
    path("lock/now/", session.lock_now, name="lock-now"),
    path("keepalive/", session.keepalive, name="keepalive"),
    path("account/", session.account, name="account"),
    path("account/password/", session.password, name="password"),
    path("account/token/", session.renew_token, name="renew-token"),
    path("account/sign-ins/", sign_ins.mine, name="sign-ins"),
    path("account/sign-ins/end-others/", sign_ins.end_others, name="sign-ins-end-others"),
    path("account/sign-ins/<int:pk>/end/", sign_ins.end, name="sign-in-end"),
    path("staff/", people.people, name="staff"),
    path("staff/export/", people.export, name="staff-export"),
    path("staff/new/", jobs.hire, name="hire"),
    path("staff/certificates/required/", certificates.required_from, name="certificate-required"),
    path("staff/<slug:staff_no>/", people.person, name="person"),
    path("staff/<slug:staff_no>/reset-password/", people.reset_password, name="reset-password"),
    path("staff/<slug:staff_no>/edit/", jobs.edit, name="person-edit"),
    path("staff/<slug:staff_no>/leave/", jobs.leave, name="person-leave"),
    path("staff/<slug:staff_no>/return/", jobs.return_to_work, name="person-return"),
    path("staff/<slug:staff_no>/jobs/", jobs.add_job, name="job-add"),
    path("staff/<slug:staff_no>/jobs/<int:pk>/", jobs.end_job, name="job-end"),
    path("staff/<slug:staff_no>/certificates/", certificates.record, name="certificate-add"),
    path("staff/<slug:staff_no>/certificates/<int:pk>/", certificates.withdraw, name="certificate-withdraw"),
    path("staff/<slug:staff_no>/sign-ins/<int:pk>/end/", sign_ins.end_for, name="person-sign-in-end"),
]
