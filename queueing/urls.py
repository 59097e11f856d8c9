"""Pages of the queue, by who looks at them."""

from queueing.views import board, counter, customer, kiosk, lobby, workbench

urlpatterns = [
    *workbench.urlpatterns,
    *counter.urlpatterns,
    *lobby.urlpatterns,
    *board.urlpatterns,
    *kiosk.urlpatterns,
    *customer.urlpatterns,
]
