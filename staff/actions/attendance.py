"""考勤 (R-S-4): coming and leaving, held against the published shift."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from halls.queries import number
from staff.models import Attendance, CalendarFeed, User
from staff.queries.rosters import turns_in_force
from staff.rules import attendance as rules
from staff.states import Post


@transaction.atomic
def check_in(person: User, *, now: datetime) -> Attendance:
    """I am here. Raises Refused: no_shift, too_early, shift_over, checked_in."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    day = time.business_day(now)
    turn = turns_in_force().select_related("roster__hall__region__parent").filter(person=person, day=day).first()
    if turn is None:
        raise Refused("no_shift", "今天没有已发布的班次。如临时顶班,请值班经理先在班表登记。")
    hall = turn.roster.hall
    opens = turn.begins_at - timedelta(minutes=number(rules.OPENS_BEFORE, hall, now))
    if now < opens:
        raise Refused("too_early", f"还没到打卡时间,请在 {time.local(opens):%H:%M} 之后打卡。")
    if now >= turn.ends_at:
        raise Refused("shift_over", "今天的班次已经结束,请联系店长补登说明。")
    if Attendance.objects.filter(person=person, day=day, checked_in_at__isnull=False).exists():
        raise Refused("checked_in", "今天已经打过到班卡。")
    early = number(rules.EARLY_DUTY if turn.post == Post.DUTY else rules.EARLY, hall, now)
    values = {"hall": hall, "post": turn.post, "begins_at": turn.begins_at, "ends_at": turn.ends_at}
    return Attendance.objects.update_or_create(
        person=person, day=day, defaults={**values, "early_minutes": early, "checked_in_at": now}
    )[0]


@transaction.atomic
def check_out(person: User, *, now: datetime) -> Attendance:
    """I am leaving. Raises Refused: not_checked_in, checked_out."""
    row = Attendance.objects.select_for_update().filter(person=person, day=time.business_day(now)).first()
    if row is None or row.checked_in_at is None:
        raise Refused("not_checked_in", "今天还没有打到班卡。")
    if row.checked_out_at is not None:
        raise Refused("checked_out", f"已于 {time.local(row.checked_out_at):%H:%M} 打过离班卡。")
    row.checked_out_at = now
    row.save(update_fields=["checked_out_at"])
    return row


@transaction.atomic
def note(hall: Hall, attendance_id: int, *, text: str, actor: User) -> Attendance:
    """A manager's word on a day, e.g. why somebody was late. Raises Refused: needs_text, own."""
    row = Attendance.objects.select_for_update().get(pk=attendance_id, hall=hall)
    if not text.strip():
        raise Refused("needs_text", "请填写说明。")
    if row.person_id == actor.pk:
        raise Refused("own", "不能给自己的考勤写说明,请上级登记。")
    row.note, row.noted_by = text.strip(), actor
    row.save(update_fields=["note", "noted_by"])
    return row


@transaction.atomic
def renew_feed(person: User, *, now: datetime) -> CalendarFeed:
    """A fresh secret address for one's calendar; the old one ends at once."""
    values = {"token": secrets.token_urlsafe(32), "made_at": now}
    return CalendarFeed.objects.update_or_create(user=person, defaults=values)[0]
