"""Pages of complaints, by who looks at them. A case's number comes last: it takes every other word."""

from complaints.views import case, customer, desk, figures, lists, log, money, policy

urlpatterns = [
    *desk.urlpatterns,
    *log.urlpatterns,
    *lists.urlpatterns,
    *money.urlpatterns,
    *figures.urlpatterns,
    *policy.urlpatterns,
    *customer.urlpatterns,
    *case.urlpatterns,
]
