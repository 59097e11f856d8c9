"""The HTTP API about people and their shifts: doors by noun, addresses here."""

from staff.api import certificates, closings, documents, expiry, handovers, outings, people, rosters, session

urlpatterns = [
    *session.urlpatterns,
    *people.urlpatterns,
    *certificates.urlpatterns,
    *documents.urlpatterns,
    *rosters.urlpatterns,
    *handovers.urlpatterns,
    *closings.urlpatterns,
    *expiry.urlpatterns,
    *outings.urlpatterns,
]
