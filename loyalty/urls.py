"""Pages of customers and points, by what they are about."""

from loyalty.views import customers, gifts, looks, redemptions, vouchers

urlpatterns = [
    *customers.urlpatterns,
    *looks.urlpatterns,
    *redemptions.urlpatterns,
    *vouchers.urlpatterns,
    *gifts.urlpatterns,
]
