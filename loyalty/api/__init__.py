"""Customers over HTTP."""

from django.urls import path

from loyalty.api import customers

urlpatterns = [
    path("customers/", customers.customers),
    path("customers/<int:pk>/", customers.customer),
    path("customers/<int:pk>/reveal/", customers.reveal),
    path("customers/<int:pk>/service-changes/", customers.service_changes),
]
