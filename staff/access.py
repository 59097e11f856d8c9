"""The only place that says who may see or do what: role × verb × where the role is held."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery

from core import time
from halls.models import Hall, Region
from halls.states import Operation
from staff.models import DutyPost, Employment, Grant, User
from staff.states import Role

VERBS: dict[str, str] = {
    "hall.see": "看营业厅现场、号码与窗口",
    "queue.issue": "代客取号",
    "queue.serve": "签入窗口并叫号",
    "queue.floor": "大厅引导:补办、取消、一米线人数",
    "queue.manage": "值班经理特批:代签出、带号暂停",
    "queue.fairness": "改取号优先与上限",
    "figures.see": "看现场看板与排队统计",
    "tv.manage": "大屏内容、通知与广播",
    "customer.see": "查看客户概况(号码打码)",
    "customer.find": "按完整手机号查询客户",
    "customer.reveal": "查看完整号码(有在办号码或投诉)",
    "customer.reveal_any": "查看完整号码(不需在办号码或投诉)",
    "customer.disclose": "依法提供客户信息(双人)",
    "customer.consent": "登记业务变更的确认凭证",
    "access_log.review": "审核号码查看记录",
    "points.redeem": "积分兑换与撤销",
    "points.enrol": "代客开通积分计划",
    "points.report": "看积分报表、对账与礼品库存",
    "points.run": "运行星级评定与积分生成",
    "points.rules": "改积分规则与活动",
    "gift.stock": "礼品入库、盘点与报损",
    "gift.manage": "礼品、价格与商户",
    "hall.configure": "改营业时间与例外",
    "device.pair": "配对与停用设备",
    "staff.see": "查看人员",
    "staff.reset_password": "重置密码",
    "staff.manage": "添加与编辑人员,办理岗位与离职",
    "certificate.manage": "登记与收回证书",
    "certificate.require": "定无上岗证不能上窗口的日期",
    "duty.manage": "指定 AB 角与定期任务",
    "meeting.hold": "主持晨会、登记小测",
    "training.manage": "安排培训、登记成绩",
    "violation.note": "登记需核实的情况",
    "violation.decide": "认定违规与复核",
    "roster.see": "看本厅班表、考勤",
    "roster.manage": "排班、发布班表、临时顶班",
    "roster.sign": "审批请假、换班签字、个别照顾",
    "handover.sign": "交接班、轧账缴款",
    "handover.manage": "确认交接差额、同意离岗、值班日志",
    "money.see": "看缴款、日结、台账",
    "money.manage": "签收缴款、解款、录入系统金额、提交日结、登记台账",
    "money.confirm": "确认长短款与日结差额、月结",
    "complaint.log": "登记投诉与建议",
    "complaint.see": "看投诉处理台、意见簿、退费与补偿",
    "complaint.handle": "处理投诉:派单、答复、办结",
    "complaint.manage": "投诉管理:延期、不予受理、改派首问、更正客户类别",
    "complaint.team": "投诉班:回单、预退查证、退费出账",
    "complaint.figures": "看投诉统计",
    "complaint.policy": "改投诉时限规则",
    "refund.duty": "审批小额退费与补偿(值班经理)",
    "refund.hall": "审批退费与补偿(店长)",
    "refund.team": "审批退费与补偿(投诉班)",
    "refund.city": "审批大额退费与补偿(市公司)",
    "bulletin.write": "起草、发布业务通知并催确认",
    "knowledge.edit": "编辑知识库",
    "audit.check": "次日业务稽核",
    "sheet.sign": "答复与签认个人月度单",
    "award.decide": "评定月度明星、办技能竞赛",
    "suggestion.answer": "答复员工建议",
    "target.set": "下达与分解目标",
    "settings.change": "修改设置与参数",
}

WITHHELD_AT_PARTNERS = frozenset({"customer.reveal", "customer.reveal_any", "customer.disclose"})
"""What a job at a partner's hall does not give; a dated grant does (R-H-18)."""

MACHINE_VERBS = frozenset({"queue.call"})  # of the hardware caller at a window; a person calls by "queue.serve"

_SEE = {"hall.see"}
_CASES = {"complaint.see", "complaint.handle", "complaint.figures"}
_FRONT = _SEE | {"complaint.log", "queue.issue", "customer.see", "roster.see"}
_AT_WINDOW = {"customer.find", "customer.reveal", "customer.consent", "points.redeem", "points.enrol"}
_COUNTER = _FRONT | _AT_WINDOW | {"queue.serve", "queue.floor", "handover.sign"}
_FLOOR = _FRONT | {"queue.floor"}
_DUTY = (
    _COUNTER
    | _CASES
    | {"refund.duty"}
    | {"queue.manage", "figures.see", "tv.manage", "staff.see", "device.pair", "roster.manage"}
)
_DUTY |= {"duty.manage", "meeting.hold", "violation.note"}
_DUTY |= {"customer.reveal_any", "customer.disclose", "access_log.review", "points.report", "gift.stock"}
_DUTY |= {"handover.manage", "money.see", "money.manage"}
_DUTY |= {"audit.check"}
_HEAD = _DUTY | {"complaint.manage", "refund.hall"} | {"hall.configure", "staff.reset_password", "roster.sign"}
_HEAD |= {"staff.manage", "certificate.manage", "training.manage", "violation.decide"}
_HEAD |= {"money.confirm"}
_LEAD = {"bulletin.write", "audit.check", "sheet.sign", "award.decide", "suggestion.answer", "target.set"}
_HEAD |= _LEAD

ROLE_VERBS: dict[str, frozenset[str]] = {
    Role.CLERK: frozenset(_COUNTER),
    Role.GREETER: frozenset(_FLOOR),
    Role.ENQUIRY: frozenset(_FLOOR),
    Role.FLOOR_WALKER: frozenset(_FLOOR),
    Role.BACK_OFFICE: frozenset(_COUNTER | {"audit.check", "money.see", "money.manage"}),
    Role.HANDSET_SELLER: frozenset(_FRONT | _AT_WINDOW | {"queue.serve", "handover.sign"}),
    Role.ACCOUNT_MANAGER: frozenset(
        _SEE | {"complaint.log", "customer.see", "customer.find", "customer.reveal", "roster.see"}
    ),
    Role.DUTY_MANAGER: frozenset(_DUTY),
    Role.HALL_MANAGER: frozenset(_HEAD),
    Role.INSPECTOR: frozenset(_SEE | {"violation.note"}),
    Role.COMPLAINT_HANDLER: frozenset(
        _SEE
        | _CASES
        | {
            "complaint.log",
            "complaint.manage",
            "complaint.team",
            "refund.team",
            "customer.see",
            "customer.find",
            "customer.reveal",
            "customer.disclose",
        }
    ),
    Role.DISTRICT: frozenset(
        _SEE
        | _LEAD
        | {"knowledge.edit"}
        | {"complaint.see", "complaint.figures"}
        | {"queue.fairness", "figures.see", "tv.manage"}
        | {"staff.see", "staff.reset_password", "device.pair", "hall.configure", "queue.manage"}
        | {"roster.see", "roster.manage", "roster.sign"}
        | {"handover.sign", "handover.manage", "money.see", "money.confirm"}
        | {"staff.manage", "certificate.manage", "certificate.require", "training.manage"}
        | {"violation.note", "violation.decide"}
        | {"customer.see", "customer.find", "customer.reveal", "customer.reveal_any", "customer.disclose"}
        | {"access_log.review", "points.report", "gift.stock"}
    ),
    Role.OPERATIONS: frozenset(VERBS),
}

RANK: dict[str, int] = {
    **dict.fromkeys(Role.values, 1),
    Role.DUTY_MANAGER: 2,
    Role.HALL_MANAGER: 3,
    Role.INSPECTOR: 3,
    Role.DISTRICT: 4,
    Role.OPERATIONS: 5,
}


@dataclass
class Rights:
    """What one person may do today: hall numbers by verb, or everything."""

    everything: bool = False
    halls: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    regions: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    rank: int = 0

    def may(self, verb: str, hall: Hall | None = None) -> bool:
        if verb in MACHINE_VERBS:
            return False
        if verb not in VERBS:
            raise KeyError(f"no such right: {verb}")
        if self.everything:
            return True
        return bool(self.halls.get(verb)) if hall is None else hall.pk in self.halls.get(verb, ())

    def hall_ids(self, verb: str) -> set[int]:
        if verb not in VERBS:
            raise KeyError(f"no such right: {verb}")
        if self.everything:
            return set(Hall.objects.values_list("pk", flat=True))
        return self.halls.get(verb, set())

    def region_ids(self, verb: str) -> set[int]:
        """Regions whose every hall the right covers, those of tomorrow too."""
        if self.everything:
            return set(Region.objects.values_list("pk", flat=True))
        return self.regions.get(verb, set())

    def reaches(self, verb: str, job: Employment) -> bool:
        """Whether a right covers the place of a job: its hall, or the whole of its region."""
        if self.everything:
            return True
        return job.hall_id in self.hall_ids(verb) if job.hall_id else job.region_id in self.region_ids(verb)


def rights_of(user: User) -> Rights:
    """Rights from the employments in force today; a person who left has none."""
    if not user.is_active:
        return Rights()
    if user.is_superuser:
        return Rights(everything=True)
    jobs = employments_today(user)
    return rights_from(jobs, duty_halls=jobs[0].duty_halls if jobs else ())  # type: ignore[attr-defined]


def employments_today(user: User) -> list[Employment]:
    """The jobs in force; each knows as `duty_halls` where the person holds the post of duty manager at this moment."""
    now = time.now()
    today = time.business_day(now)
    posts = DutyPost.objects.filter(person=user, begins_at__lte=now, ends_at__gt=now).values("hall_id")
    jobs = user.employments.select_related("hall", "region").annotate(duty_halls=ArraySubquery(posts))
    return [job for job in jobs if job.in_force(today)]


def rights_from(jobs: Iterable[Employment], *, duty_halls: Iterable[int] = ()) -> Rights:
    """What roles give, and what the post of the day adds while it is held."""
    rights, jobs = Rights(), list(jobs)
    partners = {job.hall_id for job in jobs if job.hall and job.hall.operation != Operation.SELF}
    for hall_id in duty_halls:
        for verb in _given(Role.DUTY_MANAGER, is_partner=hall_id in partners):
            rights.halls[verb].add(hall_id)
        rights.rank = RANK[Role.DUTY_MANAGER]
    for job in jobs:
        regions = set() if job.region_id is None else regions_below(job.region_id)
        halls = {job.hall_id} if job.hall_id else halls_in(regions)
        for verb in _given(job.role, is_partner=job.hall_id in partners):
            rights.halls[verb] |= halls
            rights.regions[verb] |= regions
        rights.rank = max(rights.rank, RANK[job.role])
    if partners:
        _add_grants(rights, jobs[0].user_id)
    return rights


def _given(role: str, *, is_partner: bool) -> frozenset[str]:
    return ROLE_VERBS[role] - WITHHELD_AT_PARTNERS if is_partner else ROLE_VERBS[role]


def _add_grants(rights: Rights, user_id: int) -> None:
    """What the operator has granted to a partner's person, from a day to a day."""
    for grant in Grant.objects.filter(user=user_id).select_related("hall"):
        if grant.in_force(time.business_day(time.now())):
            rights.halls[grant.verb].add(grant.hall_id)


def regions_below(region_id: int) -> set[int]:
    """A region and the regions under it."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Region.objects.values_list("pk", "parent"):
        children[parent].append(pk)
    found, todo = set(), [region_id]
    while todo:
        here = todo.pop()
        found.add(here)
        todo += children[here]
    return found


def halls_in(regions: Iterable[int]) -> set[int]:
    return set(Hall.objects.filter(region_id__in=regions).values_list("pk", flat=True))


def may_reset_password(actor: User, person: User) -> bool:
    """Below oneself only, and only when every place the person works at is within reach.

    One's own password is changed, not reset; the owner's is reset by an owner.
    """
    return _is_over(actor, person, "staff.reset_password")


def may_manage(actor: User, person: User) -> bool:
    """The same for a person's name, jobs and ways in; for who has left, by the jobs they had."""
    return _is_over(actor, person, "staff.manage")


def may_certify(actor: User, person: User) -> bool:
    """Whether certificates of a person are the actor's to record: never one's own."""
    return _is_over(actor, person, "certificate.manage")


def may_give(actor: User, role: str, *, hall: Hall | None, region: Region | None) -> bool:
    """A job below one's own rank, in a place within reach."""
    if actor.is_superuser:
        return True
    job = Employment(role=role, hall=hall, region=region)
    return RANK[role] < actor.rights.rank and actor.rights.reaches("staff.manage", job)


def roles_to_give(actor: User) -> list[str]:
    """Roles below the actor's rank, in the order of the list of roles."""
    return [role for role in Role.values if actor.is_superuser or RANK[role] < actor.rights.rank]


def _is_over(actor: User, person: User, verb: str) -> bool:
    if actor.pk == person.pk or (person.is_superuser and not actor.is_superuser):
        return False
    if actor.is_superuser:
        return True
    today = time.business_day(time.now())
    ever = list(person.employments.all())
    jobs = [job for job in ever if person.is_active and (job.valid_to is None or today <= job.valid_to)] or ever
    return bool(jobs) and all(RANK[job.role] < actor.rights.rank and actor.rights.reaches(verb, job) for job in jobs)
