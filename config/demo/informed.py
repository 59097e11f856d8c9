"""Notices, knowledge, audits, months and targets of the demo city, with their stories half told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import connection

from config.demo import articles, voices
from config.demo.people import Member
from core import time
from halls.models import BusinessType, Hall, Region
from queueing.actions import audits as lists
from queueing.models import Offer
from staff.actions import audits, knowledge, month_sheets, mornings
from staff.hooks import service_figures
from staff.models import (
    AlwaysAudited,
    Article,
    ArticleVersion,
    AuditItem,
    MonthSheet,
    Target,
    User,
)
from staff.rules import performance as rules
from staff.states import AuditState, ErrorKind, MonthSheetState, Role

ALWAYS = ("transfer", "close_account", "sim_replace")
AUDITED_DAYS = 8
FINDINGS = (
    (ErrorKind.SIGNATURE, "受理单上受让人没有签名", "已请客户到厅补签,复印件归档"),
    (ErrorKind.PAPERS, "证件复印件缺背面", "已从系统调取影像补齐"),
    (ErrorKind.CONSENT, "套餐变更没有留客户确认短信", "已回访客户并补发确认短信"),
    (ErrorKind.ENTRY, "联系电话录成了号码本身", "已在系统更正"),
    (ErrorKind.IDENTITY, "人证比对截图没有上传", "已补传比对记录"),
)
_RECOMMEND = """
    UPDATE queueing_ticket SET
        recommended = (%(offers)s::text[])[1 + abs(hashtext(id::text)) %% %(count)s],
        recommended_accepted = abs(hashtext(id::text || 'a')) %% 100 < 22 + 5 * (clerk_id %% 5)
    WHERE state = 'done' AND clerk_id IS NOT NULL AND NOT is_simulated AND abs(hashtext(id::text || 'r')) %% 100 < 14
"""


@dataclass(frozen=True)
class City:
    """Who is who, for the stories."""

    halls: Mapping[str, Hall]
    members: list[Member]
    now: datetime

    @property
    def today(self) -> date:
        return time.business_day(self.now)

    def one(self, role: str, hall: str | None = "ZJ01", at: int = 0) -> User:
        found = [one.user for one in self.members if one.hall == hall and one.job.role == role]
        return found[at % len(found)]

    def live(self) -> list[Hall]:
        return [hall for _, hall in sorted(self.halls.items()) if hall.is_live]


def make(halls: Mapping[str, Hall], members: list[Member], now: datetime) -> int:
    """Write all of it; returns how many businesses are on audit lists. Needs the numbers and their sums."""
    city = City(halls, members, now)
    _recommend()
    _write_articles(city)
    _draw_audits(city)
    voices.make_suggestions(city)
    voices.make_bulletins(city)
    _set_targets(city)
    _make_months(city)
    for hall in city.live():
        for back in (1, 0):
            at = time.at(city.today - timedelta(days=back), time.local(now).time().replace(7, 30, 0, 0))
            if at <= now:
                mornings.make_sheet(hall, at)
    return AuditItem.objects.count()


def _recommend() -> None:
    """What clerks noted at the end of some numbers; whether it was taken differs from clerk to clerk."""
    offers = list(Offer.objects.order_by("order").values_list("name", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_RECOMMEND, {"offers": offers, "count": len(offers)})


def _write_articles(city: City) -> None:
    editor, kinds = city.one(Role.OPERATIONS, None), {one.code: one for one in BusinessType.objects.all()}
    rows = Article.objects.bulk_create(
        Article(
            business=kinds[one.business],
            title=one.title,
            aliases=one.aliases,
            **knowledge.letters(one.title, one.aliases),
        )
        for one in articles.ARTICLES
    )
    since = city.today - timedelta(days=45)
    versions = []
    for row, one in zip(rows, articles.ARTICLES, strict=True):
        version = ArticleVersion(
            article=row,
            number=1,
            conditions=one.conditions,
            fee=one.fee,
            documents=one.documents,
            answer=one.answer,
            valid_from=since,
            valid_to=None if one.days is None else city.today + timedelta(days=one.days),
            edited_by=editor,
            edited_at=city.now - timedelta(days=45),
        )
        versions.append(version)
        if one.business == "sim_replace":
            versions.append(_newer(version, city))
    ArticleVersion.objects.bulk_create(versions)


def _newer(old: ArticleVersion, city: City) -> ArticleVersion:
    """A second version, so that there is a history to look at: the first asked for less."""
    newer = ArticleVersion(
        **{
            name: getattr(old, name)
            for name in ("article", "conditions", "fee", "documents", "answer", "edited_by", "valid_to")
        },
        number=2,
        valid_from=city.today - timedelta(days=12),
        note="增加近期使用情况核对",
        edited_at=city.now - timedelta(days=13),
    )
    old.conditions = "机主本人到场,人证比对;挂失号码先解挂。"
    return newer


def _draw_audits(city: City) -> None:
    """Lists of the last days: the older ones looked at, yesterday's still open, some errors not corrected yet."""
    since = city.today - timedelta(days=90)
    kinds = BusinessType.objects.filter(code__in=ALWAYS)
    AlwaysAudited.objects.bulk_create(AlwaysAudited(business=one, valid_from=since) for one in kinds)
    days = [city.today - timedelta(days=back) for back in range(AUDITED_DAYS, 0, -1)]
    for hall in city.live():
        for day in days:
            audits.draw(hall, day, list(lists.handled_on(hall, day)), now=city.now)
    luck, checked = Random("audits"), []
    for item in AuditItem.objects.filter(day__lt=days[-1]).select_related("hall").order_by("pk"):
        checker = city.one(Role.HALL_MANAGER, item.hall.code)
        if item.person_id != checker.pk:
            checked.append(_look_at(item, checker, luck, days[-1]))
    names = ["state", "checked_by", "checked_at", "error_kind", "finding", "correct_by"]
    AuditItem.objects.bulk_update(checked, [*names, "corrected_by", "corrected_at", "correction"], batch_size=500)


def _look_at(item: AuditItem, checker: User, luck: Random, yesterday: date) -> AuditItem:
    """One in twenty-five was wrong; of the last two days' errors most wait for their correction."""
    at = time.at(item.day + timedelta(days=1), time.local(item.handled_at).time().replace(hour=10))
    item.checked_by, item.checked_at, item.state = checker, at, AuditState.PASSED
    if luck.random() < 0.04:
        kind, finding, correction = luck.choice(FINDINGS)
        item.state, item.error_kind, item.finding = AuditState.WRONG, kind, finding
        item.correct_by = item.day + timedelta(days=3)
        if item.day < yesterday - timedelta(days=2):
            item.state, item.correction = AuditState.CORRECTED, correction
            item.corrected_by_id, item.corrected_at = item.person_id, at + timedelta(hours=5)
    return item


def _set_targets(city: City) -> None:
    """This month's, a little above what the last four weeks would give: city, district, hall, person."""
    halls, operations = city.live(), city.one(Role.OPERATIONS, None)
    month, now = rules.month_of(city.today), city.now
    last = service_figures([hall.pk for hall in halls], city.today - timedelta(days=28), city.today, now)
    above = {hall.pk: hall.region for hall in halls}
    rows = []
    for measure in ("served", "accepted"):
        of_hall = {
            pk: round(counts.get(measure, 0) * (1.02 + pk % 3 / 20) / 10) * 10 for pk, counts in last.halls.items()
        }
        rows += [Target(hall_id=pk, measure=measure, value=value) for pk, value in of_hall.items() if value]
        districts: dict[Region, int] = {}
        for pk, value in of_hall.items():
            districts[above[pk]] = districts.get(above[pk], 0) + value
        rows += [Target(region=region, measure=measure, value=value) for region, value in districts.items()]
        top = next(iter(districts)).parent
        rows.append(Target(region=top, measure=measure, value=sum(districts.values()) + 40))
        rows += [
            Target(hall_id=hall, person_id=person, measure=measure, value=round(counts[measure] * 1.1))
            for (hall, person), counts in last.people.items()
            if counts.get(measure, 0) > 5
        ]
    for row in rows:
        row.month, row.set_by, row.set_at = month, operations, now - timedelta(days=city.today.day)
    Target.objects.bulk_create(rows)


def _make_months(city: City) -> None:
    """Last month's sheets: most signed, one objected to, some not looked at; the stars wait for their manager."""
    month = rules.month_before(city.today)
    voices.make_stars(city, month)
    for hall in city.live():
        month_sheets.make_for(hall, month, city.now - timedelta(days=4))
    sheets = list(MonthSheet.objects.select_related("hall", "person").order_by("pk"))
    seen = city.now - timedelta(days=3)
    for at, sheet in enumerate(sheets):
        manager = city.one(Role.HALL_MANAGER, sheet.hall.code)
        if at % 9 == 4 or sheet.person == manager:
            continue
        sheet.state, sheet.seen_at = MonthSheetState.SEEN, seen
        if at == 7:
            sheet.state, sheet.objected_at = MonthSheetState.OBJECTED, seen
            sheet.objection = "月末那个周六我顶了半天班,办结号码好像没有算进来。"
        elif at % 3:
            sheet.state, sheet.signed_by, sheet.signed_at = MonthSheetState.SIGNED, manager, seen + timedelta(days=1)
    names = ["state", "seen_at", "objection", "objected_at", "signed_by", "signed_at"]
    MonthSheet.objects.bulk_update(sheets, names)
