"""Pages of customers and points, by what they are about."""

from loyalty.views import customers, looks

urlpatterns = [
    *customers.urlpatterns,
    *looks.urlpatterns,
]
