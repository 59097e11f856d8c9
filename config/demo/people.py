"""The sixty people of the demo city: names are invented, 工号 = hall digits + three digits."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password

from config.demo.city import CITY
from halls.models import Hall, Region
from staff.models import Employment, User
from staff.states import JobKind, Role

PASSWORD = "Hall@2026demo"
SEED = "people"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
WOMEN = "芳 敏 静 丽 燕 霞 倩 娟 婷 雪 琳 颖 洁 玉梅 晓红 雅琴 思雨 佳怡 梦洁 海燕 春兰 秀英 文静 欣怡 丹丹"
MEN = "伟 强 磊 军 洋 勇 杰 涛 明 超 建国 志强 海波 文博 子轩 俊杰 国庆 晓东 家豪 立新"


@dataclass(frozen=True)
class Job:
    """One person's place. `also` is a second role at the same hall, `is_student` ends with February."""

    role: Role
    also: Role | None = None
    is_student: bool = False
    is_trainee: bool = False


def several(count: int, role: Role) -> list[Job]:
    return [Job(role) for _ in range(count)]


CREWS: dict[str, list[Job]] = {
    "ZJ01": [
        Job(Role.HALL_MANAGER),
        *several(2, Role.DUTY_MANAGER),
        *several(9, Role.CLERK),
        Job(Role.CLERK, is_trainee=True),
        Job(Role.GREETER),
        Job(Role.FLOOR_WALKER, is_student=True),
        Job(Role.BACK_OFFICE),
        Job(Role.HANDSET_SELLER),
        Job(Role.ENQUIRY),
    ],
    "ZJ02": [
        Job(Role.HALL_MANAGER),
        Job(Role.DUTY_MANAGER),
        *several(4, Role.CLERK),
        Job(Role.FLOOR_WALKER, is_student=True),
    ],
    "ZJ03": [Job(Role.HALL_MANAGER), Job(Role.DUTY_MANAGER), *several(5, Role.CLERK), Job(Role.GREETER)],
    "ZJ04": [
        Job(Role.HALL_MANAGER, also=Role.DUTY_MANAGER),
        *several(2, Role.CLERK),
        *several(3, Role.HANDSET_SELLER),
    ],
    "ZJ05": [
        Job(Role.HALL_MANAGER),
        Job(Role.DUTY_MANAGER),
        *several(5, Role.CLERK),
        Job(Role.CLERK, also=Role.DUTY_MANAGER),
        Job(Role.GREETER),
    ],
    "ZJ06": [Job(Role.HALL_MANAGER, also=Role.CLERK), *several(2, Role.CLERK)],
}
ABOVE: tuple[tuple[Role, tuple[str, ...]], ...] = (
    (Role.DISTRICT, ("JK", "DT")),
    (Role.DISTRICT, ("RZ", "JR")),
    (Role.DISTRICT, ("DY", "YZ")),
    (Role.INSPECTOR, (CITY,)),
    (Role.INSPECTOR, (CITY,)),
    (Role.INSPECTOR, (CITY,)),
    (Role.COMPLAINT_HANDLER, (CITY,)),
    (Role.COMPLAINT_HANDLER, (CITY,)),
    (Role.OPERATIONS, (CITY,)),
)


@dataclass(frozen=True)
class Member:
    """Somebody of the demo city, once written."""

    user: User
    hall: str | None
    job: Job


def hire(halls: dict[str, Hall], now: datetime, today: date) -> list[Member]:
    """Write everybody. The password is hashed once: sixty slow hashes would be most of the seeding."""
    plan = list(_plan())
    names = _names(len(plan))
    shared = make_password(PASSWORD)
    people = [
        User(
            staff_no=staff_no,
            name=next(names),
            phone=f"139{number:08d}",
            password=shared,
            password_changed_at=now,
        )
        for number, (staff_no, _, _, _) in enumerate(plan, start=1)
    ]
    users = User.objects.bulk_create(people)
    regions = {region.code: region for region in Region.objects.all()}
    Employment.objects.bulk_create(
        row
        for user, (_, hall, job, districts) in zip(users, plan, strict=True)
        for row in _employments(user, job, halls.get(hall or ""), [regions[code] for code in districts], today)
    )
    return [Member(user, hall, job) for user, (_, hall, job, _) in zip(users, plan, strict=True)]


def _plan() -> Iterator[tuple[str, str | None, Job, tuple[str, ...]]]:
    for hall, jobs in CREWS.items():
        for number, job in enumerate(jobs, start=1):
            yield f"{hall[-2:]}{number:03d}", hall, job, ()
    for number, (role, regions) in enumerate(ABOVE, start=1):
        yield f"00{number:03d}", None, Job(role), regions


def _employments(user: User, job: Job, hall: Hall | None, regions: list[Region], today: date) -> list[Employment]:
    draw = random.Random(f"{SEED}:{user.staff_no}")
    since = today - timedelta(days=75 if job.is_student or job.is_trainee else draw.randint(90, 3200))
    if hall is None:
        return [Employment(user=user, role=job.role, region=region, valid_from=since) for region in regions]
    kind, until = JobKind.REGULAR, None
    if job.is_student:
        kind, until = JobKind.STUDENT, end_of_february(today)
    elif job.is_trainee:
        kind, until = JobKind.TRAINEE, today + timedelta(days=16)
    rows = [Employment(user=user, role=job.role, hall=hall, kind=kind, valid_from=since, valid_to=until)]
    if job.also:
        rows.append(Employment(user=user, role=job.also, hall=hall, valid_from=max(since, today - timedelta(days=40))))
    return rows


def end_of_february(today: date) -> date:
    """The last day of the next February that is not over: students work until then."""
    this_year = date(today.year, 3, 1) - timedelta(days=1)
    return this_year if today <= this_year else date(today.year + 1, 3, 1) - timedelta(days=1)


def _names(count: int) -> Iterator[str]:
    """Different names, about three quarters of them women's."""
    draw = random.Random(SEED)
    women, men = WOMEN.split(), MEN.split()
    known: set[str] = set()
    while len(known) < count:
        name = draw.choice(SURNAMES) + draw.choice(women if draw.random() < 0.75 else men)
        if name not in known:
            known.add(name)
            yield name


def person_name(draw: random.Random) -> str:
    return draw.choice(SURNAMES) + draw.choice(_GIVEN)


_GIVEN = WOMEN.split() + MEN.split()


def members() -> list[Member]:
    """Those of the demo's people who are on record."""
    users = {user.staff_no: user for user in User.objects.filter(is_active=True)}
    return [Member(users[staff_no], hall, job) for staff_no, hall, job, _ in _plan() if staff_no in users]
