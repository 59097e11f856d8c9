"""Reads of the register: managers see their halls' notes, everybody their own."""

from django.db.models import Q, QuerySet

from staff.models import ConductNote, User


def visible_to(actor: User) -> QuerySet[ConductNote]:
    """One's own, those one wrote, and those of halls where one notes or decides."""
    near = actor.hall_ids("violation.note") | actor.hall_ids("violation.decide")
    rows = ConductNote.objects.select_related("person", "hall", "noted_by", "decided_by", "reviewed_by")
    return rows.filter(Q(person=actor) | Q(noted_by=actor) | Q(hall__in=near))
