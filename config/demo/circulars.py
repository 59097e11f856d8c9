"""The demo's circulars: the city's of last month, issued and received almost everywhere; a district's half written."""

from datetime import date, datetime, timedelta
from datetime import time as clock

from config.demo import inspections
from config.demo.city import LIVE
from config.demo.people import Member
from core import time
from halls.models import Hall, Region
from inspections.models import Finding, Photo
from overview.actions import circulars
from overview.models import Circular, CircularVersion
from overview.queries import circular_month
from overview.rules.months import month_before, next_month
from staff.models import User
from staff.queries.people import supervisors_of
from staff.states import Role

CITY, DISTRICT = "ZJ", "JK"
UNREAD = "ZJ06"
PICTURED = "A5.1"  # a poster past its day: what the drawn picture shows
MOST_PICTURES = 3
DEMANDS = (
    "1. 过期物料当天撤下,店长每晚关门前复查一次。\n"
    "2. 月初高峰前一天确认加开窗口的人员,引导台提前分流交费客户。\n"
    "3. 请各厅在班前会传达本通报,并在系统中签收。"
)


def make(members: list[Member], now: datetime) -> int:
    """Write them by the acts of the page; returns how many."""
    month = month_before(time.business_day(now))
    city, district = (Region.objects.filter(code=code).first() for code in (CITY, DISTRICT))
    if city is None or district is None:
        return 0
    issued_at = min(time.at(next_month(month) + timedelta(days=2), clock(10)), now)
    issued = _issued(city, month, _holder(members, Role.OPERATIONS), issued_at)
    _received(issued, members, now)
    _half_written(district, month, now)
    return Circular.objects.count()


def _holder(members: list[Member], role: Role) -> User:
    return next(one.user for one in members if one.job.role == role)


def _issued(region: Region, month: date, issuer: User, issued_at: datetime) -> CircularVersion:
    draft = circulars.begin(region, month, actor=issuer, now=issued_at)
    given = circulars.Written({"demands": DEMANDS}, _photos(region, month, issued_at), draft.edits)
    saved = circulars.save(draft, given, actor=issuer, now=issued_at)
    return circulars.issue(saved, edits=saved.edits, actor=issuer, now=issued_at)


def _received(issued: CircularVersion, members: list[Member], now: datetime) -> None:
    assert issued.issued_at is not None
    for number, place in enumerate(LIVE):
        if place.code == UNREAD:
            continue
        head = next(one for one in members if one.hall == place.code and one.job.role == Role.HALL_MANAGER)
        hall = Hall.objects.get(code=place.code)
        read_at = min(issued.issued_at + timedelta(minutes=35 + 47 * number), now)
        circulars.receive(issued.circular, hall, actor=head.user, now=read_at)


def _photos(region: Region, month: date, now: datetime) -> list[dict[str, str]]:
    ids = list(circular_month.halls_below(region).values_list("pk", flat=True))
    visits = circular_month.ranked_visits(ids, month)
    rows = Finding.objects.filter(visit__in=visits, item=PICTURED, withdrawn_at=None).select_related("visit", "hall")
    found = []
    for one in rows.order_by("-found_on", "pk")[:MOST_PICTURES]:
        if not Photo.objects.filter(visit=one.visit, item=PICTURED).exists():
            inspections.picture(one.visit, PICTURED, now)
        photo = Photo.objects.filter(visit=one.visit, item=PICTURED)[0]
        caption = f"{one.hall.name}:海报已过期仍在展示({one.found_on.month} 月 {one.found_on.day} 日)"
        found.append({"photo": str(photo.pk), "caption": caption})
    return found


def _half_written(region: Region, month: date, now: datetime) -> None:
    hall = Hall.objects.filter(region=region).order_by("code")[0]
    author = next(iter(supervisors_of(hall)), None)
    if author is None:
        return
    draft = circulars.begin(region, month, actor=author, now=now)
    said = {"praise": "大市口沟通100店月初高峰加开窗口及时,等候控制较好,请各厅学习。"}
    circulars.save(draft, circulars.Written(said, [], draft.edits), actor=author, now=now)
