"""岗位: who stands where on the floor."""

from datetime import datetime

from django.db import transaction

from core.errors import Refused
from core.time import business_day
from halls.models import Hall
from queueing import live
from queueing.models import FloorPost
from queueing.queries.posts import people_of
from staff.models import User

PLACE_MOST = 20


@transaction.atomic
def stand_at(hall: Hall, person: User, place: str, *, until: datetime | None, now: datetime) -> FloorPost:
    """Put somebody at a place of the floor; an earlier post of theirs ends.

    Raises Refused: not_here, bad_place, bad_until.
    """
    if not people_of(hall, now).filter(pk=person.pk).exists():
        raise Refused("not_here", f"{person.name} 今天不在本厅,请选择本厅的人员。")
    place = place.strip()
    if not place or len(place) > PLACE_MOST or "\x00" in place:
        raise Refused("bad_place", f"请选择岗位,最多 {PLACE_MOST} 字。")
    if until is not None and (until <= now or business_day(until) != business_day(now)):
        raise Refused("bad_until", "结束时间应在今天现在之后,请核对。")
    User.objects.select_for_update().get(pk=person.pk)
    FloorPost.objects.filter(person=person, ended_at=None).update(ended_at=now)
    post = FloorPost.objects.create(hall=hall, person=person, place=place, since=now, until=until)
    live.floor_changed(hall, "post.changed", post.pk)
    return post


@transaction.atomic
def leave_post(post_id: int, *, now: datetime) -> FloorPost:
    """The post is empty from now on. Raises Refused("post_ended")."""
    post = FloorPost.objects.select_for_update(of=("self",)).select_related("hall").get(pk=post_id)
    if post.ended_at is not None:
        raise Refused("post_ended", "这个岗位已经结束。")
    post.ended_at = now
    post.save(update_fields=["ended_at"])
    live.floor_changed(post.hall, "post.changed", post.pk)
    return post
