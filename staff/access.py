"""How far rights reach: role × verb × where the role is held. The rights themselves stand in `rights.py`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery

from core import time
from halls.models import Hall, Region
from halls.states import Operation
from staff.models import DutyPost, Employment, Grant, User
from staff.rights import ROLE_VERBS, VERBS
from staff.states import Role

WITHHELD_AT_PARTNERS = frozenset({"customer.reveal", "customer.reveal_any", "customer.disclose"})
"""What a job at a partner's hall does not give; a dated grant does (R-H-18)."""

MACHINE_VERBS = frozenset({"queue.call"})  # of the hardware caller at a window; a person calls by "queue.serve"

RANK: dict[str, int] = {
    **dict.fromkeys(Role.values, 1),
    Role.DUTY_MANAGER: 2,
    Role.HALL_MANAGER: 3,
    Role.INSPECTOR: 3,
    Role.DISTRICT: 4,
    Role.OPERATIONS: 5,
}


@dataclass
class Rights:
    """What one person may do today: hall numbers by verb, or everything."""

    everything: bool = False
    halls: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    regions: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    rank: int = 0

    def may(self, verb: str, hall: Hall | None = None) -> bool:
        if verb in MACHINE_VERBS:
            return False
        if verb not in VERBS:
            raise KeyError(f"no such right: {verb}")
        if self.everything:
            return True
        return bool(self.halls.get(verb)) if hall is None else hall.pk in self.halls.get(verb, ())

    def hall_ids(self, verb: str) -> set[int]:
        if verb not in VERBS:
            raise KeyError(f"no such right: {verb}")
        if self.everything:
            return set(Hall.objects.values_list("pk", flat=True))
        return self.halls.get(verb, set())

    def region_ids(self, verb: str) -> set[int]:
        """Regions whose every hall the right covers, those of tomorrow too."""
        if self.everything:
            return set(Region.objects.values_list("pk", flat=True))
        return self.regions.get(verb, set())

    def reaches(self, verb: str, job: Employment) -> bool:
        """Whether a right covers the place of a job: its hall, or the whole of its region."""
        if self.everything:
            return True
        return job.hall_id in self.hall_ids(verb) if job.hall_id else job.region_id in self.region_ids(verb)


def rights_of(user: User) -> Rights:
    """Rights from the employments in force today; a person who left has none."""
    if not user.is_active:
        return Rights()
    if user.is_superuser:
        return Rights(everything=True)
    jobs = employments_today(user)
    return rights_from(jobs, duty_halls=jobs[0].duty_halls if jobs else ())  # type: ignore[attr-defined]


def employments_today(user: User) -> list[Employment]:
    """The jobs in force; each knows as `duty_halls` where the person holds the post of duty manager at this moment."""
    now = time.now()
    today = time.business_day(now)
    posts = DutyPost.objects.filter(person=user, begins_at__lte=now, ends_at__gt=now).values("hall_id")
    jobs = user.employments.select_related("hall", "region").annotate(duty_halls=ArraySubquery(posts))
    return [job for job in jobs if job.in_force(today)]


def rights_from(jobs: Iterable[Employment], *, duty_halls: Iterable[int] = ()) -> Rights:
    """What roles give, and what the post of the day adds while it is held."""
    rights, jobs = Rights(), list(jobs)
    partners = {job.hall_id for job in jobs if job.hall and job.hall.operation != Operation.SELF}
    for hall_id in duty_halls:
        for verb in _given(Role.DUTY_MANAGER, is_partner=hall_id in partners):
            rights.halls[verb].add(hall_id)
        rights.rank = RANK[Role.DUTY_MANAGER]
    for job in jobs:
        regions = set() if job.region_id is None else regions_below(job.region_id)
        halls = {job.hall_id} if job.hall_id else halls_in(regions)
        for verb in _given(job.role, is_partner=job.hall_id in partners):
            rights.halls[verb] |= halls
            rights.regions[verb] |= regions
        rights.rank = max(rights.rank, RANK[job.role])
    if partners:
        _add_grants(rights, jobs[0].user_id)
    return rights


def _given(role: str, *, is_partner: bool) -> frozenset[str]:
    return ROLE_VERBS[role] - WITHHELD_AT_PARTNERS if is_partner else ROLE_VERBS[role]


def _add_grants(rights: Rights, user_id: int) -> None:
    """What the operator has granted to a partner's person, from a day to a day."""
    for grant in Grant.objects.filter(user=user_id).select_related("hall"):
        if grant.in_force(time.business_day(time.now())):
            rights.halls[grant.verb].add(grant.hall_id)


def regions_below(region_id: int) -> set[int]:
    """A region and the regions under it."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Region.objects.values_list("pk", "parent"):
        children[parent].append(pk)
    found, todo = set(), [region_id]
    while todo:
        here = todo.pop()
        found.add(here)
        todo += children[here]
    return found


def halls_in(regions: Iterable[int]) -> set[int]:
    return set(Hall.objects.filter(region_id__in=regions).values_list("pk", flat=True))


def may_reset_password(actor: User, person: User) -> bool:
    """Below oneself only, and only when every place the person works at is within reach.

    One's own password is changed, not reset; the owner's is reset by an owner.
    """
    return _is_over(actor, person, "staff.reset_password")


def may_manage(actor: User, person: User) -> bool:
    """The same for a person's name, jobs and ways in; for who has left, by the jobs they had."""
    return _is_over(actor, person, "staff.manage")


def may_certify(actor: User, person: User) -> bool:
    """Whether certificates of a person are the actor's to record: never one's own."""
    return _is_over(actor, person, "certificate.manage")


def may_give(actor: User, role: str, *, hall: Hall | None, region: Region | None) -> bool:
    """A job below one's own rank, in a place within reach."""
    if actor.is_superuser:
        return True
    job = Employment(role=role, hall=hall, region=region)
    return RANK[role] < actor.rights.rank and actor.rights.reaches("staff.manage", job)


def roles_to_give(actor: User) -> list[str]:
    """Roles below the actor's rank, in the order of the list of roles."""
    return [role for role in Role.values if actor.is_superuser or RANK[role] < actor.rights.rank]


def _is_over(actor: User, person: User, verb: str) -> bool:
    if actor.pk == person.pk or (person.is_superuser and not actor.is_superuser):
        return False
    if actor.is_superuser:
        return True
    today = time.business_day(time.now())
    ever = list(person.employments.all())
    jobs = [job for job in ever if person.is_active and (job.valid_to is None or today <= job.valid_to)] or ever
    return bool(jobs) and all(RANK[job.role] < actor.rights.rank and actor.rights.reaches(verb, job) for job in jobs)
