"""Customers as BOSS tells of them: files and programs come the same way, many rows or one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from core.errors import Refused
from core.time import business_day
from halls.models import Region
from halls.states import RegionLevel
from loyalty.actions import plans
from loyalty.models import Customer, PlanEvent, PointsAccount, StarRating, Suspension
from loyalty.rules import ownership
from loyalty.rules.ownership import Former, Meaning, Owner, Told
from loyalty.states import (
    Brand,
    Channel,
    CustomerStatus,
    PlanDid,
    RatingKind,
    RatingReason,
    Star,
    TellingReason,
)

FIELDS = ("name", "brand", "is_vip", "status", "is_real_name", "is_personal")


@dataclass
class Did:
    """What became of some told customers; `refused` by their place in what was told."""

    refused: dict[int, TellingReason]
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0


@transaction.atomic
def upsert(told: Sequence[Told], *, city: Region | None, now: datetime) -> Did:
    """Bring customers to what is told. Numbers twice in one call, and whatever would mix owners, are refused."""
    today = business_day(now)
    _lock_numbers()
    present, former = _known({one.phone for one in told})
    did = Did(refused={})
    fresh: list[tuple[Customer, Told]] = []
    seen: set[str] = set()
    for at, one in enumerate(told):
        row = present.get(one.phone)
        meant = _meaning(one, row, former.get(one.phone, ()), today, seen)
        if meant.refused:
            did.refused[at] = meant.refused
            continue
        seen.add(one.phone)
        if meant.present_leaves and row:
            close(row, one.joined_on, now)
            did.closed += 1
        if meant.is_new:
            fresh.append((_new(one, city, today), one))
        elif row:
            _change(row, one, did, now)
        else:
            did.unchanged += 1
    _write_new(fresh, now)
    did.new = len(fresh)
    return did


def upsert_one(told: Told, *, city: Region | None, now: datetime) -> Customer:
    """The same for one customer; the present owner. Raises Refused with the codes of `TellingReason`."""
    did = upsert([told], city=city, now=now)
    if did.refused:
        reason = did.refused[0]
        raise Refused(str(reason), f"{reason.label}。")
    rows = Customer.objects.filter(phone=told.phone).order_by("-joined_on", "-pk")
    customer = rows.first()
    assert customer is not None
    return customer


@transaction.atomic
def transfer(customer_id: int, *, name: str, on: date, now: datetime) -> Customer:
    """过户: the number goes to another person, who starts anew; star, plan and points stay behind (R-L-9).

    Raises Refused: not_found, closed, not_today.
    """
    former = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if former is None:
        raise Refused("not_found", "没有找到这位客户。")
    if former.status == CustomerStatus.CLOSED:
        raise Refused("closed", "号码已销户,不能过户。")
    if not former.joined_on < on <= business_day(now):
        raise Refused("not_today", "过户日期应在原机主入网之后、今天或以前。")
    close(former, on, now)
    return Customer.objects.create(phone=former.phone, name=name, brand=former.brand, joined_on=on, city=former.city)


@transaction.atomic
def close(customer: Customer, on: date, now: datetime) -> None:
    """销户或过户: from `on` the number is no longer this customer's; star and plan end the day before (R-L-9)."""
    customer.status, customer.closed_on, customer.star = CustomerStatus.CLOSED, on, Star.UNRATED
    customer.is_vip = False
    customer.save(update_fields=["status", "closed_on", "star", "is_vip"])
    end_star(customer, on)
    end_plan(customer, on, now)


def end_star(customer: Customer, on: date) -> None:
    """No star from a day on."""
    ratings = StarRating.objects.filter(customer=customer, valid_to__gte=on)
    ratings.filter(valid_from__gte=on).delete()
    ratings.update(valid_to=on - timedelta(days=1))


def end_plan(customer: Customer, on: date, now: datetime) -> None:
    account = PointsAccount.objects.select_for_update().filter(customer=customer, plan_from__isnull=False).first()
    if account is None or (account.plan_until is not None and account.plan_until < on):
        return
    account.plan_until = on - timedelta(days=1)
    account.save(update_fields=["plan_until"])
    PlanEvent.objects.create(account=account, did=PlanDid.CLOSED, channel=Channel.TOLD, at=now, effective_on=on)


def only_city() -> Region | None:
    """The city that customers belong to when nobody says which: the only one there is."""
    cities = list(Region.objects.filter(level=RegionLevel.CITY)[:2])
    return cities[0] if len(cities) == 1 else None


def _lock_numbers() -> None:
    """Two tellings at once would each see the number free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(702026, 2)")


def _known(phones: Collection[str]) -> tuple[dict[str, Customer], dict[str, list[Former]]]:
    present: dict[str, Customer] = {}
    former: dict[str, list[Former]] = {}
    for row in Customer.objects.filter(phone__in=phones):
        if row.status == CustomerStatus.CLOSED:
            former.setdefault(row.phone, []).append(Former(row.joined_on, row.closed_on))
        else:
            present[row.phone] = row
    return present, former


def _meaning(
    one: Told, row: Customer | None, former: Collection[Former], today: date, seen: Collection[str]
) -> Meaning:
    if one.phone in seen:
        return Meaning(TellingReason.TWICE)
    return ownership.meaning(one, Owner(row.name, row.joined_on) if row else None, former, today)


def _new(told: Told, city: Region | None, today: date) -> Customer:
    given = {name: getattr(told, name) for name in FIELDS if getattr(told, name) not in (None, "")}
    customer = Customer(phone=told.phone, joined_on=told.joined_on, city=city, **{"brand": Brand.EASYOWN, **given})
    if customer.status == CustomerStatus.CLOSED:
        customer.closed_on = today
    elif told.star is not None and customer.is_personal:
        customer.star = told.star
    return customer


def _write_new(fresh: Sequence[tuple[Customer, Told]], now: datetime) -> None:
    today = business_day(now)
    Customer.objects.bulk_create([customer for customer, _ in fresh])
    rated = [(one, told) for one, told in fresh if one.star >= Star.PRE_STAR]
    ratings = [_told_rating(one, one.star, ownership.told_star_from(one.joined_on, today), now) for one, _ in rated]
    StarRating.objects.bulk_create(ratings)
    _open_told([(one, told.plan_from) for one, told in fresh if told.plan_from], now)
    for day in sorted({rating.valid_from for rating in ratings}):
        plans.open_automatically(day, now, customers=[one.customer_id for one in ratings if one.valid_from == day])


def _told_rating(customer: Customer, star: int, since: date, now: datetime) -> StarRating:
    """`told_at` is set: nobody is written to about a star that was not rated here."""
    return StarRating(
        customer=customer,
        star=star,
        valid_from=since,
        valid_to=ownership.told_star_until(since, business_day(now)),
        kind=RatingKind.TOLD,
        reason=RatingReason.TOLD,
        rated_at=now,
        told_at=now,
    )


def _open_told(accounts: Sequence[tuple[Customer, date]], now: datetime) -> None:
    PointsAccount.objects.bulk_create(
        [PointsAccount(customer=one, plan_from=since, channel=Channel.TOLD) for one, since in accounts],
        ignore_conflicts=True,
    )
    PlanEvent.objects.bulk_create(
        PlanEvent(account_id=one.pk, did=PlanDid.OPENED, channel=Channel.TOLD, at=now, effective_on=since)
        for one, since in accounts
    )


def _change(row: Customer, told: Told, did: Did, now: datetime) -> None:
    """The same owner with something new."""
    today = business_day(now)
    if told.status == CustomerStatus.CLOSED:
        close(row, today, now)
        did.closed += 1
        return
    was_normal = row.status == CustomerStatus.NORMAL
    fields = [name for name in FIELDS if getattr(told, name) not in (None, "", getattr(row, name))]
    for name in fields:
        setattr(row, name, getattr(told, name))
    if "status" in fields and was_normal and row.status == CustomerStatus.SUSPENDED:
        Suspension.objects.get_or_create(customer=row, began_on=today)
    star = told.star if row.is_personal else Star.UNRATED
    if star is not None and star != row.star:
        _change_star(row, star, now)
        fields.append("star")
    if fields:
        row.save(update_fields=fields)
    did.changed += bool(fields)
    did.unchanged += not fields


def _change_star(row: Customer, star: int, now: datetime) -> None:
    """A star that BOSS tells holds from today; before today nothing is rewritten."""
    today = business_day(now)
    row.star = star
    end_star(row, today)
    if star >= Star.PRE_STAR:
        _told_rating(row, star, today, now).save(force_insert=True)
        plans.open_automatically(today, now, customers=[row.pk])


def told_from(values: dict[str, Any]) -> Told:
    """A checked form or JSON body as what it tells."""
    known: dict[str, Any] = {name: values.get(name) for name in Told.__dataclass_fields__}
    known["name"] = values.get("name") or ""
    return Told(**known)


def refresh_stars(now: datetime) -> int:
    """`Customer.star` is the star in force today; a sweep brings it there after midnight."""
    today = business_day(now)
    with connection.cursor() as cursor:
        cursor.execute(REFRESH, {"today": today})
        return cursor.rowcount


REFRESH = """
    UPDATE loyalty_customer c SET star = coalesce(r.star, -1)
    FROM loyalty_customer k
    LEFT JOIN loyalty_starrating r ON r.customer_id = k.id AND r.valid_from <= %(today)s AND r.valid_to >= %(today)s
    WHERE k.id = c.id AND c.star <> coalesce(r.star, -1)
"""
