"""The HTTP API about people: doors by noun, addresses here."""

from staff.api import documents, session

urlpatterns = [*session.urlpatterns, *documents.urlpatterns]
