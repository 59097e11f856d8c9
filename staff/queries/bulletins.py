"""Who a business notice is for, who has confirmed it, and what a person still has to confirm."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from halls.models import Region
from staff.access import Rights, regions_below
from staff.models import Bulletin, BulletinConfirmation, Employment, User
from staff.queries.people import in_force
from staff.states import BulletinState


def regions_above() -> dict[int, list[int]]:
    """Each region with all that contain it, itself first."""
    parents: dict[int, int | None] = dict(Region.objects.values_list("pk", "parent_id"))
    found: dict[int, list[int]] = {}
    for pk in parents:
        here: int | None = pk
        chain = []
        while here is not None and here not in chain:
            chain.append(here)
            here = parents.get(here)
        found[pk] = chain
    return found


def reaching(person: User, on: date) -> Q:
    """Which notices are addressed to somebody by their jobs of a day."""
    jobs = list(person.employments.filter(in_force(on)).select_related("hall"))
    above = regions_above() if jobs else {}
    wanted = Q(pk__in=[])
    for job in jobs:
        region = job.hall.region_id if job.hall else job.region_id
        here = Q(regions__in=above.get(region or 0, []))
        if job.hall_id:
            here |= Q(halls=job.hall_id)
        wanted |= here & (Q(roles=[]) | Q(roles__contains=[job.role]))
    return wanted


def for_person(person: User, on: date) -> QuerySet[Bulletin]:
    """What was issued to them and holds on a day, with `is_confirmed`; what still waits comes first."""
    mine = Bulletin.objects.filter(reaching(person, on)).values("pk")
    done = BulletinConfirmation.objects.filter(bulletin=OuterRef("pk"), person=person)
    rows = Bulletin.objects.in_force(on).filter(pk__in=mine).annotate(is_confirmed=Exists(done))
    return rows.order_by("is_confirmed", "-valid_from", "-pk")


def unconfirmed(person: User, on: date) -> QuerySet[Bulletin]:
    mine = Bulletin.objects.filter(reaching(person, on)).values("pk")
    done = BulletinConfirmation.objects.filter(person=person).values("bulletin")
    return Bulletin.objects.in_force(on).filter(pk__in=mine).exclude(pk__in=done)


def readable(person: User, on: date) -> QuerySet[Bulletin]:
    """Addressed to them at whatever time, or within what they may write; drafts only for writers."""
    mine = Bulletin.objects.filter(reaching(person, on)).exclude(state=BulletinState.DRAFT).values("pk")
    return Bulletin.objects.filter(
        Q(pk__in=mine) | Q(pk__in=Bulletin.objects.written_for(person.rights).values("pk")) | Q(author=person)
    )


def addressees(bulletin: Bulletin, on: date) -> QuerySet[User]:
    """Everybody whom the audience means on a day: who joins later is asked too, who left is not."""
    regions = {pk for region in bulletin.regions.all() for pk in regions_below(region.pk)}
    halls = Q(hall__in=bulletin.halls.values("pk")) | Q(hall__region__in=regions) | Q(region__in=regions)
    jobs = Employment.objects.filter(in_force(on)).filter(halls)
    if bulletin.roles:
        jobs = jobs.filter(role__in=bulletin.roles)
    return User.objects.filter(pk__in=jobs.values("user"), is_active=True)


@dataclass(frozen=True)
class Reader:
    person: User
    jobs: list[str]
    confirmed_at: datetime | None


def readers(bulletin: Bulletin, on: date, rights: Rights) -> list[Reader]:
    """The addressees within one's own reach, those who have not confirmed first."""
    when = dict(bulletin.confirmations.values_list("person_id", "at"))
    jobs: dict[int, list[Employment]] = defaultdict(list)
    rows = Employment.objects.filter(in_force(on), user__in=addressees(bulletin, on)).select_related("hall", "region")
    people: dict[int, User] = {}
    for job in rows.select_related("user"):
        if rights.reaches("bulletin.write", job):
            jobs[job.user_id].append(job)
            people[job.user_id] = job.user
    found = [Reader(people[pk], [str(one) for one in mine], when.get(pk)) for pk, mine in jobs.items()]
    return sorted(found, key=lambda one: (one.confirmed_at is not None, one.person.staff_no))


def waiting_by_person(people: Iterable[User], on: date) -> dict[User, list[Bulletin]]:
    """What each of some people has not confirmed; those with nothing are left out."""
    found = {person: list(unconfirmed(person, on)) for person in people}
    return {person: rows for person, rows in found.items() if rows}


def counts(bulletins: Iterable[Bulletin], on: date) -> dict[int, tuple[int, int]]:
    """Confirmed and addressed, by notice."""
    found = {}
    for one in bulletins:
        asked = addressees(one, on)
        found[one.pk] = (one.confirmations.filter(person__in=asked).count(), asked.count())
    return found
