"""Customers over HTTP."""

from django.urls import path

from loyalty.api import corporate, customers, points

urlpatterns = [
    path("customers/", customers.customers),
    path("customers/<int:pk>/", customers.customer),
    path("customers/<int:pk>/reveal/", customers.reveal),
    path("customers/push/", points.push),
    path("customers/boss-balance/", points.boss_balance),
    path("customers/<int:pk>/points/", points.points),
    path("customers/<int:pk>/enrol/", points.enrol),
    path("customers/<int:pk>/redeem/", points.redeem),
    path("redemptions/<slug:number>/cancel/", points.cancel),
    path("sms/inbound/", points.inbound),
    path("customers/<int:pk>/service-changes/", customers.service_changes),
    *corporate.urlpatterns,
]
