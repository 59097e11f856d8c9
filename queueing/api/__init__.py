"""The queue over HTTP: `halls` (places and boards), `tickets`, `windows`."""

from django.urls import path

from queueing.api import alerts, appointments, halls, tickets, windows

urlpatterns = [
    path("halls/", halls.halls),
    path("halls/<slug:code>/", halls.hall),
    path("halls/<slug:code>/board/", halls.board),
    path("halls/<slug:code>/tickets/", halls.hall_tickets),
    path("halls/<slug:code>/line/", halls.line),
    path("halls/<slug:code>/alerts/", alerts.hall_alerts),
    path("alerts/<int:alert_id>/handling/", alerts.handling),
    path("alerts/<int:alert_id>/support/", alerts.support),
    path("alerts/<int:alert_id>/noted/", alerts.noted),
    path("alerts/<int:alert_id>/answer/", alerts.answer),
    path("alerts/<int:alert_id>/arrived/", alerts.arrived),
    path("halls/<slug:code>/appointments/", appointments.appointments),
    path("halls/<slug:code>/appointments/arrive/", appointments.arrive),
    path("appointments/<int:pk>/check-in/", appointments.check_in),
    path("appointments/<int:pk>/cancel/", appointments.cancel),
    path("tickets/<uuid:ticket_id>/", tickets.ticket),
    path("tickets/<uuid:ticket_id>/call/", tickets.call),
    path("tickets/<uuid:ticket_id>/add-business/", tickets.add_business),
    path("tickets/<uuid:ticket_id>/note/", tickets.note),
    path("tickets/<uuid:ticket_id>/recall/", tickets.recall),
    path("tickets/<uuid:ticket_id>/start/", tickets.start),
    path("tickets/<uuid:ticket_id>/finish/", tickets.finish),
    path("tickets/<uuid:ticket_id>/no-show/", tickets.no_show),
    path("tickets/<uuid:ticket_id>/hold/", tickets.hold),
    path("tickets/<uuid:ticket_id>/resume/", tickets.resume),
    path("tickets/<uuid:ticket_id>/transfer/", tickets.transfer),
    path("tickets/<uuid:ticket_id>/cancel/", tickets.cancel),
    path("tickets/<uuid:ticket_id>/requeue/", tickets.requeue),
    path("tickets/<uuid:ticket_id>/undo/", tickets.undo),
    path("tickets/<uuid:ticket_id>/rate/", tickets.rate),
    path("windows/<int:window_id>/sign-in/", windows.sign_in),
    path("windows/<int:window_id>/sign-out/", windows.sign_out),
    path("windows/<int:window_id>/pause/", windows.pause),
    path("windows/<int:window_id>/resume/", windows.resume),
    path("windows/<int:window_id>/call-next/", windows.call_next),
    path("windows/<int:window_id>/next-in-line/", windows.next_in_line),
]
