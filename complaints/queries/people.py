"""Who is told, and who may be chosen."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from complaints.models import Complaint, Team
from complaints.states import Told
from core import time
from halls.models import Hall
from staff.access import ROLE_VERBS, halls_in, regions_below
from staff.models import Employment, User
from staff.queries.people import in_force
from staff.queries.rosters import duty_manager_of
from staff.states import Role


def holders(verb: str, hall: Hall, now: datetime) -> list[User]:
    """Everybody whose employment gives a right at a hall today, by 工号."""
    roles = [role for role, verbs in ROLE_VERBS.items() if verb in verbs]
    jobs = Employment.objects.filter(in_force(time.business_day(now)), role__in=roles, user__is_active=True)
    return people_of(jobs, hall)


def people_of(jobs: "Iterable[Employment]", hall: Hall) -> list[User]:
    """Those of some jobs that reach a hall."""
    found: dict[int, User] = {}
    reach: dict[int, set[int]] = {}
    for job in jobs.select_related("user"):  # type: ignore[attr-defined]
        if job.region_id is not None and job.region_id not in reach:
            reach[job.region_id] = halls_in(regions_below(job.region_id))
        if job.hall_id == hall.pk or (job.region_id is not None and hall.pk in reach[job.region_id]):
            found[job.user_id] = job.user
    return sorted(found.values(), key=lambda user: user.staff_no)


def choosable(hall: Hall, now: datetime) -> list[User]:
    """Who may be given a case: everybody at the hall, and the handlers above it."""
    roles = Q(hall=hall) | Q(role__in=[Role.COMPLAINT_HANDLER, Role.OPERATIONS])
    jobs = Employment.objects.filter(roles, in_force(time.business_day(now)), user__is_active=True)
    return people_of(jobs, hall)


class Recipients:
    """Whom the levels of one sweep speak to, asked once per hall and team."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._duty: dict[int, list[User]] = {}
        self._role: dict[tuple[str, int], list[User]] = {}
        self._members: dict[int, list[User]] = {}

    def of(self, complaint: Complaint, told: Iterable[str]) -> list[User]:
        """The people behind some words; the hall's manager stands in for a handler who has left or is not known."""
        found: dict[int, User] = {}
        for word in told:
            for user in self._people(complaint, word):
                found[user.pk] = user
        return list(found.values())

    def _people(self, complaint: Complaint, word: str) -> list[User]:
        if word == Told.HANDLER:
            handler = complaint.handler or complaint.first_handler
            return [handler] if handler is not None and handler.is_active else self.duty(complaint.hall)
        if word == Told.HALL:
            return self.duty(complaint.hall)
        if word == Told.TEAM:
            members = self.members(complaint.team)
            return members or self.by_role(Role.COMPLAINT_HANDLER, complaint.hall)
        return self.by_role(Role.OPERATIONS, complaint.hall)

    def duty(self, hall: Hall) -> list[User]:
        if hall.pk not in self._duty:
            found = duty_manager_of(hall, self.now)
            self._duty[hall.pk] = [found] if found else self.by_role(Role.COMPLAINT_HANDLER, hall)
        return self._duty[hall.pk]

    def by_role(self, role: str, hall: Hall) -> list[User]:
        if (role, hall.pk) not in self._role:
            day = time.business_day(self.now)
            jobs = Employment.objects.filter(in_force(day), role=role, user__is_active=True)
            self._role[role, hall.pk] = people_of(jobs, hall)
        return self._role[role, hall.pk]

    def members(self, team: Team | None) -> list[User]:
        if team is None or team.is_hall:
            return []
        if team.pk not in self._members:
            self._members[team.pk] = list(team.members.filter(is_active=True).order_by("staff_no"))
        return self._members[team.pk]
