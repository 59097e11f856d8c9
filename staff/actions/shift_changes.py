"""换班与代班 (R-S-3): asked, accepted by the colleague, signed by a manager; and cover for somebody missing today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from messaging import actions as messaging
from staff.actions import rosters
from staff.models import Leave, Roster, ShiftChange, Turn, User
from staff.queries import roster_problem as reads
from staff.queries.people import managers_of
from staff.queries.rosters import posts_of, published, turns_in_force
from staff.rules.rosters import MOST_TOUCHED, Entry
from staff.rules.shifts import minute
from staff.states import AskState, ChangeKind, ChangeState, LeaveKind, Post

if TYPE_CHECKING:
    from staff.rules.roster_replan import Replanned

URL = "/shift-changes/"
OPEN = (ChangeState.ASKED, ChangeState.ACCEPTED)


@transaction.atomic
def ask_change(asker: User, day: date, colleague: User, *, other_day: date | None, reason: str) -> ShiftChange:
    """With `other_day` a swap, without it the colleague stands in.

    Raises Refused: in_the_past, no_shift, oneself, not_here, asked_already, needs_reason, and what the checks say.
    """
    now = time.now()
    if asker.pk == colleague.pk:
        raise Refused("oneself", "请选择一位同事。")
    if not reason.strip():
        raise Refused("needs_reason", "请写明换班原因。")
    turn = _turn(asker, day)
    if turn is None:
        raise Refused("no_shift", f"{_day(day)} 没有已发布的班次,不用换班。")
    if time.at(day, turn.shift.begins) <= now:
        raise Refused("in_the_past", "这个班次已经开始,不能再换。请联系店长。")
    open_ones = ShiftChange.objects.filter(asker=asker, day=day, state__in=OPEN)
    if open_ones.exists():
        raise Refused("asked_already", f"{_day(day)} 的换班已经申请过,请等答复或先撤回。")
    change = ShiftChange(
        hall=turn.roster.hall,
        kind=ChangeKind.COVER if other_day is None else ChangeKind.SWAP,
        asker=asker,
        day=day,
        colleague=colleague,
        other_day=other_day,
        reason=reason.strip(),
        asked_at=now,
    )
    _cells(change)
    change.save()
    title = f"{asker.name} 想和您{change.get_kind_display()}:{_day(day)} {turn.shift.name}"
    messaging.notify([colleague], title=title, body=change.reason, url=URL, key=f"change:{change.pk}")
    return change


def _turn(person: User, day: date) -> Turn | None:
    return turns_in_force().filter(person=person, day=day).first()


def _cells(change: ShiftChange) -> dict[tuple[int, date], Entry | None]:
    """What the change makes of the roster. Raises Refused: no_shift, has_shift, wrong_post."""
    mine = _turn(change.asker, change.day)
    if mine is None or mine.roster.hall_id != change.hall_id:
        raise Refused("no_shift", f"{change.asker.name} {_day(change.day)} 的班次已经变动,请重新申请。")
    cells: dict[tuple[int, date], Entry | None] = {(change.asker_id, change.day): None}
    theirs = _turn(change.colleague, change.day)
    if change.other_day != change.day and theirs is not None:
        raise Refused("has_shift", f"{change.colleague.name} {_day(change.day)} 自己有班,不能代班。")
    cells[change.colleague_id, change.day] = _entry(mine, change.colleague)
    if change.other_day is not None:
        back = _turn(change.colleague, change.other_day)
        if back is None or back.roster.hall_id != change.hall_id:
            raise Refused("no_shift", f"{change.colleague.name} {_day(change.other_day)} 没有本厅的班次可换。")
        if change.other_day != change.day:
            if _turn(change.asker, change.other_day) is not None:
                raise Refused("has_shift", f"{change.asker.name} {_day(change.other_day)} 自己有班,不能换回。")
            cells[change.colleague_id, change.other_day] = None
        cells[change.asker_id, change.other_day] = _entry(back, change.asker)
    return cells


def _entry(turn: Turn, taker: User) -> Entry:
    """The shift in another's hands, at a post that person can fill."""
    able = posts_of(taker, turn.roster.hall, turn.day)
    post = Post(turn.post)
    if post == Post.ZONE and post not in able:
        post = Post.WINDOW
    if post not in able:
        raise Refused("wrong_post", f"{taker.name} 不能顶{post.label}岗,请换一位同事。")
    return Entry(turn.shift_id, post, minute(turn.meal_at) if turn.meal_at else None)


@transaction.atomic
def answer_change(change_id: int, *, accept: bool, actor: User, now: datetime) -> ShiftChange:
    """The colleague's word. Raises Refused: not_yours, answered, and what stands against the change by now."""
    change = _locked(change_id)
    if change.colleague_id != actor.pk:
        raise Refused("not_yours", "只有被请的同事可以答复。")
    if change.state != ChangeState.ASKED:
        raise Refused("answered", f"这条换班{change.get_state_display()},请刷新后查看。")
    if accept:
        _cells(change)
    change.state = ChangeState.ACCEPTED if accept else ChangeState.DECLINED
    change.answered_at = now
    change.save(update_fields=["state", "answered_at"])
    if accept:
        title = f"{change.asker.name} 与 {actor.name} {change.get_kind_display()},待签字"
        messaging.notify(managers_of(change.hall_id), title=title, url=URL, key=f"change:{change.pk}:sign")
    else:
        messaging.notify([change.asker], title=f"{actor.name} 未同意换班", url=URL, key=f"change:{change.pk}:no")
    return change


@transaction.atomic
def decide_change(change_id: int, *, sign: bool, actor: User, answer: str, now: datetime) -> ShiftChange:
    """The manager signs, and only then the roster changes, as a new version.

    Raises Refused: not_accepted, own, needs_reason, and what the checks of the roster say.
    """
    change = _locked(change_id)
    if change.state != ChangeState.ACCEPTED:
        raise Refused("not_accepted", f"这条换班{change.get_state_display()},现在不能签字。")
    if actor.pk in (change.asker_id, change.colleague_id):
        raise Refused("own", "不能为自己的换班签字,请其他管理人员签字。")
    if sign:
        text = f"{change.asker.name} 与 {change.colleague.name} {change.get_kind_display()}"
        rosters.change_published(change.hall, _cells(change), reason=text, actor=actor, now=now)
    elif not answer.strip():
        raise Refused("needs_reason", "退回请写明原因。")
    change.state = ChangeState.SIGNED if sign else ChangeState.REFUSED
    change.decided_by, change.decided_at, change.answer = actor, now, answer.strip()
    change.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    people = [change.asker, change.colleague]
    title = f"{_day(change.day)} {change.get_kind_display()}{change.get_state_display()}"
    messaging.notify(people, title=title, body=change.answer, url=URL, key=f"change:{change.pk}:done")
    return change


@transaction.atomic
def withdraw_change(change_id: int, *, actor: User) -> ShiftChange:
    """Raises Refused: not_yours, answered."""
    change = _locked(change_id)
    if change.asker_id != actor.pk:
        raise Refused("not_yours", "只能撤回自己的换班申请。")
    if change.state not in OPEN:
        raise Refused("answered", f"这条换班{change.get_state_display()},不能撤回。")
    change.state = ChangeState.WITHDRAWN
    change.save(update_fields=["state"])
    return change


def _locked(change_id: int) -> ShiftChange:
    rows = ShiftChange.objects.select_for_update(of=("self",)).select_related("asker", "colleague", "hall")
    return rows.get(pk=change_id)


def propose_cover(hall: Hall, day: date, absent: User, *, now: datetime) -> "Replanned":
    """Who could move so that the day works without somebody; changes nothing.

    Raises Refused: not_published, no_shift.
    """
    from staff.rules.roster_replan import replan  # the library is large; only who solves loads it

    roster = _roster(hall, day)
    plan = reads.plan_of(roster)
    if (absent.pk, day) not in plan:
        raise Refused("no_shift", f"{absent.name} {_day(day)} 没有班次。")
    problem = reads.problem_of(hall, reads.month_days(roster.month))
    is_today = day == time.business_day(now)
    return replan(problem, plan, day, absent=absent.pk, minute=minute(time.local(now).time()) if is_today else -60)


def _roster(hall: Hall, day: date) -> Roster:
    roster = published(hall, day)
    if roster is None:
        raise Refused("not_published", f"{day.month} 月班表还没有发布。")
    return roster


@dataclass(frozen=True)
class Cover:
    """Who is missing and why, and who takes which shift instead (person → shift type)."""

    day: date
    absent: User
    reason: str
    moves: Mapping[int, int] = field(default_factory=dict)


@transaction.atomic
def cover_absence(hall: Hall, cover: Cover, *, actor: User, now: datetime) -> Roster:
    """Take an absent person out and move at most three others, by the checks of the roster; one new version.

    The absence goes on record as sick leave of that day. Raises Refused: not_published, no_shift, too_many,
    needs_reason, bad_move, breaks_rules.
    """
    if not cover.reason.strip():
        raise Refused("needs_reason", "请写明缺勤原因。")
    if len(cover.moves) > MOST_TOUCHED:
        raise Refused("too_many", f"临时顶班最多调整 {MOST_TOUCHED} 位同事。")
    text = f"{cover.absent.name} 缺勤:{cover.reason.strip()}"
    [roster] = rosters.change_published(hall, _covered(hall, cover), reason=text, actor=actor, now=now)
    Leave.objects.create(
        user=cover.absent,
        hall=hall,
        kind=LeaveKind.SICK,
        first_day=cover.day,
        last_day=cover.day,
        reason=cover.reason.strip(),
        state=AskState.GRANTED,
        asked_at=now,
        decided_by=actor,
        decided_at=now,
    )
    return roster


def _covered(hall: Hall, cover: Cover) -> dict[tuple[int, date], Entry | None]:
    day, plan = cover.day, reads.plan_of(_roster(hall, cover.day))
    if (cover.absent.pk, day) not in plan:
        raise Refused("no_shift", f"{cover.absent.name} {_day(day)} 没有班次。")
    cells: dict[tuple[int, date], Entry | None] = {(cover.absent.pk, day): None}
    problem = reads.problem_of(hall, reads.month_days(day.replace(day=1)))
    posts = {worker.key: worker.post for worker in problem.workers}
    for person, shift in cover.moves.items():
        if person == cover.absent.pk or person not in posts or shift not in problem.shifts:
            raise Refused("bad_move", "顶班安排已失效,请重新生成。")
        old, meals = plan.get((person, day)), problem.shifts[shift].meals
        meal = meals[len(cells) % len(meals)] if meals else None
        cells[person, day] = Entry(shift, old.post if old else posts[person], meal)
    return cells


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
