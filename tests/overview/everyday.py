"""Rows of a random history beside queue and complaints: rosters and cards, checks, faults, visits, redemptions."""

from datetime import date, datetime, time
from typing import Any

from core.time import at
from halls.actions import faults
from halls.actions.faults import Work
from halls.models import CheckList, Equipment, EquipmentKind, Hall, Material, Round, TakenDown
from inspections.actions import improvement
from inspections.models import CorrectiveAction, Finding
from loyalty.models import PointsOperation, Redemption
from queueing.models import Alert
from staff.models import Attendance, DailyClosing, Handover, User
from tests.factories import make_gift
from tests.inspections.rows import make_auditor, make_visit
from tests.loyalty.life import make_member
from tests.overview.city import DAY, DAYS, FIRST, MINUTE, NOW, SECOND, City, Place
from tests.staff.rosters import make_roster, make_shift, put

# ---- people -----------------------------------------------------------------------------------------------------


def people(city: City, place: Place) -> None:
    """Two months' rosters and one that was replaced, cards before, at and after their minute, and what is signed."""
    draw, hall = city.draw, place.hall
    early = make_shift(hall, "early", time(8, 30), time(17, 30))
    late = make_shift(hall, "late", time(14, 41), time(22, 0))
    rosters = {day.month: make_roster(hall, day) for day in (FIRST, NOW.date())}
    replaced = make_roster(hall, FIRST, state="replaced", version=7)
    for back in range(6):
        day = FIRST - DAY + back * DAY
        for person in place.clerks:
            shift = draw.choice([early, late, None])
            if shift is not None:
                put(rosters[day.month], person, day, shift)
                _card(city, place, person, day, at(day, shift.begins))
        if day.month == FIRST.month:
            put(replaced, place.clerks[0], day, early)
    _signed(city, place)


def _card(city: City, place: Place, person: User, day: date, begins: datetime) -> None:
    came = city.draw.choice([None, begins - 16 * MINUTE, begins - 15 * MINUTE, begins - 14 * MINUTE, begins + MINUTE])
    if city.draw.random() < 0.9:
        Attendance.objects.create(
            hall=place.hall, person=person, day=day, post="window", begins_at=begins, ends_at=begins + 8 * 60 * MINUTE,
            early_minutes=15, checked_in_at=came,
        )  # fmt: skip


def _signed(city: City, place: Place) -> None:
    draw = city.draw
    for at_window, window in enumerate(place.windows):
        giver, taker = draw.sample(place.clerks, 2)
        state = draw.choice(["filling", "waiting_taker", "waiting_relief", "waiting_relief", "cancelled", "done"])
        Handover.objects.create(
            hall=place.hall, window=window, day=NOW.date(), state=state, giver=giver, taker=taker, opened_at=NOW,
            mode=draw.choice(["face", "face", "night"]) if at_window else "face",
            giver_signed_at=NOW - 20 * MINUTE, taker_signed_at=NOW - 10 * MINUTE,
            relief_due_at=draw.choice([None, NOW - SECOND, NOW]) if at_window else NOW - SECOND,
            consent_at=draw.choice([None, None, NOW]) if at_window else None,
        )  # fmt: skip
    for back in range(9, 0, -1):
        state = draw.choice(["counting", "submitted", "submitted", ""])
        if state:
            DailyClosing.objects.create(
                hall=place.hall, day=NOW.date() - back * DAY, state=state, opened_by=place.manager, opened_at=NOW,
                submitted_by=place.manager, submitted_at=NOW - DAY, exception_at=NOW,
            )  # fmt: skip


# ---- the floor, inspections, points -------------------------------------------------------------------------------


def floor(city: City, place: Place) -> None:
    draw, hall = city.draw, place.hall
    kind, _ = EquipmentKind.objects.get_or_create(code="pos", defaults={"name": "POS", "order": 1})
    for serial in range(6):
        thing = Equipment.objects.create(hall=hall, kind=kind, name=f"POS {serial}")
        now = at(FIRST, time(0)) + draw.choice([-4000, -1, 0, 24 * 60, draw.randrange(4 * 24 * 60)]) * MINUTE
        fault = faults.find_fault(thing, "不出票", actor=place.manager, now=now)
        for act in (faults.report_fault, faults.end_repair, faults.accept_repair):
            now += draw.choice([60, 8 * 60, 17 * 60]) * MINUTE
            if draw.random() < 0.85 and now < NOW:
                work = Work("联系维保", max(now.date(), NOW.date()))
                city.attempt(act, fault.pk, work, actor=place.manager, now=now)
    _rounds(city, place)
    _hung(city, place)
    window = place.windows[0]
    called = {"subject": str(window.pk), "window": window, "facts": {"window": window.label, "clerk": "小李"}}
    Alert.objects.create(hall=hall, kind="manager", level="red", opened_at=NOW, **called)
    Alert.objects.create(hall=hall, kind="noon", level="yellow", opened_at=NOW, closed_at=NOW)


def _rounds(city: City, place: Place) -> None:
    """Of every check about two thirds, also of the day before, of moments to come and of moments not asked for."""
    lists = {kind: CheckList.objects.get_or_create(kind=kind, hall=None, hall_type="")[0] for kind in CHECKS}
    lists["patrol"].times = [time(8, 30), time(14, 40), time(16, 0), time(23, 59)]
    lists["patrol"].save()
    for back in range(DAYS + 1):
        day = FIRST + back * DAY
        opens, closes = hours.span(day) if (hours := _hours(place.hall, day)) else (at(day, time(12)),) * 2
        moments = [("opening", opens), ("closing", closes)]
        moments += [("patrol", at(day, one)) for one in lists["patrol"].times if opens <= at(day, one) < closes]
        moments += [("patrol", at(day, time(11, 15)))] * (back % 2)  # at a moment that no list asks for
        for kind, slot in moments:
            if _hours(place.hall, day) and city.draw.random() < 0.65:
                Round.objects.create(
                    hall=place.hall, list=lists[kind], kind=kind, slot=slot, started_at=slot, by=place.manager,
                    finished_at=city.draw.choice([slot, slot, None]),
                )  # fmt: skip


CHECKS = ("opening", "closing", "patrol")


def _hours(hall: Hall, day: date) -> Any:
    dated = hall.hours_exceptions.filter(day=day).first()
    return dated.hours if dated else hall.weekly_hours.get(weekday=day.weekday()).hours


def _hung(city: City, place: Place) -> None:
    draw, today = city.draw, NOW.date()
    for serial in range(8):
        of = draw.choice([{"hall": place.hall}, {"region": place.hall.region}, {"region": place.hall.region.parent}])
        row = Material.objects.create(
            **of, kind="poster", carrier=draw.choice(["poster", "leaflet", "screen"]), title=f"海报 {serial}",
            valid_from=today - 30 * DAY, valid_to=today + draw.randrange(-3, 2) * DAY, made_by=place.manager,
            made_at=NOW, retired_at=draw.choice([None, None, None, NOW]),
        )  # fmt: skip
        if draw.random() < 0.25:
            TakenDown.objects.create(material=row, hall=place.hall, by=place.manager, at=NOW)


def inspections(city: City, place: Place) -> None:
    draw = city.draw
    auditor = make_auditor()
    for serial in range(7):
        started = at(FIRST, time(0)) + draw.choice([-1, 0, 23 * 60 + 59, 24 * 60, draw.randrange(5000)]) * MINUTE
        visit = make_visit(
            place.hall, auditor, on=started.date(), kind=draw.choice(["open", "mystery", "self_check"]),
            state=draw.choice(["submitted", "final", "final", "appealing", "running", "cancelled"]), started_at=started,
            score=draw.choice([None, *range(85, 100)]),
        )  # fmt: skip
        finding = Finding.objects.create(
            visit=visit, hall=place.hall, item=f"A{serial}", name="离岗", points=3, found_on=started.date(),
            fixed_on_spot=draw.random() < 0.2,
        )  # fmt: skip
        improvement.open_for(visit, now=NOW - 10 * DAY)
        action = CorrectiveAction.objects.get(finding=finding)
        action.owner, action.due_on = place.manager, NOW.date() + draw.randrange(-2, 2) * DAY
        action.save()
        for act in range(draw.randrange(4)):
            when = NOW - (9 - act) * DAY
            if act % 2 == 0:
                city.attempt(improvement.prove, action, "已整改", actor=place.manager, now=when)
            else:
                passed = draw.random() < 0.5
                city.attempt(improvement.recheck, action, passed=passed, note="看过", actor=auditor, now=when)


def redemptions(city: City, place: Place) -> None:
    """Operations and their reversals, at the edges of days too; the desk's own checks are proved elsewhere."""
    draw = city.draw
    gift = make_gift(f"UMB{place.hall.code}", 1500)
    member = make_member()
    for serial in range(8):
        when = at(FIRST, time(0)) + draw.choice([-1, 0, 24 * 60 - 1, 24 * 60, draw.randrange(5000)]) * MINUTE
        points, key = draw.randrange(1, 5) * 500, f"{place.hall.code}-{serial}"
        took = PointsOperation.objects.create(
            key=key, account_id=member.pk, kind=1, points=-points, at=when, hall=place.hall
        )
        is_cancelled = draw.random() < 0.3
        if is_cancelled:
            PointsOperation.objects.create(
                key=f"{key}-back", account_id=member.pk, kind=2, points=points, at=when, reverses=took
            )
        Redemption.objects.create(
            number=key, key=key, customer=member, hall=place.hall, clerk=place.clerks[0], gift=gift, quantity=1,
            price=points, points=points, identity="id_card", at=when, operation=took,
            state="cancelled" if is_cancelled else "done", cancelled_at=when if is_cancelled else None,
        )  # fmt: skip
