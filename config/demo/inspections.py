"""Three months of inspections in all fourteen halls, this month's plan, and the stories that wait at first login."""

import hashlib
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from config.demo import pictures
from config.demo.people import Member
from core.time import at, business_day, local
from halls.models import BusinessType, Hall
from inspections.actions import months, photos, submitting
from inspections.actions import visits as visit_actions
from inspections.models import (
    ActionEvent,
    Appeal,
    Bonus,
    CardVersion,
    CorrectiveAction,
    Finding,
    Operation,
    Photo,
    Question,
    Tablet,
    Visit,
)
from inspections.queries import cards as card_reads
from inspections.queries.halls import snapshot
from inspections.rules import sheet as sheets
from inspections.rules.cards import Card
from inspections.states import ActionDid, ActionState, BonusState, VisitKind, VisitState
from staff.models import User
from staff.queries.people import supervisors_of
from staff.states import Role

SEED = "inspections"
MONTHS_BACK = 2
EACH_MONTH = 4
WEAK = {"ZJ04": ("A5.1",), "ZJ06": ("A4.4",), "ZJ02": ("B2.2.7",)}  # the same item, every month
SHARE = {"goutong100": 4, "gotone_store": 4, "mzone_store": 5, "standard": 6, "handset_mall": 7, "township": 8}
NOTES = {
    "A5.1": "柜台左侧海报已过期,仍在展示",
    "A4.4": "一米线磨损看不清,客户挤在窗口前",
    "A4.2.2": "饮水机旁地面有水渍,超过时限未清理",
    "A4.5": "2 号自助终端缺纸,没有告示",
    "B2.2.7": "交费客户未被告知可以线上办理",
    "A2.3": "2 号窗口营业员看手机",
    "A3.1": "客户走近时无问候",
    "A1.10": "工号牌反置",
}
QUESTIONS = (
    ("plan_change", "套餐变更什么时候生效?", (("次月生效", 3), ("当月费用如何计算", 5), ("原套餐优惠是否保留", 4))),
    ("plan_change", "合约没到期能不能换套餐?", (("合约期内的限制", 5), ("可换的档位", 4))),
    ("sim_replace", "手机卡丢了,怎么补卡?", (("先挂失停机", 3), ("本人证件原件", 5), ("代办需双方证件", 4))),
    ("new_account", "未成年人能不能开户?", (("监护人陪同", 5), ("需户口簿或关系证明", 4), ("实名登记", 3))),
    ("broadband", "宽带报修多久上门?", (("受理后联系时间", 4), ("上门时限", 5))),
    ("points", "积分为什么暂时不能用?", (("入网满六个月", 5), ("停机状态不能用", 4))),
    ("transfer", "过户要带什么?", (("双方证件原件", 5), ("结清费用", 4), ("合约先解除", 4))),
    ("roaming", "出国前怎样开通漫游?", (("开通渠道", 3), ("当地资费", 5), ("流量包", 4))),
    ("port_out", "携号转网前要查什么?", (("是否有合约", 5), ("结清话费", 4), ("授权码有效期", 4))),
    ("payment", "预存话费能退吗?", (("普通预存可以转存", 3), ("活动预存按约定", 5))),
)


@dataclass
class Drawer:
    """What is written in bulk at the end."""

    visits: list[Visit] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def make(halls: dict[str, Hall], members: Iterable[Member], now: datetime) -> int:
    """Returns the number of visits."""
    people = list(members)
    auditors = [one.user for one in people if one.job.role == Role.INSPECTOR]
    version = card_reads.ranked()
    if version is None or not auditors:
        return 0
    _questions(business_day(now))
    tablets = {
        one.pk: Tablet.objects.create(id=_uuid(f"tablet {one.staff_no}"), person=one, first_seen_at=now)
        for one in auditors
    }
    drawer, maker = Drawer(), _Maker(version, tablets, now)
    for code, hall in halls.items():
        for planned in _days(code, now):
            maker.over(drawer, hall, auditors, planned)
    maker.second(drawer, auditors)
    Visit.objects.bulk_create(drawer.visits)
    Operation.objects.bulk_create(drawer.operations, batch_size=4000)
    Finding.objects.bulk_create(drawer.findings)
    managers = {one.hall: one.user for one in people if one.job.role == Role.HALL_MANAGER}
    supervisors = {code: next(iter(supervisors_of(hall)), None) for code, hall in halls.items()}
    _actions(drawer, managers, supervisors, now)
    _ahead(halls, auditors, version, now)
    _stories(halls, managers, auditors, now)
    submitting.close_appeal_time(now)
    for month in {day.replace(day=1) for code in halls for day in _days(code, now)}:
        months.reckon(month, now=now)
    _bonus(halls, managers, now)
    return len(drawer.visits)


def _questions(today: date) -> None:
    businesses = {one.code: one for one in BusinessType.objects.all()}
    Question.objects.bulk_create(
        Question(
            business=businesses[code],
            text=text,
            points=[{"text": words, "price": price} for words, price in points],
            valid_from=today - timedelta(days=200),
        )
        for code, text, points in QUESTIONS
        if code in businesses
    )


def _uuid(text: str) -> UUID:
    return UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())


def _days(code: str, now: datetime) -> list[date]:
    """Four days of each of the last months, and those of this month that are over."""
    dice, today, found = random.Random(f"{SEED}:{code}"), business_day(now), []
    first = today.replace(day=1)
    for _ in range(MONTHS_BACK):
        first = (first - timedelta(days=1)).replace(day=1)
    while first <= today:
        found += [first + timedelta(days=7 * part + dice.randrange(5)) for part in range(EACH_MONTH)]
        first = (first + timedelta(days=32)).replace(day=1)
    return [day for day in found if day < today]


class _Maker:
    """Tells visits as tablets would, from operations to score."""

    def __init__(self, version: CardVersion, tablets: dict[int, Tablet], now: datetime) -> None:
        self.version, self.card, self.tablets, self.now = version, version.facts, tablets, now
        self.counters = dict.fromkeys(tablets, 0)
        self.snapshots: dict[int, dict] = {}

    def over(self, drawer: Drawer, hall: Hall, auditors: list[User], day: date) -> Visit:
        dice = random.Random(f"{SEED}:{hall.code}:{day}")
        auditor = auditors[dice.randrange(len(auditors))]
        failed = self.failed(hall, dice)
        kind = VisitKind.MYSTERY if dice.random() < 0.5 else VisitKind.OPEN
        return self.told(drawer, hall, auditor, day, kind, failed, dice)

    def failed(self, hall: Hall, dice: random.Random) -> list[str]:
        share = SHARE[hall.type] / 100
        usual = [code for code, item in self.card.items.items() if not item.is_counted and dice.random() < share]
        weak = [code for code in WEAK.get(hall.code, ()) if dice.random() < 0.8]
        return [code for code in dict.fromkeys([*usual, *weak]) if code not in {"A1.1", "A1.2"}]

    def told(
        self, drawer: Drawer, hall: Hall, auditor: User, day: date, kind: str, failed: list[str], dice: random.Random
    ) -> Visit:
        began = at(day, time(9 + dice.randrange(7), dice.randrange(60)))
        visit = Visit(
            id=_uuid(f"{hall.code} {day} {auditor.pk}"),
            hall=hall,
            version=self.version,
            auditor=auditor,
            kind=kind,
            planned_on=day,
            hall_snapshot=self.snapshots.setdefault(hall.pk, snapshot(hall, day)),
        )
        told = list(self.words(began, failed, dice))
        operations = [self.operation(visit, key, value, began) for key, value in told]
        operations.append(self.operation(visit, "submit", {"before": len(operations)}, began))
        visit.sheet = sheets.fold(_as_rule(one) for one in operations)
        visit.started_at, visit.distance = began, dice.randrange(5, 60)
        submitted = began + timedelta(minutes=50 + dice.randrange(40))
        _hand_in(visit, self.card, drawer, submitted)
        drawer.visits.append(visit)
        drawer.operations += operations
        return visit

    def words(self, began: datetime, failed: list[str], dice: random.Random) -> Iterator[tuple[str, object]]:
        yield "start", {"at": local(began).isoformat(), "place": None}
        yield "peak", "peak" if began.hour in {1, 2} else "off_peak"
        yield "fact:idle_staff", True
        for code, item in self.card.items.items():
            if code in failed:
                yield f"answer:{code}", "fail"
                yield f"note:{code}", NOTES.get(code, f"{item.name}:现场不符合")
            else:
                yield f"answer:{code}", "unseen" if dice.random() < 0.02 else "pass"
        if dice.random() < 0.25:
            yield f"entry:{dice.randrange(10**9)}", {"item": "B1.1.1", "points": 3, "note": "漏讲生效时间"}
        yield "signature:auditor", {"name": "", "strokes": [[20, 90, 60, 40, 90, 100, 140, 50, 200, 95]]}
        yield "signature:hall", {"name": "", "strokes": [[30, 60, 80, 100, 120, 50, 180, 100]]}

    def operation(self, visit: Visit, key: str, value: object, moment: datetime) -> Operation:
        tablet = self.tablets[visit.auditor_id]
        self.counters[visit.auditor_id] += 1
        counter = self.counters[visit.auditor_id]
        said = local(moment).isoformat()
        return Operation(
            visit=visit,
            tablet=tablet,
            counter=counter,
            clock=counter,
            key=key,
            value=value,
            said_at=said,
            received_at=moment,
        )

    def second(self, drawer: Drawer, auditors: list[User]) -> None:
        """双盲: now and then somebody else the same day, who sees nearly the same."""
        for first in drawer.visits[::23][:8]:
            dice = random.Random(f"{SEED}:second:{first.pk}")
            other = next(one for one in auditors if one.pk != first.auditor_id)
            failed = [code for code, answer in sheets.answers(first.sheet).items() if answer == "fail"]
            failed = [code for code in failed if dice.random() < 0.8] + self.failed(first.hall, dice)[:1]
            made = self.told(drawer, first.hall, other, first.planned_on, first.kind, failed, dice)
            made.second_of = first


def _as_rule(one: Operation) -> sheets.Operation:
    return sheets.Operation(str(one.tablet_id), one.counter, one.clock, one.key, one.value, one.said_at)


def _hand_in(visit: Visit, card: Card, drawer: Drawer, moment: datetime) -> None:
    reading = sheets.read(card, visit.sheet, visit.hall_snapshot, visit.planned_on)
    visit.submitted_at, visit.state = moment, VisitState.SUBMITTED
    submitting.write_score(visit, reading.score)
    visit.breakdown = submitting.breakdown(reading)
    drawer.findings += submitting.findings_of(visit, card, reading.score)


def _actions(
    drawer: Drawer, managers: dict[str | None, User], supervisors: dict[str, User | None], now: datetime
) -> None:
    """Old ones are done; of the last week some are open, one waits for a re-check, one is late."""
    made, today = [], business_day(now)
    for number, finding in enumerate(drawer.findings):
        opened = finding.visit.submitted_at
        assert opened is not None
        due_on = business_day(opened) + timedelta(days=7)
        state = ActionState.DONE
        if due_on >= today:
            state = ActionState.RECHECK if number % 5 == 0 else ActionState.OPEN
        elif due_on >= today - timedelta(days=2) and number % 4 == 0:
            state = ActionState.OPEN
        closed = at(min(due_on, today - timedelta(days=1)), time(16)) if state == ActionState.DONE else None
        made.append(
            CorrectiveAction(
                finding=finding,
                hall=finding.hall,
                owner=managers.get(finding.hall.code) or supervisors[finding.hall.code],
                state=state,
                due_on=due_on,
                opened_at=opened,
                closed_at=closed,
                proof="" if state == ActionState.OPEN else "已整改,并在晨会上提醒",
            )
        )
    CorrectiveAction.objects.bulk_create(made)
    ActionEvent.objects.bulk_create(event for action in made for event in _history(action))


def _history(action: CorrectiveAction) -> list[ActionEvent]:
    events = [ActionEvent(action=action, did=ActionDid.OPENED, at=action.opened_at)]
    if action.state in {ActionState.DONE, ActionState.RECHECK}:
        moment = action.opened_at + timedelta(hours=20)
        events.append(
            ActionEvent(action=action, did=ActionDid.PROVED, at=moment, person=action.owner, note=action.proof)
        )
    if action.closed_at:
        events.append(ActionEvent(action=action, did=ActionDid.PASSED, at=action.closed_at))
    return events


def _ahead(halls: dict[str, Hall], auditors: list[User], version: CardVersion, now: datetime) -> None:
    """What is to come: three visits today, the rest over the next two weeks."""
    today, dice = business_day(now), random.Random(f"{SEED}:ahead")
    plan = [("ZJ01", 0, VisitKind.OPEN), ("ZJ06", 0, VisitKind.MYSTERY), ("ZJ05", 1, VisitKind.OPEN)]
    plan += [(code, dice.randrange(1, 14), dice.choice([VisitKind.OPEN, VisitKind.MYSTERY])) for code in halls]
    for number, (code, days, kind) in enumerate(plan):
        auditor = auditors[0] if days == 0 else auditors[number % len(auditors)]
        visit_actions.make(halls[code], version, auditor, on=today + timedelta(days=days), kind=kind)


def _stories(halls: dict[str, Hall], managers: dict[str | None, User], auditors: list[User], now: datetime) -> None:
    """ZJ03: a photo still under way. ZJ02: an appeal waits. ZJ01: an old photo to compare with."""
    visit = Visit.objects.over().filter(hall=halls["ZJ03"], second_of=None).order_by("-submitted_at")[0]
    finding = visit.findings.first()
    item = finding.item if finding else "A4.2.2"
    Photo.objects.create(
        id=_uuid("ZJ03 photo"),
        visit=visit,
        item=item,
        sha256="0" * 64,
        size=412_338,
        announced_at=now - timedelta(minutes=40),
    )
    undone = list(CorrectiveAction.objects.filter(finding__in=list(visit.findings.all())).values_list("pk", flat=True))
    ActionEvent.objects.filter(action__in=undone).delete()
    CorrectiveAction.objects.filter(pk__in=undone).delete()
    visit.state, visit.submitted_at = VisitState.UPLOADING, now - timedelta(minutes=35)
    visit.save(update_fields=["state", "submitted_at"])
    disputed = Visit.objects.filter(hall=halls["ZJ02"], second_of=None, findings__isnull=False).order_by(
        "-submitted_at"
    )[0]
    disputed.state, disputed.submitted_at = VisitState.APPEALING, now - timedelta(days=1)
    disputed.save(update_fields=["state", "submitted_at"])
    assert disputed.score is not None
    appeal = Appeal.objects.create(
        visit=disputed,
        hall=halls["ZJ02"],
        reason="当时正为老年客户取水,离席已向客户说明,监控可以查看。",
        raised_by=managers["ZJ02"],
        raised_at=now - timedelta(hours=5),
        score_before=disputed.score,
    )
    appeal.findings.set(disputed.findings.all()[:1])
    pictured = Visit.objects.filter(hall=halls["ZJ04"], findings__item="A5.1").order_by("-submitted_at").first()
    if pictured is not None:
        picture(pictured, "A5.1", now)


def picture(visit: Visit, item: str, now: datetime) -> None:
    data = pictures.poster()
    photo = Photo.objects.create(
        id=_uuid(f"{visit.pk} {item}"),
        visit=visit,
        item=item,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        announced_at=now,
        completed_at=now,
        extension="png",
    )
    path = photos.path_of(photo)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _bonus(halls: dict[str, Hall], managers: dict[str | None, User], now: datetime) -> None:
    month = (business_day(now).replace(day=1) - timedelta(days=1)).replace(day=1)
    Bonus.objects.create(
        hall=halls["ZJ05"],
        month=month,
        criteria=["C1", "C5", "C6", "C12"],
        innovation="设「快办岛」:交费和查询由流动岗用平板在等候区办完,月初高峰平均等候少 6 分钟。",
        state=BonusState.NOMINATED,
        nominated_by=managers["ZJ05"],
        nominated_at=now - timedelta(days=2),
    )
