"""Pages of customers and points, by what they are about."""

from loyalty.views import (
    campaigns,
    corporate,
    customers,
    gifts,
    looks,
    point_rules,
    redemptions,
    reports,
    runs,
    vouchers,
)

urlpatterns = [
    *customers.urlpatterns,
    *looks.urlpatterns,
    *redemptions.urlpatterns,
    *vouchers.urlpatterns,
    *gifts.urlpatterns,
    *campaigns.urlpatterns,
    *runs.urlpatterns,
    *point_rules.urlpatterns,
    *reports.urlpatterns,
    *corporate.urlpatterns,
]
