"""值班经理 as a post of the day: taken from the roster, moved by the duty managers' handover."""

from datetime import date, datetime

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from staff.models import DutyPost, User
from staff.queries import rosters as reads
from staff.states import DutySource, Post


@transaction.atomic
def take_over_post(hall: Hall, person: User, *, at: datetime, until: datetime, source: str) -> DutyPost:
    """The post passes to a person from a moment on; whoever held it loses its rights at that moment.

    Raises Refused("bad_until") when the end is not after the start.
    """
    if until <= at:
        raise Refused("bad_until", "值班结束时间应在开始之后,请核对。")
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    overlapping = DutyPost.objects.filter(hall=hall, begins_at__lt=until, ends_at__gt=at)
    for post in overlapping.order_by("begins_at"):
        _make_room(post, at, until)
    return DutyPost.objects.create(hall=hall, person=person, begins_at=at, ends_at=until, source=source)


def _make_room(post: DutyPost, at: datetime, until: datetime) -> None:
    if post.begins_at < at:
        post.ends_at = at
        post.save(update_fields=["ends_at"])
    elif post.ends_at > until:
        post.begins_at = until
        post.save(update_fields=["begins_at"])
    else:
        post.delete()


@transaction.atomic
def posts_from_roster(hall: Hall, day: date) -> list[DutyPost]:
    """Write the posts of a day as the published roster has them; those moved by hand or handover stay.

    Who comes first holds the post until the next duty manager's shift begins. On days without one it is the hall's
    manager who answers, by their own role.
    """
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    begins, ends = time.day_bounds(day)
    today = DutyPost.objects.filter(hall=hall, begins_at__lt=ends, ends_at__gt=begins)
    if today.exclude(source=DutySource.ROSTER).exists():
        return []
    today.delete()
    turns = reads.turns_in_force().filter(roster__hall=hall, day=day, post=Post.DUTY)
    ordered = sorted(turns, key=lambda turn: (turn.begins_at, turn.ends_at))
    posts, since = [], begins
    for here, following in zip(ordered, [*ordered[1:], None], strict=True):
        start = max(here.begins_at, since)
        stop = (
            min(here.ends_at, following.begins_at) if following and following.ends_at > here.ends_at else here.ends_at
        )
        if start < stop:
            posts.append(_post(hall, here.person, start, stop))
            since = stop
    return DutyPost.objects.bulk_create(posts)


def _post(hall: Hall, person: User, begins: datetime, ends: datetime) -> DutyPost:
    return DutyPost(hall=hall, person=person, begins_at=begins, ends_at=ends, source=DutySource.ROSTER)
