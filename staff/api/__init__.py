"""The HTTP API about people: doors by noun, addresses here."""

from staff.api import session

urlpatterns = session.urlpatterns
