"""The HTTP API about places and what happens in them: doors by noun, addresses here."""

from halls.api import devices, faults, materials, registers, rounds

urlpatterns = [
    *devices.urlpatterns,
    *rounds.urlpatterns,
    *faults.urlpatterns,
    *materials.urlpatterns,
    *registers.urlpatterns,
]
