"""What a new hall has and what it still lacks."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from core import time
from halls.models import Device, Hall, Region
from halls.queries.faults import lacks
from halls.states import DeviceKind
from overview.rules.openings import Step
from staff.models import Employment, StockBalance, User
from staff.queries.people import in_force
from staff.rules.employments import COUNTER
from staff.states import Role

VERB = "hall.open"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def regions_for(user: User) -> QuerySet[Region]:
    """Where somebody may open halls: districts of theirs."""
    return Region.objects.filter(pk__in=user.rights.region_ids(VERB), level="district").order_by("code")


def new_halls(user: User, now: datetime) -> QuerySet[Hall]:
    """Halls without queues yet, with how many windows and people each has; one question for all."""
    today = time.business_day(now)
    rows = Hall.objects.filter(pk__in=user.hall_ids(VERB), is_live=False).select_related("region")
    working = Q(employments__valid_to=None) | Q(employments__valid_to__gte=today)
    return rows.annotate(
        window_count=Count("windows", filter=Q(windows__is_active=True), distinct=True),
        people_count=Count("employments__user", filter=working, distinct=True),
    ).order_by("code")


def steps(hall: Hall, now: datetime) -> list[Step]:
    """The way to opening, in the order in which it is walked."""
    return [*_place(hall), *_windows(hall), *_people(hall, now), *_things(hall, now)]


def _place(hall: Hall) -> list[Step]:
    hours = hall.weekly_hours.count()
    where = hall.latitude is not None and hall.longitude is not None
    return [
        Step("营业时间", hours > 0, True, f"每周 {hours} 天有营业时间", f"/halls/{hall.code}/hours/"),
        Step("地址与电话", bool(hall.address and hall.phone), True, hall.address or "还没有填写", ""),
        Step("位置坐标", where, False, "附近营业厅按坐标推荐", ""),
    ]


def _windows(hall: Hall) -> list[Step]:
    windows = hall.windows.filter(is_active=True)
    groups = hall.groups.filter(is_active=True)
    empty = groups.filter(businesses=None).count()
    unserved = [one.name for one in groups.exclude(windows__in=windows).distinct()]
    idle = windows.filter(groups=None).count()
    told = f"{groups.count()} 个分组" + (f",{empty} 个没有业务" if empty else "")
    served = (
        f"没有窗口可办:{'、'.join(unserved)}" if unserved else (f"{idle} 个窗口没有分组" if idle else "都有窗口可办")
    )
    return [
        Step("取号分组与业务", groups.exists() and not empty, True, told, ""),
        Step("窗口", windows.exists(), True, f"{windows.count()} 个窗口", ""),
        Step("每个分组有窗口可办", groups.exists() and not unserved and not idle, True, served, ""),
    ]


def _people(hall: Hall, now: datetime) -> list[Step]:
    today = time.business_day(now)
    coming = Q(valid_to=None) | Q(valid_to__gte=today)
    jobs = Employment.objects.filter(coming, hall=hall, user__is_active=True)
    managers = jobs.filter(role=Role.HALL_MANAGER).count()
    clerks = jobs.filter(role__in=COUNTER).values("user").distinct()
    certified = clerks.filter(in_force_certificate(today)).count()
    return [
        Step("店长", managers > 0, True, f"{managers} 位店长", "/staff/"),
        Step("营业人员", clerks.exists(), True, f"{clerks.count()} 位可上窗口", "/staff/"),
        Step(
            "上岗证", clerks.exists() and certified == clerks.count(), False, f"{certified} 位有有效上岗证", "/staff/"
        ),
    ]


def in_force_certificate(day: Any) -> Q:
    from staff.models import Certificate

    return Q(user__in=Certificate.objects.filter(in_force(day), withdrawn_on=None).values("person"))


def _things(hall: Hall, now: datetime) -> list[Step]:
    paired = Device.objects.filter(hall=hall, revoked_at=None).exclude(token_hash="")
    kinds = set(paired.values_list("kind", flat=True))
    wanted = [DeviceKind.TV, *(() if hall.is_line else (DeviceKind.KIOSK,))]
    lacking = "、".join(str(one.label) for one in wanted if one not in kinds)
    short = [lack for lack in lacks(hall, time.business_day(now)) if lack.short]
    stock = StockBalance.objects.filter(hall=hall, quantity__gt=0).count()
    equipment = hall.equipment.filter(removed_at=None).count()
    told = "、".join(f"{lack.what}还缺 {lack.short} 项({lack.missing})" for lack in short)
    return [
        Step("设备配对", not lacking, True, f"还没有配对:{lacking}" if lacking else "已配对", "/halls/devices/"),
        Step("设备台账", equipment > 0, False, f"{equipment} 台", "/halls/equipment/"),
        Step("功能区与自助服务", not short, False, told or "符合要求", "/halls/equipment/"),
        Step("卡品票据", stock > 0, False, f"{stock} 个品种有库存", f"/stock/{hall.code}/"),
    ]
