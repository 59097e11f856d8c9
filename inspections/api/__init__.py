"""Inspections over HTTP: the tablet, visits, results."""

from django.urls import path

from inspections.api import results, tablet, visits

urlpatterns = [
    path("inspections/tablet/", tablet.bundle),
    path("inspections/operations/", tablet.operations),
    path("inspections/photos/<uuid:photo_id>/upload/", tablet.upload),
    path("inspections/photos/<uuid:photo_id>/", tablet.photo, name="inspection-photo"),
    path("inspections/visits/", visits.visits),
    path("inspections/visits/<uuid:visit_id>/", visits.visit),
    path("inspections/visits/<uuid:visit_id>/cancel/", visits.cancel),
    path("inspections/visits/<uuid:visit_id>/appeals/", visits.appeal),
    path("inspections/patrols/", visits.patrols),
    path("inspections/appeals/<int:appeal_id>/decision/", visits.decide_appeal),
    path("inspections/months/", results.months),
    path("inspections/bonuses/", results.bonuses),
    path("inspections/bonuses/<int:bonus_id>/decision/", results.decide_bonus),
    path("inspections/actions/", results.corrective),
    path("inspections/actions/<int:action_id>/proof/", results.prove),
    path("inspections/actions/<int:action_id>/recheck/", results.recheck),
]
