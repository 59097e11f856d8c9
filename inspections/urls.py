"""Pages of the inspections."""

from inspections.views import cards, follow_up, plan, ranking, results, tablet

urlpatterns = [
    *tablet.urlpatterns,
    *plan.urlpatterns,
    *results.urlpatterns,
    *ranking.urlpatterns,
    *follow_up.urlpatterns,
    *cards.urlpatterns,
]
