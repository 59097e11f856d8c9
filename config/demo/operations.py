"""The daily running of the six live halls: equipment, faults, two weeks of checks, incidents, registers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from config.demo.people import Member
from core import time
from halls.actions.first_lists import write_first_lists
from halls.models import (
    CheckItem,
    Equipment,
    EquipmentKind,
    Fault,
    FaultEvent,
    Hall,
    HallZone,
    Incident,
    IncidentTell,
    Round,
    RoundAnswer,
    Stain,
    SupplyRequest,
    UmbrellaLoan,
    Visitor,
)
from halls.queries.calendar import working_days
from halls.queries.rounds import Due, due_on
from halls.rules.faults import fix_due
from halls.states import Answer, CheckKind, FaultDid, FaultState, HallType, IncidentKind, RoundState, Zone
from staff.models import User
from staff.states import Role

DAYS = 14
FEW = ("pc", "printer", "reader", "cctv", "power", "water", "extinguisher")
MANY = ("screen", "speaker", "payment", "statement", "query", "numbers", "online", "pos", "camera", "lamp", "alarm")
MACHINES = ("kiosk", "details")
BAD = ("灯箱一角不亮,已报物业", "纸杯用完,已补", "样机没电,已充", "地面有水渍,已拖净", "宣传单页不足,已补")
PATROLLED = frozenset({CheckKind.OPENING, CheckKind.CLOSING, CheckKind.PATROL})


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> int:
    """Write everything; returns the number of checks."""
    write_first_lists()
    draw, today = Random("operations"), time.business_day(now)
    keepers = {code: _keeper(code, members) for code, hall in halls.items() if hall.is_live}
    kinds = {row.code: row for row in EquipmentKind.objects.all()}
    for code in keepers:
        _furnish(halls[code], kinds, today, draw)
    _break_things(halls, keepers, now, draw)
    _happen(halls, keepers, now)
    return sum(_check(halls[code], person, now, draw) for code, person in keepers.items())


def _keeper(code: str, members: list[Member]) -> User:
    here = [member for member in members if member.hall == code]
    duty = [one for one in here if one.job.role == Role.DUTY_MANAGER]
    return (duty or here)[0].user


def _furnish(hall: Hall, kinds: Mapping[str, EquipmentKind], today: date, draw: Random) -> None:
    codes = [*FEW, *(MANY if hall.type != HallType.TOWNSHIP else MANY[:3])]
    codes += MACHINES if not hall.is_line else ()
    rows = []
    for code in codes:
        expires = today + timedelta(days=draw.choice([-3, 12, 26, 200, 340])) if code == "extinguisher" else None
        kind = kinds[code]
        rows.append(
            Equipment(
                hall=hall,
                kind=kind,
                name=kind.name,
                supplier=draw.choice(["江东设备维保", "润州科技", "宏远电子"]),
                supplier_phone="0511-80000099",
                installed_on=today - timedelta(days=draw.randint(200, 1500)),
                expires_on=expires,
            )
        )
    Equipment.objects.bulk_create(rows)
    lacking = {Zone.RECEPTION} if hall.code == "ZJ01" else set()
    HallZone.objects.bulk_create(HallZone(hall=hall, zone=zone) for zone in Zone if zone not in lacking)


def _break_things(halls: Mapping[str, Hall], keepers: Mapping[str, User], now: datetime, draw: Random) -> None:
    """Past faults that were mended, and the open ones of the city's stories."""
    for code, person in keepers.items():
        things = list(Equipment.objects.filter(hall=halls[code]).select_related("kind"))
        for thing in draw.sample(things, 3):
            found = now - timedelta(days=draw.randint(3, 60), hours=draw.randint(1, 5))
            mended = found + timedelta(hours=draw.choice([1, 3, 4, 26, 50]))
            _fault(thing, person, found, mended, draw)
    kiosk = Equipment.objects.filter(hall=halls["ZJ05"], kind__code="kiosk").first()
    if kiosk:
        row = _fault(kiosk, keepers["ZJ05"], now - timedelta(hours=5), None, draw, symptom="缺纸")
        row.reported_at, row.state = row.found_at + timedelta(minutes=40), FaultState.REPORTED
        row.plan, row.planned_on = "热敏纸明天送到", time.business_day(now) + timedelta(days=1)
        row.save()
        FaultEvent.objects.create(
            fault=row, did=FaultDid.REPORTED, at=row.reported_at, person=keepers["ZJ05"], note=row.plan
        )
    reader = Equipment.objects.get(hall=halls["ZJ01"], kind__code="reader")
    _fault(reader, keepers["ZJ01"], now - timedelta(hours=9), None, draw, symptom="无法读证")


def _fault(
    thing: Equipment, person: User, found: datetime, mended: datetime | None, draw: Random, symptom: str = ""
) -> Fault:
    says = symptom or draw.choice(thing.kind.symptoms or ["不能用"])
    row = Fault.objects.create(
        equipment=thing,
        hall_id=thing.hall_id,
        symptom=says,
        state=FaultState.FIXED if mended else FaultState.TO_REPORT,
        found_at=found,
        found_by=person,
        report_due=found + timedelta(hours=8),
        fix_due=fix_due(found, working_days(time.business_day(found)), days=5),
        reported_at=found + timedelta(minutes=30) if mended else None,
        plan="请维保上门" if mended else "",
        planned_on=time.business_day(mended) if mended else None,
        fixed_at=mended,
        cost=Decimal(draw.choice([0, 80, 150, 320])) if mended else None,
    )
    FaultEvent.objects.create(fault=row, did=FaultDid.FOUND, at=found, person=person, note=says)
    if mended:
        half_hour_on = found + timedelta(minutes=30)
        steps = ((FaultDid.REPORTED, half_hour_on), (FaultDid.DONE, mended), (FaultDid.ACCEPTED, mended))
        FaultEvent.objects.bulk_create(FaultEvent(fault=row, did=did, at=at, person=person) for did, at in steps)
    return row


def _check(hall: Hall, person: User, now: datetime, draw: Random) -> int:
    """Each due check of the last days, made a few minutes after it opened; now and then one is left out or late."""
    today = time.business_day(now)
    due = [
        one
        for ago in range(DAYS, -1, -1)
        for one in due_on(hall, today - timedelta(days=ago), now)
        if one.list.kind in PATROLLED and one.opens < now - timedelta(minutes=30) and one.round is None
    ]
    kept = [one for one in due if draw.random() < 0.96 or one.state == RoundState.DUE]
    made = Round.objects.bulk_create(_round(hall, one, person, draw) for one in kept)
    items = {one.list.pk: list(CheckItem.objects.filter(list=one.list)) for one in kept}
    answers = [
        _answer(row, item, person, draw) for row, one in zip(made, kept, strict=True) for item in items[one.list.pk]
    ]
    RoundAnswer.objects.bulk_create(answers, batch_size=2000)
    return len(made)


def _round(hall: Hall, due: Due, person: User, draw: Random) -> Round:
    begun = due.opens + timedelta(minutes=draw.randint(1, 8))
    finished = begun + timedelta(minutes=draw.choice([6, 9, 12, 15, 55]))
    return Round(
        hall=hall,
        list=due.list,
        kind=due.list.kind,
        slot=due.slot,
        started_at=begun,
        by=person,
        finished_at=finished,
        in_time=finished <= due.until,
    )


def _answer(row: Round, item: CheckItem, person: User, draw: Random) -> RoundAnswer:
    bad = draw.random() < 0.02
    return RoundAnswer(
        round=row,
        item=item,
        answer=Answer.BAD if bad else Answer.GOOD,
        note=draw.choice(BAD) if bad else "",
        at=row.finished_at or row.started_at,
        by=person,
    )


def _happen(halls: Mapping[str, Hall], keepers: Mapping[str, User], now: datetime) -> None:
    hall, person = halls["ZJ01"], keepers["ZJ01"]
    _incident(hall, person, now)
    _registers(hall, person, now)


def _incident(hall: Hall, person: User, now: datetime) -> None:
    began = now - timedelta(days=4, hours=2)
    done = Incident.objects.create(
        hall=hall,
        kind=IncidentKind.SYSTEM,
        text="业务系统无法登录,套餐变更和补卡停办",
        measures="35 分钟后恢复,等候客户按原号优先办理,已短信通知离开的客户",
        began_at=began,
        opened_at=began,
        opened_by=person,
        ended_at=began + timedelta(minutes=38),
        ended_by=person,
    )
    IncidentTell.objects.bulk_create(
        IncidentTell(
            incident=done,
            whom=whom,
            due_at=began + timedelta(minutes=minutes),
            told_at=began + timedelta(minutes=2),
            told_by=person,
        )
        for whom, minutes in (("值班经理", 3), ("市公司支撑", 5))
    )


def _registers(hall: Hall, person: User, now: datetime) -> None:
    lent = now - timedelta(days=6)
    UmbrellaLoan.objects.create(
        hall=hall,
        thing="雨伞",
        borrower="陈先生",
        phone="13800000321",
        due_on=time.business_day(now) - timedelta(days=3),
        lent_at=lent,
        lent_by=person,
    )
    Visitor.objects.create(
        hall=hall,
        name="赵工",
        company="江东设备维保",
        purpose="读证仪检修",
        came_at=now - timedelta(days=1, hours=3),
        left_at=now - timedelta(days=1, hours=2),
        host=person,
    )
    SupplyRequest.objects.create(
        hall=hall,
        thing="热敏纸卷(80 mm)",
        quantity=40,
        reason="月初取号量大,现存不足 3 天",
        asked_at=now - timedelta(hours=20),
        asked_by=person,
    )
    found = now - timedelta(hours=1)
    Stain.objects.create(
        hall=hall,
        place="休息区地面",
        minutes=5,
        found_at=found,
        found_by=person,
        cleaned_at=found + timedelta(minutes=4),
        cleaned_by="保洁孙阿姨",
    )
