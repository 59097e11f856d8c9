"""R-S-16 stars of the month, R-S-17 skill competitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from core import time
from core.errors import Refused
from halls.models import Hall, Region
from messaging.actions import notify
from staff.models import Award, Competition, CompetitionResult, MonthSheet, User
from staff.queries import awards as queries
from staff.rules import performance as rules
from staff.states import AwardKind, MonthSheetState

NO_RIGHT = "没有评定明星和竞赛的权限。如工作需要,请联系店长。"


@dataclass(frozen=True)
class Choice:
    """Whom the manager chooses, as what, and why."""

    kind: str
    person: User
    reason: str


@transaction.atomic
def decide(hall: Hall, month: date, choice: Choice, *, actor: User, now: datetime) -> Award:
    """One star of a kind, hall and month, chosen among those whom the figures make candidates (R-S-16)."""
    _check_right(actor, hall)
    if month >= rules.month_of(time.business_day(now)):
        raise Refused("month_not_over", "本月还没有结束,请下月再评定。")
    if not choice.reason.strip() or choice.kind not in AwardKind.values:
        raise Refused("no_reason", "请写明评定理由。")
    if choice.person.pk == actor.pk:
        raise Refused("own_award", "不能评定自己。请由上级评定。")
    found = {one.person.pk: one for one in queries.candidates(hall, month, choice.kind, now)}
    if choice.person.pk not in found:
        raise Refused("no_candidate", "按当月数字,此人不在候选名单里。请从候选名单中选择。")
    Hall.objects.select_for_update().get(pk=hall.pk)
    if Award.objects.filter(hall=hall, month=month, kind=choice.kind, revoked_at=None).exists():
        raise Refused("already_decided", "这个称号本月已评定。如需更改,请先撤销。")
    award = Award.objects.create(
        hall=hall,
        month=month,
        kind=choice.kind,
        person=choice.person,
        reason=choice.reason.strip(),
        figures=found[choice.person.pk].figures,
        decided_by=actor,
        decided_at=now,
    )
    title = f"当选 {month.month} 月{AwardKind(choice.kind).label}"
    notify([choice.person], title=title, body=award.reason, url=reverse("service-stars"), key=f"award:{award.pk}")
    return award


@transaction.atomic
def revoke(award_id: int, *, actor: User, now: datetime) -> Award:
    """Taken back before the person's month is signed; it stays on record."""
    award = Award.objects.select_for_update(of=("self",)).select_related("hall").get(pk=award_id)
    _check_right(actor, award.hall)
    if award.revoked_at is not None:
        raise Refused("already_revoked", "这个称号已撤销。")
    _check_unsigned([award.person_id], award.month)
    award.revoked_at, award.revoked_by = now, actor
    award.save(update_fields=["revoked_at", "revoked_by"])
    return award


@dataclass(frozen=True)
class Plan:
    """A competition: at one hall, or for all halls of a region."""

    title: str
    subject: str
    held_on: date
    place: Hall | Region
    points_by_rank: tuple[int, ...] = rules.POINTS_BY_RANK


@transaction.atomic
def plan(what: Plan, *, actor: User) -> Competition:
    place = what.place
    hall, region = (place, None) if isinstance(place, Hall) else (None, place)
    _check_place(actor, hall, region)
    return Competition.objects.create(
        title=what.title,
        subject=what.subject,
        held_on=what.held_on,
        hall=hall,
        region=region,
        points_by_rank=list(what.points_by_rank),
        made_by=actor,
    )


@transaction.atomic
def enter_scores(competition_id: int, scores: Mapping[User, Decimal | None], *, actor: User) -> Competition:
    """Write or change scores until the results are made public; None takes somebody out."""
    row = _locked(competition_id, actor)
    for person, score in scores.items():
        if score is None:
            row.results.filter(person=person).delete()
        elif score < 0 or score >= 10000:
            raise Refused("bad_score", "成绩应为 0–9999.99 的数字。")
        else:
            CompetitionResult.objects.update_or_create(competition=row, person=person, defaults={"score": score})
    return row


@transaction.atomic
def close(competition_id: int, *, actor: User, now: datetime) -> Competition:
    """Ranks and points are fixed and enter the month in which it was held (R-S-17)."""
    row = _locked(competition_id, actor)
    results = list(row.results.select_related("person"))
    if not results:
        raise Refused("no_scores", "还没有成绩,请先录入。")
    if row.held_on > time.business_day(now):
        raise Refused("not_held", "比赛还没有举行。")
    _check_unsigned([one.person_id for one in results], rules.month_of(row.held_on))
    for one, rank in zip(results, rules.ranks([one.score for one in results]), strict=True):
        one.rank, one.points = rank, rules.points_for(rank, row.points_by_rank)
        one.save(update_fields=["rank", "points"])
    row.closed_at, row.closed_by = now, actor
    row.save(update_fields=["closed_at", "closed_by"])
    people = [one.person for one in results]
    url = reverse("competition", args=[row.pk])
    notify(people, title=f"竞赛成绩已公布:{row.title}", url=url, key=f"competition:{row.pk}")
    return row


def _locked(competition_id: int, actor: User) -> Competition:
    rows = Competition.objects.select_for_update(of=("self",)).select_related("hall", "region")
    row = rows.get(pk=competition_id)
    _check_place(actor, row.hall, row.region)
    if row.closed_at is not None:
        raise Refused("closed", "成绩已公布,不能再改。")
    return row


def _check_place(actor: User, hall: Hall | None, region: Region | None) -> None:
    if hall is not None:
        _check_right(actor, hall)
    elif region is None or region.pk not in actor.rights.region_ids("award.decide"):
        raise PermissionDenied(NO_RIGHT)


def _check_right(actor: User, hall: Hall) -> None:
    if not actor.may("award.decide", hall):
        raise PermissionDenied(NO_RIGHT)


def _check_unsigned(people: list[int], month: date) -> None:
    if MonthSheet.objects.filter(person__in=people, month=month, state=MonthSheetState.SIGNED).exists():
        raise Refused("month_signed", "当月的个人月度单已签认,不能再计入或撤销。")
