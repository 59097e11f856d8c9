"""One calendar of everything that ends on a day: certificates, materials, equipment, contracts, seals and licences."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from halls.models import DatedThing, Equipment, Hall
from halls.queries import materials
from halls.states import DatedKind
from staff.models import Certificate, Employment
from staff.queries.people import in_force
from staff.states import ExpiryKind


@dataclass(frozen=True)
class Ends:
    """Something and its last good day. `pk` is of the thing's own table."""

    kind: ExpiryKind
    pk: int
    hall: Hall
    name: str
    last_day: date
    where: str
    url: str

    def days_left(self, today: date) -> int:
        return (self.last_day - today).days

    @property
    def can_renew(self) -> bool:
        return self.kind == ExpiryKind.EQUIPMENT or self.is_paper

    @property
    def is_paper(self) -> bool:
        return self.kind in DatedKind.values


def ending(
    halls: Collection[Hall], last: date, today: date, *, kind: str = "", with_people: Collection[int] = ()
) -> list[Ends]:
    """What ends up to `last` or has ended, soonest first. Certificates only of the halls `with_people`."""
    by_pk = {hall.pk: hall for hall in halls}
    found = [*_dated(by_pk, last), *_equipment(by_pk, last), *_materials(by_pk, last)]
    found += _certificates({pk: hall for pk, hall in by_pk.items() if pk in with_people}, last, today)
    if kind:
        found = [one for one in found if one.kind == kind]
    return sorted(found, key=lambda one: (one.last_day, one.hall.code, one.kind, one.pk))


def for_person(user: Any, halls: Collection[Hall], last: date, today: date, kind: str = "") -> list[Ends]:
    """As far as this person may see it."""
    return ending(halls, last, today, kind=kind, with_people=user.hall_ids("staff.see"))


def _dated(halls: dict[int, Hall], last: date) -> list[Ends]:
    rows = DatedThing.objects.filter(hall__in=halls, closed_at=None, valid_to__lte=last)
    return [
        Ends(
            ExpiryKind(row.kind),
            row.pk,
            halls[row.hall_id],
            row.name,
            row.valid_to,
            " · ".join(part for part in (row.number, row.partner) if part),
            f"{reverse('expiry')}?hall={halls[row.hall_id].code}",
        )
        for row in rows
    ]


def _equipment(halls: dict[int, Hall], last: date) -> list[Ends]:
    rows = Equipment.objects.filter(hall__in=halls, removed_at=None, expires_on__lte=last)
    url = reverse("equipment")
    return [
        Ends(
            ExpiryKind.EQUIPMENT,
            row.pk,
            halls[row.hall_id],
            row.name,
            row.expires_on,
            row.place,
            f"{url}?hall={halls[row.hall_id].code}",
        )
        for row in rows
        if row.expires_on is not None
    ]


def _materials(halls: dict[int, Hall], last: date) -> list[Ends]:
    url = reverse("materials")
    return [
        Ends(
            ExpiryKind.MATERIAL,
            row.pk,
            halls[pk],
            row.title,
            row.valid_to,
            row.place,
            f"{url}?hall={halls[pk].code}",
        )
        for pk, rows in materials.ending(halls, last).items()
        for row in rows
    ]


def _certificates(halls: dict[int, Hall], last: date, today: date) -> list[Ends]:
    """Of the people employed in a hall today; one that was followed by a longer one has not ended."""
    jobs = Employment.objects.filter(in_force(today), hall__in=halls, user__is_active=True)
    homes = dict(jobs.order_by("-valid_from").values_list("user", "hall"))
    longest: dict[tuple[int, str], Certificate] = {}
    held = Certificate.objects.filter(person__in=homes, withdrawn_on=None).select_related("person")
    for row in held.order_by("valid_to"):
        longest[row.person_id, row.kind] = row
    return [
        Ends(
            ExpiryKind.CERTIFICATE,
            row.pk,
            halls[homes[row.person_id]],
            f"{row.person.name} {row.get_kind_display()}",
            row.valid_to,
            row.number,
            reverse("person", args=[row.person.staff_no]),
        )
        for row in longest.values()
        if row.valid_to <= last
    ]


def counts(halls: Collection[Hall], last: date, today: date) -> dict[int, int]:
    """By hall: how many things end up to a day, people's certificates among them; for cockpits and lists."""
    found: dict[int, int] = defaultdict(int)
    for one in ending(halls, last, today, with_people=[hall.pk for hall in halls]):
        found[one.hall.pk] += 1
    return dict(found)
