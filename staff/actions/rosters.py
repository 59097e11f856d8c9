"""A hall's month from draft to published version, and every change after that as a version of its own."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from core import time
from core.errors import Refused
from halls.models import Hall
from messaging import actions as messaging
from staff import live
from staff.actions import duty
from staff.models import Roster, RosterWish, ShiftType, SolverRun, Turn, User, WindowNeed
from staff.queries import roster_problem as reads
from staff.queries import rosters as on_duty
from staff.rules import roster_checks as checks
from staff.rules import roster_report as reports
from staff.rules.rosters import Entry, Plan, Problem
from staff.rules.shifts import clock
from staff.states import AskState, NeedSource, RosterState

# What a cell alone makes impossible is refused at once; what depends on the neighbours is shown, and stops publishing.
AT_ONCE = frozenset({"on_leave", "no_certificate", "unavailable", "no_late", "day_hours", "closed"})
EXPLAINED = frozenset({"noon_half", "no_manager", "no_zone", "handover_at_peak"})
MOST_SHOWN = 3

Changes = Mapping[tuple[int, date], Entry | None]


@transaction.atomic
def open_draft(hall: Hall, month: date, *, actor: User, now: datetime) -> Roster:
    """The draft of a month: the one that is open, else a copy of what is published, else an empty one."""
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    draft = Roster.objects.filter(hall=hall, month=month, state=RosterState.DRAFT).first()
    if draft is not None:
        return draft
    base = on_duty.published(hall, month)
    draft = _new_version(hall, month, base=base, actor=actor, now=now)
    if base is not None:
        _write(draft, reads.plan_of(base))
    return draft


def _new_version(hall: Hall, month: date, *, base: Roster | None, actor: User | None, now: datetime) -> Roster:
    last = Roster.objects.filter(hall=hall, month=month).aggregate(last=Max("version"))["last"] or 0
    return Roster.objects.create(
        hall=hall, month=month, version=last + 1, base=base, made_by=actor, made_at=now, state=RosterState.DRAFT
    )


def _write(roster: Roster, plan: Plan) -> None:
    Turn.objects.bulk_create(
        Turn(
            roster=roster,
            person_id=person,
            day=day,
            shift_id=entry.shift,
            post=entry.post,
            meal_at=None if entry.meal is None else clock(entry.meal),
        )
        for (person, day), entry in plan.items()
    )


def _locked_draft(roster_id: int) -> Roster:
    """Raises Refused: not_a_draft, computing."""
    roster = Roster.objects.select_for_update(of=("self",)).select_related("hall__region__parent").get(pk=roster_id)
    if not roster.is_draft:
        raise Refused("not_a_draft", "这一版班表已经发布或被替换,请打开最新的草稿再改。")
    if SolverRun.objects.filter(roster=roster, state__in=SolverRun.RUNNING).exists():
        raise Refused("computing", "正在自动排班,请等它算完或先停止。")
    return roster


@transaction.atomic
def set_turn(
    roster_id: int, person: User, day: date, *, shift: ShiftType | None, post: str = ""
) -> list[checks.Breach]:
    """Put somebody on a shift of a draft, or give the day off. Returns what is wrong with their month now.

    Raises Refused: not_a_draft, computing, not_this_month, not_here, other_hall, and the codes of `AT_ONCE`.
    """
    roster = _locked_draft(roster_id)
    entry = None
    problem = reads.problem_of(roster.hall, reads.month_days(roster.month))
    worker = next((one for one in problem.workers if one.key == person.pk), None)
    if day not in problem.days:
        raise Refused("not_this_month", "日期不在这张班表的月份里,请核对。")
    if worker is None:
        raise Refused("not_here", f"{person.name} 这个月不在本厅,请选择本厅的人员。")
    if shift is not None:
        if shift.pk not in problem.shifts:
            raise Refused("other_hall", "请选择本厅在用的班次。")
        entry = Entry(shift.pk, post or worker.post, _meal(problem, shift.pk, worker.key + day.toordinal()))  # type: ignore[arg-type]
    plan = {**reads.plan_of(roster), (person.pk, day): entry}
    kept = {key: one for key, one in plan.items() if one is not None}
    found = checks.worker_breaches(problem, kept, worker)
    for breach in found:
        if breach.code in AT_ONCE and breach.day == day and entry is not None:
            raise Refused(breach.code, breach.text)
    _change(roster, {(person.pk, day): entry})
    return found


def _meal(problem: Problem, shift: int, place: int) -> int | None:
    """A mealtime by turns, so that not everybody is at table at once."""
    meals = problem.shifts[shift].meals
    return meals[place % len(meals)] if meals else None


def _change(roster: Roster, changes: Changes) -> None:
    for (person, day), entry in changes.items():
        if entry is None:
            Turn.objects.filter(roster=roster, person=person, day=day).delete()
        else:
            values = {
                "shift_id": entry.shift,
                "post": entry.post,
                "meal_at": None if entry.meal is None else clock(entry.meal),
            }
            Turn.objects.update_or_create(roster=roster, person_id=person, day=day, defaults=values)


@transaction.atomic
def move_turn(roster_id: int, start: tuple[User, date], end: tuple[User, date]) -> None:
    """Drag one cell onto another: a shift moves to a free cell, two shifts change places.

    Raises Refused: empty_cell, and what `set_turn` raises; then nothing has moved.
    """
    (first, first_day), (second, second_day) = start, end
    roster = _locked_draft(roster_id)
    turns = {(turn.person_id, turn.day): turn for turn in roster.turns.select_related("shift")}
    moved, other = turns.get((first.pk, first_day)), turns.get((second.pk, second_day))
    if moved is None:
        raise Refused("empty_cell", "这一格没有班次,请拖有班次的格子。")
    set_turn(roster_id, first, first_day, shift=None)
    set_turn(roster_id, second, second_day, shift=moved.shift)
    if other is not None:
        set_turn(roster_id, first, first_day, shift=other.shift)


@transaction.atomic
def replace_plan(roster_id: int, plan: Plan, *, report: dict[str, object]) -> None:
    """The solver's roster into the draft, whole."""
    roster = Roster.objects.select_for_update().get(pk=roster_id, state=RosterState.DRAFT)
    roster.turns.all().delete()
    _write(roster, plan)
    roster.report = report
    roster.save(update_fields=["report"])


@transaction.atomic
def discard_draft(roster_id: int) -> None:
    """Throw a draft away; what is published stays."""
    _locked_draft(roster_id).delete()


@transaction.atomic
def publish(roster_id: int, *, reason: str, actor: User, now: datetime) -> Roster:
    """R-S-3: put a draft in force. Nothing that breaks the law or the contract; the rest only with a reason.

    Raises Refused: not_a_draft, computing, empty_roster, moved_on, breaks_rules, needs_reason.
    """
    hall_id = Roster.objects.values_list("hall", flat=True).get(pk=roster_id)
    Hall.objects.select_for_update(no_key=True).get(pk=hall_id)
    roster = _locked_draft(roster_id)
    plan = reads.plan_of(roster)
    if not plan:
        raise Refused("empty_roster", "班表还是空的,请先排班再发布。")
    before = on_duty.published(roster.hall, roster.month)
    if before is not None and before.pk != roster.base_id:
        raise Refused("moved_on", "制表期间班表已有调整。请放弃这份草稿,从最新的班表重新打开。")
    problem = reads.problem_of(roster.hall, reads.month_days(roster.month))
    found = checks.breaches(problem, plan)
    _refuse_hard([one for one in found if one.is_hard])
    explained = [one for one in found if one.code in EXPLAINED]
    if explained and not reason.strip():
        days = len({one.day for one in explained})
        raise Refused("needs_reason", f"有 {days} 天的午间窗口、现场经理、专区或高峰交班不合要求。请写明原因再发布。")
    roster.report = {**reports.report(problem, plan), **_certificate(roster)}
    _put_in_force(roster, before, reason=reason.strip(), actor=actor, now=now)
    _answer_wishes(problem, plan)
    _tell_changed(roster, before, plan)
    return roster


def _certificate(roster: Roster) -> dict[str, object]:
    """Cost and bound of the last run stay with the roster."""
    return {key: roster.report[key] for key in ("cost", "bound") if roster.report.get(key) is not None}


def _refuse_hard(found: list[checks.Breach]) -> None:
    if found:
        shown = "".join(one.text for one in found[:MOST_SHOWN])
        more = f"另有 {len(found) - MOST_SHOWN} 处。" if len(found) > MOST_SHOWN else ""
        raise Refused("breaks_rules", f"{shown}{more}请调整后再发布。")


def _put_in_force(roster: Roster, before: Roster | None, *, reason: str, actor: User, now: datetime) -> None:
    if before is not None:
        before.state = RosterState.REPLACED
        before.save(update_fields=["state"])
    roster.state, roster.reason = RosterState.PUBLISHED, reason
    roster.published_by, roster.published_at = actor, now
    roster.save(update_fields=["state", "reason", "report", "published_by", "published_at"])
    today = time.business_day(now)
    duty.posts_from_roster(roster.hall, [day for day in reads.month_days(roster.month) if day >= today])
    live.roster_published(roster.hall)


def _answer_wishes(problem: Problem, plan: Plan) -> None:
    """Each wish of the month gets its answer, a denied one with the reason."""
    refused = {(one.worker, one.day): one.reason for one in reports.denied(problem, plan)}
    keys = [worker.key for worker in problem.workers]
    wishes = RosterWish.objects.filter(user__in=keys, day__range=(problem.days[0], problem.days[-1]))
    rows = list(wishes.exclude(state=AskState.WITHDRAWN))
    for wish in rows:
        wish.answer = refused.get((wish.user_id, wish.day), "")
        wish.state = AskState.DENIED if wish.answer else AskState.GRANTED
    RosterWish.objects.bulk_update(rows, ["state", "answer"])


def _tell_changed(roster: Roster, before: Roster | None, plan: Plan) -> None:
    """Who has something new in their month hears of it once per version."""
    old = reads.plan_of(before) if before else {}
    changed = {person for person, day in {**old, **plan} if _seen(old, person, day) != _seen(plan, person, day)}
    people = User.objects.filter(pk__in=changed, is_active=True)
    title = f"{roster.month.month} 月班表已{'调整' if before else '发布'}"
    messaging.notify(people, title=title, body=roster.reason, url="/my-shifts/", key=f"roster:{roster.pk}")


def _seen(plan: Plan, person: int, day: date) -> tuple[int, str] | None:
    entry = plan.get((person, day))
    return (entry.shift, entry.post) if entry else None


@transaction.atomic
def change_published(hall: Hall, changes: Changes, *, reason: str, actor: User, now: datetime) -> list[Roster]:
    """A few cells of what is in force, published as a new version of each month they lie in.

    An open draft of the month takes the same cells over. New breaches of law or contract are refused; those the
    roster had before are not this change's fault. Raises Refused: not_published, breaks_rules.
    """
    Hall.objects.select_for_update(no_key=True).get(pk=hall.pk)
    made = []
    for month in sorted({day.replace(day=1) for _, day in changes}):
        mine = {key: entry for key, entry in changes.items() if key[1].replace(day=1) == month}
        made.append(_change_month(hall, month, mine, reason=reason, actor=actor, now=now))
    return made


def _change_month(hall: Hall, month: date, changes: Changes, *, reason: str, actor: User, now: datetime) -> Roster:
    before = on_duty.published(hall, month)
    if before is None:
        raise Refused("not_published", f"{month.month} 月班表还没有发布。")
    problem = reads.problem_of(hall, reads.month_days(month))
    old = reads.plan_of(before)
    plan = {key: entry for key, entry in {**old, **changes}.items() if entry is not None}
    known = {(one.code, one.worker, one.day) for one in checks.breaches(problem, old)}
    _refuse_hard(
        [one for one in checks.breaches(problem, plan) if one.is_hard and (one.code, one.worker, one.day) not in known]
    )
    draft = Roster.objects.select_for_update().filter(hall=hall, month=month, state=RosterState.DRAFT).first()
    roster = _version_in_force(before, draft, actor=actor, now=now)
    _write(roster, plan)
    roster.report = before.report
    _put_in_force(roster, before, reason=reason, actor=actor, now=now)
    if draft is not None:
        _change(draft, changes)
        Roster.objects.filter(pk=draft.pk).update(base=roster)
    _tell_changed(roster, before, plan)
    return roster


def _version_in_force(before: Roster, draft: Roster | None, *, actor: User, now: datetime) -> Roster:
    """A fresh version beside an open draft, which there may be only one of: it is made in force from the start."""
    last = Roster.objects.filter(hall=before.hall, month=before.month).aggregate(last=Max("version"))["last"]
    before.state = RosterState.REPLACED
    before.save(update_fields=["state"])
    return Roster.objects.create(
        hall=before.hall,
        month=before.month,
        version=last + 1,
        base=before,
        made_by=actor,
        made_at=now,
        state=RosterState.PUBLISHED,
    )


@transaction.atomic
def set_needs(hall: Hall, day: date, windows: Mapping[int, int]) -> None:
    """What a manager asks for in half hours of a day; it stands before every forecast."""
    WindowNeed.objects.filter(hall=hall, day=day, slot__in=list(windows)).delete()
    WindowNeed.objects.bulk_create(
        WindowNeed(hall=hall, day=day, slot=slot, windows=count, source=NeedSource.HAND)
        for slot, count in sorted(windows.items())
    )


@transaction.atomic
def forecast_needs(hall: Hall, rows: list[WindowNeed], *, since: date) -> int:
    """What the queue expects from a day on; half hours set by hand stay."""
    by_hand = set(
        WindowNeed.objects.filter(hall=hall, day__gte=since, source=NeedSource.HAND).values_list("day", "slot")
    )
    WindowNeed.objects.filter(hall=hall, day__gte=since, source=NeedSource.FORECAST).delete()
    fresh = [row for row in rows if (row.day, row.slot) not in by_hand]
    return len(WindowNeed.objects.bulk_create(fresh, batch_size=2000))
