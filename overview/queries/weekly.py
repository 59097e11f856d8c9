"""Reads about weekly reports: lists, one report with what it shows, districts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Min

from core import parameters, time
from halls.models import Hall
from halls.queries import number, visible_halls
from overview.models import WeeklyReport, WeeklyVersion
from overview.queries import week
from overview.rules import proposals
from overview.rules import weekly as rules
from overview.rules.weekly import Standing
from overview.states import ReportState, VersionState


@dataclass(frozen=True)
class Line:
    """One hall and week of a list; without a report when nobody has begun it. `is_asked`: the hall writes reports by
    then, or has written one for the week all the same."""

    hall: Hall
    monday: date
    report: WeeklyReport | None
    state: ReportState
    signed: WeeklyVersion | None = None
    is_asked: bool = True

    @property
    def words(self) -> str:
        return str(self.state.label) if self.is_asked else "尚未启用"

    @property
    def week(self) -> str:
        return rules.week_text(self.monday)


def due_at(hall: Hall, monday: date, now: datetime) -> datetime:
    return rules.due_at(monday, hour=number(rules.DUE_HOUR, hall, now))


def lines(user: Any, mondays: Iterable[date], now: datetime, *, hall: Hall | None = None) -> list[Line]:
    """Every live hall of the person with every week it is asked for, newest week first; as many questions for any
    number."""
    halls = [hall] if hall else list(visible_halls(user, "report.see").filter(is_live=True).order_by("code"))
    return [one for one in lines_of(halls, mondays, now) if one.is_asked]


def lines_of(halls: Iterable[Hall], mondays: Iterable[date], now: datetime) -> list[Line]:
    halls, mondays = list(halls), list(mondays)
    rows = WeeklyReport.objects.filter(hall__in=halls, monday__in=mondays).prefetch_related("versions__signed_by")
    reports = {(one.hall_id, one.monday): one for one in rows}
    usual = parameters.number(rules.DUE_HOUR, on=time.business_day(now))
    asked = _asked_from(halls, now)
    lines = [
        _line(hall, monday, reports.get((hall.pk, monday)), usual, now)
        for monday in sorted(mondays, reverse=True)
        for hall in halls
    ]
    return [replace(one, is_asked=one.report is not None or one.monday >= asked[one.hall.pk]) for one in lines]


def _asked_from(halls: list[Hall], now: datetime) -> dict[int, date]:
    """The week of each hall's first report; of a hall that has none yet, last week."""
    rows = WeeklyReport.objects.filter(hall__in=halls).order_by().values("hall_id").annotate(first=Min("monday"))
    last = rules.monday_of(time.business_day(now)) - timedelta(weeks=1)
    return {hall.pk: last for hall in halls} | {one["hall_id"]: one["first"] for one in rows}


def _line(hall: Hall, monday: date, report: WeeklyReport | None, hour: int, now: datetime) -> Line:
    versions = list(report.versions.all()) if report else []
    signed = max((one for one in versions if one.is_signed), key=lambda one: one.number, default=None)
    standing = Standing(
        due_at=report.due_at if report else rules.due_at(monday, hour=hour),
        signed_at=report.signed_at if report else None,
        has_report=report is not None,
        has_draft=any(not one.is_signed for one in versions),
    )
    return Line(hall, monday, report, rules.state_of(standing, now), signed)


def current(report: WeeklyReport) -> WeeklyVersion:
    """The version that counts: the newest signed one, else the draft."""
    signed = report.versions.filter(state=VersionState.SIGNED).order_by("-number").first()
    return signed or report.versions.order_by("-number")[0]


def draft_of(report: WeeklyReport) -> WeeklyVersion | None:
    return report.versions.filter(state=VersionState.DRAFT).first()


def figures_of(version: WeeklyVersion, now: datetime) -> week.Figures:
    """Frozen with a signed version, else as they stand now."""
    if version.is_signed:
        return version.figures
    report = version.report
    return week.figures(report.hall, report.monday, report.sunday, now)


@dataclass(frozen=True)
class Shown:
    """A version with everything it says."""

    version: WeeklyVersion
    figures: week.Figures
    proposed: dict[str, str]
    texts: dict[str, str]


def shown(version: WeeklyVersion, now: datetime) -> Shown:
    figures = figures_of(version, now)
    if version.is_signed:
        return Shown(version, figures, {}, dict(version.texts))
    proposed = proposals.propose(figures)
    return Shown(version, figures, proposed, rules.final(version.texts, proposed))


def recent_mondays(now: datetime, *, weeks: int) -> list[date]:
    this = rules.monday_of(time.business_day(now))
    return [this - timedelta(weeks=at) for at in range(weeks)]
