"""The HTTP API about people: doors by noun, addresses here."""

from staff.api import documents, rosters, session

urlpatterns = [*session.urlpatterns, *documents.urlpatterns, *rosters.urlpatterns]
