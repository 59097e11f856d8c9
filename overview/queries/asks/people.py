"""What waits about people: shifts, leave, month sheets, conduct, suggestions."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from core import time
from overview.queries.asks.source import Source, Told, day_words, each, page
from overview.rules import approvals as rules
from overview.rules.approvals import ELSEWHERE, Buttons
from overview.states import AskKind
from staff.models import CompensatoryEntry, ConductNote, Leave, MonthSheet, ShiftChange, Suggestion, User
from staff.queries.rosters import turns_in_force
from staff.rules import suggestions as suggestion_rules
from staff.states import AskState, ChangeState, LeaveKind, MatterState, MonthSheetState, SuggestionState


def _hall(row: Any) -> Any:
    return row.hall


# ---- 换班与请假 (R-S-3) -----------------------------------------------------------------------------------------


def _changes() -> QuerySet[ShiftChange]:
    rows = ShiftChange.objects.select_related("hall__region__parent", "asker", "colleague")
    return rows.annotate(
        given=Subquery(_shift(OuterRef("asker"), OuterRef("day"))),
        taken=Subquery(_shift(OuterRef("colleague"), OuterRef("other_day"))),
    )


def _asked_of(user: User) -> QuerySet[ShiftChange]:
    return _changes().filter(colleague=user, state=ChangeState.ASKED)


def _to_sign(user: User) -> QuerySet[ShiftChange]:
    rows = _changes().filter(hall__in=user.hall_ids("roster.sign"), state=ChangeState.ACCEPTED)
    return rows.exclude(asker=user).exclude(colleague=user)


def _shift(person: OuterRef, day: OuterRef) -> QuerySet[Any, Any]:
    """The name of the shift that somebody has on a day."""
    return turns_in_force().filter(person=person, day=day).values("shift__name")[:1]


def _tell_change(row: Any, now: datetime) -> Told:
    days = [row.day, row.other_day] if row.other_day else [row.day]
    first = f"{day_words(row.day)} {row.given or '班次'}:{row.asker.name} → {row.colleague.name}"
    back = ""
    if row.other_day:
        back = f"{day_words(row.other_day)} {row.taken or '班次'}:{row.colleague.name} → {row.asker.name}"
    asked = row.state == ChangeState.ASKED
    title = (
        f"{row.asker.name}请您{row.get_kind_display()}"
        if asked
        else (f"{row.asker.name}与{row.colleague.name}{row.get_kind_display()},待签字")
    )
    since = row.asked_at if asked else (row.answered_at or row.asked_at)
    facts = (first, back, f"原因:{row.reason}")
    return Told(title, row.asker.name, since, facts, page("shift-changes"), due=time.day_bounds(min(days))[0])


def _leaves() -> QuerySet[Leave]:
    same = Leave.objects.filter(
        hall=OuterRef("hall"),
        state=AskState.GRANTED,
        first_day__lte=OuterRef("last_day"),
        last_day__gte=OuterRef("first_day"),
    ).exclude(user=OuterRef("user"))
    earned = CompensatoryEntry.objects.filter(user=OuterRef("user")).values("user").annotate(n=Sum("minutes"))
    return Leave.objects.select_related("hall__region__parent", "user").annotate(
        others=ArraySubquery(same.order_by("user__name").values("user__name")), earned=Subquery(earned.values("n"))
    )


def _to_grant(user: User) -> QuerySet[Leave]:
    return _leaves().filter(hall__in=user.hall_ids("roster.sign"), state=AskState.ASKED).exclude(user=user)


def _tell_leave(row: Any, now: datetime) -> Told:
    span = day_words(row.first_day) + (f"–{day_words(row.last_day)}" if row.days > 1 else "")
    names = "、".join(dict.fromkeys(row.others))
    left = ""
    if row.kind == LeaveKind.COMPENSATORY:
        left = f"调休余额 {(row.earned or 0) / 60:g} 小时,这次用 {row.days * 8} 小时"
    return Told(
        f"{row.user.name}申请{row.get_kind_display()} {row.days} 天",
        row.user.name,
        row.asked_at,
        (span, left, f"同期已准假:{names}" if names else "同期没有其他人请假", row.reason),
        page("shift-changes"),
        due=time.day_bounds(row.first_day)[0],
    )


# ---- 月度单 -----------------------------------------------------------------------------------------------------


def _sheets() -> QuerySet[MonthSheet]:
    return MonthSheet.objects.select_related("hall__region__parent", "person")


READY = (MonthSheetState.SEEN, MonthSheetState.ANSWERED, MonthSheetState.OBJECTED)


def _to_seal(user: User) -> QuerySet[MonthSheet]:
    return _sheets().filter(hall__in=user.hall_ids("sheet.sign"), state__in=READY).exclude(person=user)


def _tell_sheet(row: MonthSheet, now: datetime) -> Told:
    objected = row.state == MonthSheetState.OBJECTED
    since = (row.objected_at if objected else row.answered_at or row.seen_at) or row.counted_at
    return Told(
        f"{row.person.name} {row.month.month} 月月度单{'有异议,待答复' if objected else '待签认'}",
        row.person.name,
        since,
        (f"异议:{row.objection}" if objected else "本人已查看",),
        page("month-sheet", row.pk),
        buttons=ELSEWHERE if objected else None,
    )


# ---- 违规登记 (R-S-20) ------------------------------------------------------------------------------------------


def _notes() -> QuerySet[ConductNote]:
    return ConductNote.objects.select_related("hall__region__parent", "person", "noted_by")


def _to_judge(user: User) -> QuerySet[ConductNote]:
    """Those of equals and superiors stay for somebody higher, as the register has it."""
    rows = _notes().filter(hall__in=user.hall_ids("violation.decide")).exclude(person=user)
    rows = rows.filter(Q(state=MatterState.NOTED) | (Q(state=MatterState.OBJECTED) & ~Q(decided_by=user)))
    if user.is_superuser:
        return rows
    from staff.access import RANK

    higher = [role for role, rank in RANK.items() if rank >= user.rights.rank]
    return rows.exclude(person__employments__role__in=higher)


def _tell_note(row: ConductNote, now: datetime) -> Told:
    objected = row.state == MatterState.OBJECTED
    said = f"异议:{row.objection}" if objected else (f"本人说明:{row.said}" if row.said else "本人还没有说明")
    return Told(
        f"{row.person.name}:{row.get_matter_display()}{'有异议,待复核' if objected else ',待认定'}",
        row.noted_by.name,
        row.objected_at or row.noted_at,
        (row.what, said),
        page("violation", row.pk),
    )


# ---- 员工建议 (R-S-18) ------------------------------------------------------------------------------------------


def _suggestions() -> QuerySet[Suggestion]:
    return Suggestion.objects.select_related("hall__region__parent", "author")


def _to_answer(user: User) -> QuerySet[Suggestion]:
    mine = user.hall_ids("suggestion.answer")
    return _suggestions().filter(hall__in=mine, state__in=[SuggestionState.NEW, SuggestionState.ANSWERED])


def _tell_suggestion(row: Suggestion, now: datetime) -> Told:
    from halls.queries import number

    days = number(suggestion_rules.ANSWER_DAYS, row.hall, now)
    is_new = row.state == SuggestionState.NEW
    since = row.made_at if is_new else (row.answered_at or row.made_at)
    waited = f"已等 {row.days_open(now)} 天" if is_new else f"已答复:{row.answer[:60]}"
    return Told(
        f"建议「{row.title}」{'待答复' if is_new else '待定是否采纳'}",
        row.author.name,
        since,
        (row.get_topic_display(), waited),
        page("suggestion", row.pk),
        due=rules.end_of_day(since, days=days),
    )


PEOPLE = (
    Source(AskKind.COLLEAGUE, (), _asked_of, _changes, _hall, each(_tell_change), Buttons("同意", "不同意")),
    Source(AskKind.CHANGE, ("roster.sign",), _to_sign, _changes, _hall, each(_tell_change), Buttons("签字", "退回")),
    Source(AskKind.LEAVE, ("roster.sign",), _to_grant, _leaves, _hall, each(_tell_leave)),
    Source(AskKind.CONDUCT, ("violation.decide",), _to_judge, _notes, _hall, each(_tell_note), ELSEWHERE),
    Source(AskKind.SHEET, ("sheet.sign",), _to_seal, _sheets, _hall, each(_tell_sheet), Buttons("签认", "")),
    Source(
        AskKind.SUGGESTION, ("suggestion.answer",), _to_answer, _suggestions, _hall, each(_tell_suggestion), ELSEWHERE
    ),
)
