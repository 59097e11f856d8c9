"""Who works when, from the published rosters; where nothing is published, from the employments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from core import time
from halls import queries as hall_queries
from halls.models import Hall
from staff.models import DutyPost, Employment, PostSkill, Roster, Turn, User
from staff.queries.people import in_force
from staff.states import Post, Role, RosterState

POST_OF_ROLE: dict[str, Post] = {
    Role.CLERK: Post.WINDOW,
    Role.DUTY_MANAGER: Post.DUTY,
    Role.HALL_MANAGER: Post.MANAGER,
    Role.GREETER: Post.FLOOR,
    Role.ENQUIRY: Post.FLOOR,
    Role.FLOOR_WALKER: Post.FLOOR,
    Role.BACK_OFFICE: Post.BACK,
    Role.HANDSET_SELLER: Post.SALES,
    Role.ACCOUNT_MANAGER: Post.BACK,
}


@dataclass(frozen=True)
class OnDuty:
    """Somebody of a hall on a day. Without a published roster the hall's own hours stand for the shift."""

    person: User
    post: Post
    begins_at: datetime
    ends_at: datetime
    shift_name: str = ""
    meal: tuple[datetime, datetime] | None = None
    is_rostered: bool = True

    def is_there(self, at: datetime) -> bool:
        """Within the shift; the meal does not count as away, because the person can be called back."""
        return self.begins_at <= at < self.ends_at


def month_of(day: date) -> date:
    return day.replace(day=1)


def published(hall: Hall, day: date) -> Roster | None:
    """The roster in force for a hall's day."""
    return Roster.objects.filter(hall=hall, month=month_of(day), state=RosterState.PUBLISHED).first()


def turns_in_force() -> QuerySet[Turn]:
    return Turn.objects.filter(roster__state=RosterState.PUBLISHED).select_related("shift", "person", "roster__hall")


def on_duty(hall: Hall, day: date) -> list[OnDuty]:
    """Who works at a hall on a day, by the start of their shift; everybody employed there when nothing is published."""
    if published(hall, day) is not None:
        rows = turns_in_force().filter(roster__hall=hall, day=day)
        return [_of_turn(turn) for turn in rows.order_by("shift__begins", "person__staff_no")]
    return _employed(hall, day)


def _of_turn(turn: Turn) -> OnDuty:
    return OnDuty(
        person=turn.person,
        post=Post(turn.post),
        begins_at=turn.begins_at,
        ends_at=turn.ends_at,
        shift_name=turn.shift.name,
        meal=turn.meal,
    )


def _employed(hall: Hall, day: date) -> list[OnDuty]:
    hours = hall_queries.hours_on(hall, day)
    if hours is None:
        return []
    begins, ends = hours.span(day)
    jobs = Employment.objects.filter(in_force(day), hall=hall, user__is_active=True).select_related("user")
    found: dict[int, OnDuty] = {}
    for job in sorted(jobs, key=lambda job: job.role != Role.DUTY_MANAGER):  # who may be duty manager counts as that
        post = POST_OF_ROLE.get(job.role)
        if post is not None and job.user_id not in found:
            found[job.user_id] = OnDuty(job.user, post, begins, ends, is_rostered=False)
    return sorted(found.values(), key=lambda one: one.person.staff_no)


def shift_of(person: User, day: date) -> OnDuty | None:
    """A person's published shift of a day, at whichever hall; None when they are off or nothing is published."""
    turn = turns_in_force().filter(person=person, day=day).first()
    return _of_turn(turn) if turn else None


def is_on_duty(person: User, hall: Hall, day: date) -> bool:
    """Whether somebody works at a hall on a day: by its roster, else by employment."""
    return any(one.person.pk == person.pk for one in on_duty(hall, day))


def duty_manager_of(hall: Hall, at: datetime) -> User | None:
    """Who answers for the hall at a moment: the holder of the post, else who is rostered or employed for it.

    Duty managers come before the hall's manager; None when the hall has neither.
    """
    post = DutyPost.objects.filter(hall=hall, begins_at__lte=at, ends_at__gt=at).select_related("person").first()
    if post is not None:
        return post.person
    here = on_duty(hall, time.business_day(at))
    for wanted in (Post.DUTY, Post.MANAGER):
        for one in here:
            if one.post == wanted and (one.is_there(at) or not one.is_rostered):
                return one.person
    return _any_manager(hall, time.business_day(at))


def _any_manager(hall: Hall, day: date) -> User | None:
    jobs = Employment.objects.filter(
        in_force(day), hall=hall, role__in=[Role.DUTY_MANAGER, Role.HALL_MANAGER], user__is_active=True
    )
    by_role = sorted(jobs.select_related("user"), key=lambda job: (job.role != Role.HALL_MANAGER, job.user.staff_no))
    return by_role[0].user if by_role else None


def posts_of(person: User, hall: Hall, day: date) -> set[Post]:
    """Posts that a person can fill at a hall: by their roles there, and by their skills."""
    roles = Employment.objects.filter(in_force(day), user=person, hall=hall).values_list("role", flat=True)
    skills = PostSkill.objects.filter(user=person).values_list("post", flat=True)
    return {POST_OF_ROLE[role] for role in roles if role in POST_OF_ROLE} | {Post(one) for one in skills}


def absent(people: Iterable[User], hall: Hall, day: date) -> list[User]:
    """Those of some people whom the hall's roster does not have at work; nobody is absent where none is published."""
    if published(hall, day) is None:
        return []
    here = {one.person.pk for one in on_duty(hall, day)}
    return [person for person in people if person.pk not in here]
