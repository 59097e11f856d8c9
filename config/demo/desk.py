"""What the desk of managers holds at first login: parameters set for several halls, and how two people want to be told.
What waits for decisions comes from the stories of the other parts."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from config.demo.people import Member
from core import time
from halls.models import Hall
from messaging.actions import Wish, set_wishes
from messaging.states import NoticeTopic
from overview.actions import bulk
from overview.rules import approvals
from overview.rules.bulk import digest
from staff.models import User
from staff.states import Role

COUNTY = ("ZJ05", "ZJ06")
CITY = ("ZJ01", "ZJ02", "ZJ03")


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> int:
    """Returns how many settings were made for several halls."""
    boss = next(one.user for one in members if one.job.role == Role.OPERATIONS)
    _set(halls, COUNTY, 3, "县城厅人少,多给一天", boss=boss, now=now - timedelta(days=12))
    tried = _set(halls, CITY, 1, "试行一天内处理", boss=boss, now=now - timedelta(days=9))
    bulk.undo(tried, actor=boss, now=now - timedelta(days=4))
    _wishes(members, now)
    return 2


def _set(halls: Mapping[str, Hall], codes: tuple[str, ...], days: int, why: str, *, boss: User, now: datetime) -> int:
    chosen = [halls[code] for code in codes]
    tomorrow = time.business_day(now) + timedelta(days=1)
    wish = bulk.Setting(approvals.DAYS, days, tomorrow, why)
    seen = digest(bulk.preview(chosen, wish, now=now))
    return bulk.set_parameter(chosen, wish, seen=seen, actor=boss, now=now).pk


def _wishes(members: list[Member], now: datetime) -> None:
    """The manager of ZJ01 reads a digest in the evening; the one of ZJ02 leaves news of trainings to it."""
    usual = {topic: ["bell"] for topic in NoticeTopic.values}
    managers = {one.hall: one.user for one in members if one.job.role == Role.HALL_MANAGER}
    both = {"people": ["bell", "digest"], "reports": ["bell", "digest"]}
    set_wishes(managers["ZJ01"], Wish(usual | both, 21, 7, 18), now=now)
    set_wishes(managers["ZJ02"], Wish(usual | {"people": ["digest"]}, 22, 7, 19), now=now)
