"""Complaints over HTTP: the list, one case, every act, refunds and their state."""

from django.urls import path

from complaints.api import cases, money

urlpatterns = [
    path("complaints/", cases.complaints),
    path("complaints/refunds/", money.refunds),
    path("complaints/refunds/<int:pk>/", money.refund),
    path("complaints/refunds/<int:pk>/paid/", money.paid),
    path("complaints/<slug:number>/", cases.complaint),
    path("complaints/<slug:number>/events/", cases.events),
    path("complaints/<slug:number>/refund/", money.ask),
    *[path(f"complaints/<slug:number>/{name}/", view) for name, view in cases.ACT_VIEWS.items()],
]
