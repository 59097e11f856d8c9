"""值班经理 as a post of the day: taken from the roster, moved by the duty managers' handover."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from staff.models import DutyPost, Turn, User
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
def posts_from_roster(hall: Hall, days: Sequence[date]) -> list[DutyPost]:
    """Write the posts of some days as the published roster has them; days moved by hand or handover stay.

    On days without a duty manager it is the hall's manager who answers, by their own role.
    """
    if not days:
        return []
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    span = (time.day_bounds(days[0])[0], time.day_bounds(days[-1])[1])
    known = DutyPost.objects.filter(hall=hall, begins_at__lt=span[1], ends_at__gt=span[0])
    moved = {time.business_day(post.begins_at) for post in known if post.source != DutySource.ROSTER}
    free = [day for day in days if day not in moved]
    known.filter(pk__in=[post.pk for post in known if time.business_day(post.begins_at) in free]).delete()
    by_day: dict[date, list[Turn]] = {}
    for turn in reads.turns_in_force().filter(roster__hall=hall, day__in=free, post=Post.DUTY):
        by_day.setdefault(turn.day, []).append(turn)
    return DutyPost.objects.bulk_create(post for turns in by_day.values() for post in _posts(hall, turns))


def _posts(hall: Hall, turns: list[Turn]) -> Iterator[DutyPost]:
    """Who comes first holds the post until the next duty manager's shift begins."""
    ordered = sorted(turns, key=lambda turn: (turn.begins_at, turn.ends_at))
    since = ordered[0].begins_at
    for place, here in enumerate(ordered):
        following = ordered[place + 1] if place + 1 < len(ordered) else None
        start, stop = max(here.begins_at, since), here.ends_at
        if following is not None and following.ends_at > stop:
            stop = min(stop, following.begins_at)
        if start < stop:
            yield _post(hall, here.person, start, stop)
            since = stop


def _post(hall: Hall, person: User, begins: datetime, ends: datetime) -> DutyPost:
    return DutyPost(hall=hall, person=person, begins_at=begins, ends_at=ends, source=DutySource.ROSTER)
