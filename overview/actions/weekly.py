"""The acts of a weekly report (R-H-12): begun, saved, signed, corrected; reminded of on Friday, told as late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Any

from django.db import transaction

from core import time
from core.errors import Refused
from halls.models import Hall
from halls.queries import number
from messaging.actions import alert, notify
from overview.actions import support
from overview.models import WeeklyReport, WeeklyVersion
from overview.queries import weekly as reads
from overview.rules import proposals
from overview.rules import weekly as rules
from overview.states import Section, VersionState
from staff.models import User
from staff.queries.people import managers_of, supervisors_of


@dataclass(frozen=True)
class Written:
    """What a form holds. `edits`: the count of saves that it was made from. `asks`: `{key, section, text}`."""

    texts: Mapping[str, str]
    asks: Sequence[Mapping[str, str]] = field(default_factory=list)
    edits: int = 0


@transaction.atomic
def begin(hall: Hall, monday: date, *, actor: User | None, now: datetime) -> WeeklyVersion:
    """The draft of a hall's week; the one that is there, if there is one. Raises Refused: bad_week, signed."""
    back = number(rules.BACK_WEEKS, hall, now)
    if not rules.can_begin(monday, time.business_day(now), back=back):
        raise Refused("bad_week", f"只能填写本周和最近 {back} 周的周报,请重新选择。")
    facts = {"due_at": reads.due_at(hall, monday, now), "drafted_at": now}
    report, fresh = WeeklyReport.objects.get_or_create(hall=hall, monday=monday, defaults=facts)
    if fresh:
        return WeeklyVersion.objects.create(report=report, number=1, changed_at=now, changed_by=actor)
    draft = reads.draft_of(WeeklyReport.objects.select_for_update().get(pk=report.pk))
    if draft is None:
        raise Refused("signed", "这一周的周报已签字。如需修改,请打开后更正。")
    return draft


def _held(version: WeeklyVersion, edits: int) -> WeeklyVersion:
    """The draft, held; refused when it is signed or somebody has saved since the form was drawn."""
    rows = WeeklyVersion.objects.select_for_update(of=("self",)).select_related("report__hall__region", "changed_by")
    held = rows.filter(pk=version.pk).first()
    if held is None:
        raise Refused("gone", "这份草稿已被撤销,请返回周报列表。")
    if held.is_signed:
        raise Refused("signed", "这份周报刚刚签字,不能再改。如需修改,请更正。")
    if held.edits != edits:
        who = held.changed_by.name if held.changed_by else "同事"
        raise Refused("moved_on", f"这份周报刚被{who}更新,请看过最新内容后再操作。您填写的内容还在下面。")
    return held


def _checked(written: Written) -> tuple[dict[str, str], list[dict[str, str]]]:
    texts = {code: rules.written(text) for code, text in written.texts.items() if code in Section.values}
    if long := rules.too_long(texts):
        names = "、".join(Section(code).label for code in long)
        raise Refused("too_long", f"「{names}」超过 {rules.LONGEST_TEXT} 字,请精简。已填内容都在。")
    asks = []
    for one in written.asks:
        text = rules.written(one.get("text", ""))
        if not text:
            continue
        if len(text) > rules.LONGEST_ASK:
            raise Refused("too_long", f"每项支撑需求不超过 {rules.LONGEST_ASK} 字,请精简。已填内容都在。")
        if one.get("section") not in rules.PROBLEMS:
            raise Refused("bad_section", "请选择支撑需求所属的部分。")
        asks.append({"key": one.get("key", "")[:12] or token_hex(6), "section": one["section"], "text": text})
    if len(asks) > rules.MOST_ASKS:
        raise Refused("too_many", f"每份周报最多 {rules.MOST_ASKS} 项支撑需求,请合并后再提。")
    return texts, asks


@transaction.atomic
def save(version: WeeklyVersion, written: Written, *, actor: User, now: datetime) -> WeeklyVersion:
    """Keep what was typed. Raises Refused: too_long, too_many, bad_section, moved_on, signed, gone."""
    texts, asks = _checked(written)
    held = _held(version, written.edits)
    held.texts, held.asks = texts, asks
    held.edits, held.changed_by, held.changed_at = held.edits + 1, actor, now
    held.save(update_fields=["texts", "asks", "edits", "changed_by", "changed_at"])
    return held


def sign(version: WeeklyVersion, *, edits: int, actor: User, now: datetime) -> WeeklyVersion:
    """签字: figures are frozen, every section as it reads now; what was asked for becomes requests to the city.

    The figures are counted before anything is held. Raises Refused: too_early, moved_on, signed, gone.
    """
    report = version.report
    weekday = number(rules.DRAFT_WEEKDAY, report.hall, now)
    if not rules.can_sign(report.monday, time.business_day(now), weekday=weekday):
        raise Refused("too_early", f"本周还没到签字时间,周{rules.WEEKDAYS[weekday - 1]}起可以签字。内容可以先填写。")
    figures = reads.figures_of(version, now)
    return _sign(version, figures, edits=edits, actor=actor, now=now)


@transaction.atomic
def _sign(version: WeeklyVersion, figures: dict[str, Any], *, edits: int, actor: User, now: datetime) -> WeeklyVersion:
    report = WeeklyReport.objects.select_for_update().get(pk=version.report_id)
    held = _held(version, edits)
    held.texts = rules.final(held.texts, proposals.propose(figures))
    held.figures, held.state = figures, VersionState.SIGNED
    held.signed_by, held.signed_at = actor, now
    held.save(update_fields=["texts", "figures", "state", "signed_by", "signed_at"])
    if report.signed_at is None:
        report.signed_at = now
        report.save(update_fields=["signed_at"])
    support.raise_from(held, actor=actor, now=now)
    return held


@transaction.atomic
def correct(report: WeeklyReport, reason: str, *, actor: User, now: datetime) -> WeeklyVersion:
    """更正: the next version, which begins with the words of the signed one. Raises Refused: no_reason, not_signed,
    draft_exists."""
    if not rules.written(reason):
        raise Refused("no_reason", "请写明更正的原因。")
    report = WeeklyReport.objects.select_for_update().get(pk=report.pk)
    last = report.versions.order_by("-number")[0]
    if not last.is_signed:
        code = "not_signed" if report.signed_at is None else "draft_exists"
        raise Refused(
            code, "这份周报还没有签字,直接修改即可。" if code == "not_signed" else "已经有一份更正稿,请继续填写。"
        )
    return WeeklyVersion.objects.create(
        report=report,
        number=last.number + 1,
        texts=last.texts,
        asks=last.asks,
        reason=rules.written(reason)[:200],
        changed_at=now,
        changed_by=actor,
    )


@transaction.atomic
def drop_correction(report: WeeklyReport, *, actor: User) -> None:
    """撤销更正: the signed version stays as it is. Raises Refused: no_correction."""
    report = WeeklyReport.objects.select_for_update().get(pk=report.pk)
    draft = reads.draft_of(report)
    if draft is None or draft.number == 1:
        raise Refused("no_correction", "没有可以撤销的更正稿。")
    draft.delete()


def make_due_drafts(now: datetime) -> int:
    """Sweep: from Friday on every live hall has its draft, and its managers are reminded once; a hall that reports
    already and missed its Friday gets the draft of last week too."""
    today = time.business_day(now)
    this = rules.monday_of(today)
    halls = Hall.objects.filter(is_live=True).select_related("region__parent__parent")
    begun = set(WeeklyReport.objects.filter(monday__lt=this - timedelta(weeks=1)).values_list("hall", flat=True))
    known = set(WeeklyReport.objects.filter(monday__gte=this - timedelta(weeks=1)).values_list("hall", "monday"))
    made = 0
    for hall in halls:
        mondays = [this - timedelta(weeks=1)] if hall.pk in begun else []
        if rules.drafts_are_due(today, weekday=number(rules.DRAFT_WEEKDAY, hall, now)):
            mondays.append(this)
        for monday in mondays:
            if (hall.pk, monday) not in known:
                begin(hall, monday, actor=None, now=now)
                made += 1
    return made


def remind(now: datetime) -> int:
    """Sweep: the managers of a week that is to be signed hear of it, once, from the day on which it can be."""
    today = time.business_day(now)
    rows = WeeklyReport.objects.filter(signed_at=None, reminded_at=None).select_related("hall__region__parent")
    told = 0
    for report in rows:
        weekday = number(rules.DRAFT_WEEKDAY, report.hall, now)
        if rules.can_sign(report.monday, today, weekday=weekday):
            told += _remind(report, now)
    return told


@transaction.atomic
def _remind(report: WeeklyReport, now: datetime) -> bool:
    if WeeklyReport.objects.filter(pk=report.pk, reminded_at=None).update(reminded_at=now) != 1:
        return False
    due = time.local(report.due_at)
    title = f"{report.hall.name}周报已备好数据,请在 {due.month} 月 {due.day} 日 {due:%H:%M} 前签字"
    notify(managers_of(report.hall_id), title=title, url=address(report), key=f"overview.weekly.{report.pk}")
    return True


def tell_late(now: datetime) -> int:
    """Sweep: a report past its time is told, once, to the hall and to the district."""
    late = WeeklyReport.objects.filter(signed_at=None, late_told_at=None, due_at__lt=now)
    return sum(_tell_late(report, now) for report in late.select_related("hall__region__parent"))


@transaction.atomic
def _tell_late(report: WeeklyReport, now: datetime) -> bool:
    if WeeklyReport.objects.filter(pk=report.pk, late_told_at=None, signed_at=None).update(late_told_at=now) != 1:
        return False
    people = {one.pk: one for one in [*managers_of(report.hall_id), *supervisors_of(report.hall)]}
    title = f"{report.hall.name} {rules.week_text(report.monday)}周报超时未交"
    alert(people.values(), title=title, url=address(report), key=f"overview.weekly.late.{report.pk}")
    return True


def address(report: WeeklyReport) -> str:
    return f"/overview/weekly/{report.pk}/"
