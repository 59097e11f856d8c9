"""The demo's monthly safety cards: last month's are signed everywhere but in one hall, which began its card and left
it; this month's are signed in the halls that do not wait for the last day."""

from datetime import date, datetime, timedelta
from datetime import time as clock

from config.demo import pictures
from config.demo.city import LIVE
from config.demo.people import Member
from core import time
from halls.actions import keep_picture
from halls.actions import rounds as actions
from halls.models import CheckItem, Hall
from halls.states import Answer, CheckKind
from overview.rules.months import month_before
from staff.models import User
from staff.states import Role

LEFT = "ZJ04"  # began last month's card and did not finish it
EARLY = ("ZJ01", "ZJ03")  # this month's is signed already
LAST_DAYS = 27  # last month's were signed on that day and the next two
THIS_DAYS = 18


def make(halls: dict[str, Hall], members: list[Member], now: datetime) -> int:
    """By the acts of the page; returns how many cards were signed."""
    this = time.business_day(now).replace(day=1)
    heads = {one.hall: one.user for one in members if one.job.role == Role.HALL_MANAGER}
    picture = keep_picture(pictures.extinguisher(), folder_name="rounds")
    signed = 0
    for number, place in enumerate(LIVE):
        hall, head = halls[place.code], heads[place.code]
        last = month_before(this)
        at = time.at(last.replace(day=LAST_DAYS + number % 2), clock(17, 5 + 4 * number))
        signed += _card(hall, head, last, at, picture, is_left=place.code == LEFT)
        at = time.at(this.replace(day=THIS_DAYS), clock(17, 20))
        if place.code in EARLY and at < now:
            signed += _card(hall, head, this, at, picture)
    return signed


def _card(hall: Hall, head: User, month: date, at: datetime, picture: str, *, is_left: bool = False) -> bool:
    row = actions.start_round(hall, CheckKind.SAFETY, time.day_bounds(month)[0], actor=head, now=at)
    items = list(CheckItem.objects.filter(list=row.list, is_active=True))
    for item in items[:2] if is_left else items:
        at += timedelta(minutes=3)
        found = actions.Found(Answer.GOOD, picture=picture if item.wants_photo else "")
        actions.answer_item(row, item, found, actor=head, now=at)
    if not is_left:
        actions.finish_round(row, actor=head, now=at)
    return not is_left
