"""Pages of the queue, by who looks at them."""

from queueing.views import (
    alerts,
    appointments,
    board,
    call_backs,
    campaigns,
    counter,
    customer,
    fairness,
    figures,
    issuing,
    kiosk,
    load_check,
    lobby,
    lobby_sheets,
    rater,
)

urlpatterns = [
    *counter.urlpatterns,
    *lobby.urlpatterns,
    *lobby_sheets.urlpatterns,
    *board.urlpatterns,
    *kiosk.urlpatterns,
    *customer.urlpatterns,
    *alerts.urlpatterns,
    *appointments.urlpatterns,
    *issuing.urlpatterns,
    *call_backs.urlpatterns,
    *rater.urlpatterns,
    *figures.urlpatterns,
    *load_check.urlpatterns,
    *campaigns.urlpatterns,
    *fairness.urlpatterns,
]
