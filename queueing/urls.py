"""Pages of the queue, by who looks at them."""

from queueing.views import alerts, board, counter, customer, kiosk, lobby

urlpatterns = [
    *counter.urlpatterns,
    *lobby.urlpatterns,
    *board.urlpatterns,
    *kiosk.urlpatterns,
    *customer.urlpatterns,
    *alerts.urlpatterns,
]
