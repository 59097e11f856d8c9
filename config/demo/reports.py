"""The demo's weekly reports: three weeks signed, one hall late, this week half written; what the city was asked."""

from datetime import date, datetime, timedelta
from datetime import time as clock

from config.demo.city import LIVE
from config.demo.people import Member
from core import time
from halls.models import Hall
from overview.actions import support, tasks, weekly
from overview.models import SupportRequest, Task, WeeklyReport
from overview.rules.weekly import monday_of
from staff.models import User
from staff.states import Role

SIGNED_WEEKS = 3
LATE = "ZJ06"
SAID: dict[str, dict[str, str]] = {
    "ZJ01": {
        "aid": "客户补卡后查询详单手边没有手机,值班经理用工作手机协助收取验证码,当场办结。",
        "model": "完成 3 号、4 号窗口的标识更新,按区域划分责任人,每天班后互查。",
    },
    "ZJ03": {"care": "休息区备好热水和老花镜;VIP 到厅由值班经理迎到专席。"},
    "ZJ05": {"other": "配合街道开展老年人手机使用讲座一场,到场 23 人。"},
}
ASKS: dict[tuple[str, int], tuple[str, str]] = {
    ("ZJ01", 3): ("floor_problems", "门头灯箱老化,申请统一更换灯管"),
    ("ZJ05", 3): ("wait_problems", "网厅高峰时打开慢,客户不愿线上办理,请优化"),
    ("ZJ01", 2): ("complaint_problems", "套餐外费用的短信提醒不及时,请市公司协调计费侧"),
    ("ZJ04", 2): ("floor_problems", "过期外墙海报位置高,请统一安排撤换"),
    ("ZJ03", 1): ("complaint_problems", "丢机客户无法开具证明,请给出另一种解绑办法"),
    ("ZJ02", 1): ("wait_problems", "开学季人手不足,请协调临时引导员两名"),
}
"""By hall and how many weeks ago."""
ANSWERS = ((3, "下周二配送灯管。"), (4, "已反馈省公司,预计完成扩容。"), (9, "计费侧排期中。"))


def make(halls: dict[str, Hall], members: list[Member], now: datetime) -> int:
    """Write all of it by the acts of the pages; returns how many reports."""
    this = monday_of(time.business_day(now))
    for ago in range(SIGNED_WEEKS, 0, -1):
        for place in LIVE:
            is_late = place.code == LATE and ago == 1
            _week(halls[place.code], _head(members, place.code), this - timedelta(weeks=ago), ago, now, late=is_late)
    _half_written(halls["ZJ01"], _head(members, "ZJ01"), this, now)
    _answers(members, now)
    _tasks(halls, members, now)
    return WeeklyReport.objects.count()


TASKS: tuple[tuple[str, str, int, int, bool], ...] = (
    ("更换营业时间公示牌", "按统一式样更换,拍照上传。", 12, -3, True),
    ("核对 5G 终端价签", "逐台核对价签与系统价格,写明改了几处。", 5, -1, False),
    ("老年客户专席自查", "按自查表检查专席、老花镜、放大镜和大字指引。", 2, 3, False),
)
"""Title, what is wanted, given so many days ago, due in so many days, a photo wanted."""


def _tasks(halls: dict[str, Hall], members: list[Member], now: datetime) -> None:
    """Tasks of the district: the first two done almost everywhere, the last one hardly opened."""
    giver = next(one.user for one in members if one.job.role == Role.DISTRICT)
    today = time.business_day(now)
    for number, (title, text, ago, ahead, wants_photo) in enumerate(TASKS):
        given = now - timedelta(days=ago)
        order = tasks.Order(title, text, today + timedelta(days=max(ahead, 0) if ahead >= 0 else 0), wants_photo)
        task = tasks.give(order, [halls[place.code] for place in LIVE], actor=giver, now=given)
        Task.objects.filter(pk=task.pk).update(due_on=today + timedelta(days=ahead))
        for place, one in zip(LIVE, task.halls.order_by("hall__code"), strict=True):
            head = _head(members, place.code)
            if number == 2 and place.code not in {"ZJ01", "ZJ02"}:
                continue
            tasks.receive(one, actor=head, now=given + timedelta(hours=2))
            if number < 2 and place.code != LATE and not wants_photo:
                tasks.finish(one, "已逐台核对,改价签 2 处。", actor=head, now=given + timedelta(days=1))
                if place.code != "ZJ05":
                    tasks.judge(one, accepted=True, why="", actor=giver, now=given + timedelta(days=2))


def _head(members: list[Member], code: str) -> User:
    return next(one.user for one in members if one.hall == code and one.job.role == Role.HALL_MANAGER)


def _week(hall: Hall, head: User, monday: date, ago: int, now: datetime, *, late: bool) -> None:
    """Begun on Friday; signed on Monday morning, unless it is the one that is late."""
    friday = time.at(monday + timedelta(days=4), clock(9))
    draft = weekly.begin(hall, monday, actor=None, now=friday)
    WeeklyReport.objects.filter(pk=draft.report_id).update(reminded_at=friday)
    signed_at = time.at(monday + timedelta(days=7), clock(9, 20 + ago))
    if late or signed_at > now:
        return
    asked = ASKS.get((hall.code, ago))
    asks = [{"section": asked[0], "text": asked[1]}] if asked else []
    written = weekly.Written(SAID.get(hall.code, {}), asks, draft.edits)
    saved = weekly.save(draft, written, actor=head, now=signed_at)
    weekly.sign(saved, edits=saved.edits, actor=head, now=signed_at)


def _half_written(hall: Hall, head: User, monday: date, now: datetime) -> None:
    draft = weekly.begin(hall, monday, actor=head, now=now)
    said = {"aid": "周一两位客户忘带身份证,引导台协助用电子证照核验,避免往返。"}
    asks = [{"section": "floor_problems", "text": "5 号窗口读证仪反复卡顿,请安排更换"}]
    weekly.save(draft, weekly.Written(said, asks, draft.edits), actor=head, now=now)


def _answers(members: list[Member], now: datetime) -> None:
    """The oldest are solved and answered, one is declined, one is past its promised day, the newest wait."""
    city = next(one.user for one in members if one.job.role == Role.OPERATIONS)
    rows = list(SupportRequest.objects.select_related("hall").order_by("raised_at", "pk"))
    today = time.business_day(now)
    for row, (days, text) in zip(rows, ANSWERS, strict=False):
        then = row.raised_at + timedelta(days=1, hours=2)
        promised = min(time.business_day(then) + timedelta(days=days), today + timedelta(days=days))
        support.answer(row, text, promised_on=promised, actor=city, now=then)
    if rows:
        solved = time.at(SupportRequest.objects.get(pk=rows[0].pk).promised_on or today, clock(17, 10))
        support.confirm_done(rows[0], actor=rows[0].raised_by, now=min(solved, now))
    if len(rows) > 3:
        declined = min(rows[3].raised_at + timedelta(days=1), now)
        support.decline(rows[3], "外墙归物业管理,请先与物业协商,费用由区县列支。", actor=city, now=declined)
