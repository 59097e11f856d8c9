"""The demo's certificates, AB duties, recurring tasks, meetings, courses and one note of the register."""

import random
from datetime import date, datetime, timedelta
from datetime import time as clock

from config.demo.city import LIVE
from config.demo.people import Member
from core import time
from halls.models import Hall
from staff.models import Certificate, ConductNote, Course, Duty, Meeting, MeetingPerson, RecurringTask, Seat
from staff.rules.employments import COUNTER
from staff.states import CourseKind, Cycle, Matter, MeetingKind, Role

SEED = "hall life"
SOON = (3, 12, 26)  # days until the three that end within a month
DUTIES = (
    "取号机开关与换纸",
    "大屏内容",
    "自助机补纸",
    "物料上墙与撤下",
    "单页补充",
    "报刊与水",
    "业务通知存档并传达",
    "办公用品申领",
    "耗材盘点",
    "窗口电脑清理",
    "空调与照明",
    "绿植",
    "便民箱",
    "雨伞借还",
    "意见簿每日查看",
    "受理单装订",
    "消防器材月查",
    "失物招领",
    "晨会记录",
    "培训签到",
)
TOPICS = (
    "昨日数据与等候情况",
    "今日主推:家庭宽带融合套餐",
    "实名登记要点复习",
    "高峰时段加开窗口的安排",
    "补换卡核对证件的步骤",
)
QUIZ = ("补卡须核对哪些证件?", "本人有效身份证件原件,人证一致")
MEETING_DAYS = 10


def make(halls: dict[str, Hall], members: list[Member], now: datetime) -> int:
    """Write all of it; returns how many certificates and meetings."""
    draw, today = random.Random(SEED), time.business_day(now)
    papers = _certificates(members, now, today, draw)
    meetings = 0
    for place in LIVE:
        crew = [member for member in members if member.hall == place.code]
        head = next(member for member in crew if member.job.role == Role.HALL_MANAGER)
        _duties(halls[place.code], crew, draw)
        meetings += _meetings(halls[place.code], crew, head, now, draw)
        _course(halls[place.code], crew, head, now)
    _note(halls["ZJ02"], [member for member in members if member.hall == "ZJ02"], now)
    return papers + meetings


def _certificates(members: list[Member], now: datetime, today: date, draw: random.Random) -> int:
    """Everybody at a counter has one; three end within a month, one at the handset mall is over."""
    holders = [one for one in members if one.hall and one.job.role in COUNTER and not one.job.is_trainee]
    soon = [member for member in holders if member.hall == "ZJ05" and member.job.role == Role.CLERK][: len(SOON)]
    over = [member for member in holders if member.hall == "ZJ04" and member.job.role == Role.HANDSET_SELLER][-1:]
    rows = []
    for number, member in enumerate(holders, start=1):
        until = today + timedelta(days=draw.randint(120, 900))
        if member in soon:
            until = today + timedelta(days=SOON[soon.index(member)])
        elif member in over:
            until = today - timedelta(days=9)
        first = until - timedelta(days=3 * 365)
        rows.append(
            Certificate(
                person=member.user, number=f"JSZJ{first.year}{number:04d}", level="中级", valid_from=first,
                valid_to=until, recorded_at=now,
            )
        )  # fmt: skip
    return len(Certificate.objects.bulk_create(rows))


def _duties(hall: Hall, crew: list[Member], draw: random.Random) -> None:
    people = [member.user for member in crew]
    rows = []
    for order, name in enumerate(DUTIES):
        a, b = draw.sample(people, 2)
        rows.append(Duty(hall=hall, name=name, a=a, b=b, order=order))
    made = {duty.name: duty for duty in Duty.objects.bulk_create(rows)}
    RecurringTask.objects.create(
        hall=hall,
        duty=made["窗口电脑清理"],
        name="清理窗口电脑浏览器临时文件",
        what="每周一、周五受理业务之前完成",
        cycle=Cycle.DAYS,
        weekdays=[0, 4],
        before_opening=True,
    )
    RecurringTask.objects.create(
        hall=hall, duty=made["意见簿每日查看"], name="查看意见簿", cycle=Cycle.DAYS, weekdays=list(range(7))
    )
    RecurringTask.objects.create(
        hall=hall, duty=made["消防器材月查"], name="消防器材检查", cycle=Cycle.MONTH, day_of_month=5
    )


def _meetings(hall: Hall, crew: list[Member], head: Member, now: datetime, draw: random.Random) -> int:
    today = time.business_day(now)
    made = Meeting.objects.bulk_create(
        Meeting(
            hall=hall, kind=MeetingKind.MORNING, day=today - timedelta(days=ago), begins=clock(8, 10),
            minutes=draw.choice((8, 10, 12, 14, 17)), host=head.user, topics="\n".join(draw.sample(TOPICS, 3)),
            question=QUIZ[0], answer=QUIZ[1], recorded_by=head.user, recorded_at=now - timedelta(days=ago),
        )
        for ago in range(1, MEETING_DAYS + 1)
    )  # fmt: skip
    MeetingPerson.objects.bulk_create(
        MeetingPerson(meeting=meeting, person=member.user, is_right=draw.random() < 0.85)
        for meeting in made
        for member in crew
        if draw.random() < 0.8
    )
    return len(made)


def _course(hall: Hall, crew: list[Member], head: Member, now: datetime) -> None:
    """One class that is over, with results, and one to choose."""
    today = time.business_day(now)
    facts = {"hall": hall, "begins": clock(18, 30), "minutes": 60, "seats": 30, "made_by": head.user}
    past = Course.objects.create(
        kind=CourseKind.REQUIRED, title="实名登记与反诈宣传", trainer="市公司培训师", day=today - timedelta(days=12),
        made_at=now - timedelta(days=20), place="二楼会议室", **facts,
    )  # fmt: skip
    Course.objects.create(
        kind=CourseKind.CHOSEN, title="与长者沟通的技巧", trainer="外聘讲师", day=today + timedelta(days=6),
        made_at=now - timedelta(days=3), place="二楼会议室", **facts,
    )  # fmt: skip
    Seat.objects.bulk_create(
        Seat(
            course=past, person=member.user, taken_at=past.made_at, came=True, score=76 + (place * 7) % 25,
            recorded_by=head.user, recorded_at=now - timedelta(days=11),
        )
        for place, member in enumerate(crew)
        if member != head
    )  # fmt: skip


def _note(hall: Hall, crew: list[Member], now: datetime) -> None:
    duty = next(member for member in crew if member.job.role == Role.DUTY_MANAGER)
    clerk = next(member for member in crew if member.job.role == Role.CLERK)
    ConductNote.objects.create(
        hall=hall,
        person=clerk.user,
        matter=Matter.PHONE,
        what="窗口空闲时在台面使用私人手机约 2 分钟",
        happened_at=now - timedelta(days=1, hours=3),
        noted_by=duty.user,
        noted_at=now - timedelta(days=1, hours=2),
        said="家人来电,接听后即放回储物柜",
        said_at=now - timedelta(days=1),
    )
