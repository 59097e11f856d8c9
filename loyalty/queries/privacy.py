"""Reads about looks at customers' data."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from core import parameters, time
from halls import queries as hall_queries
from halls.models import Hall
from loyalty import hooks
from loyalty.models import Customer, Disclosure, Look
from loyalty.rules import privacy as rules
from loyalty.states import CustomerStatus, LookKind, Star
from staff.models import Employment, User
from staff.queries import people as staff
from staff.queries import rosters
from staff.states import Role


def number(name: str, hall: Hall | None, now: datetime) -> int:
    """A parameter where somebody works, or for all when they work at no hall."""
    return hall_queries.number(name, hall, now) if hall else parameters.number(name, on=time.business_day(now))


def place_of(person: User, now: datetime) -> Hall | None:
    """The hall that a person's look belongs to: where they are on duty, else where they are employed; None above."""
    day = time.business_day(now)
    jobs = Employment.objects.filter(staff.in_force(day), user=person).exclude(hall=None).select_related("hall__region")
    halls = list(dict.fromkeys(job.hall for job in jobs.order_by("pk") if job.hall))
    if len(halls) > 1:
        halls.sort(key=lambda hall: not rosters.is_on_duty(person, hall, day))
    return halls[0] if halls else None


def by_phone(phone: str) -> Customer | None:
    """Who has the number now; never who had it before (R-L-9: 销户 ends everything)."""
    return Customer.objects.filter(phone=phone).exclude(status=CustomerStatus.CLOSED).first()


def may_open(customer: Customer, person: User, now: datetime) -> bool:
    """Whether a customer's page opens: by the number itself a while ago, or because of an open number or complaint.

    Ids in the address are counted up; nobody leafs through customers with them.
    """
    hours = number(rules.CARD_HOURS, place_of(person, now), now)
    known = Look.objects.filter(
        person=person,
        customer=customer,
        kind__in=[LookKind.FOUND, LookKind.REVEALED],
        at__gt=now - timedelta(hours=hours),
    )
    return known.exists() or bool(hooks.reveal_grounds(customer.pk, person, now))


def has_letter(customer: Customer, person: User, now: datetime) -> bool:
    """Whether this person is one of the two of a letter that is still good."""
    mine = Q(asked_by=person) | Q(confirmed_by=person)
    hours = number(rules.LETTER_HOURS, None, now)
    rows = Disclosure.objects.filter(mine, customer=customer).exclude(confirmed_at=None)
    return any(rules.letter_holds(row.confirmed_at, now, hours=hours) for row in rows)


def looks_of_the_hour(person: User, now: datetime) -> int:
    rows = Look.objects.filter(person=person, kind=LookKind.REVEALED, at__gt=now - rules.HOUR)
    return rows.count()


def is_on_shift(person: User, hall: Hall | None, now: datetime) -> bool:
    """Within the roster's shift, or the hall's hours where none is published; above halls by the office hours."""
    if hall is None:
        since, until = number(rules.DAY_FROM, None, now), number(rules.DAY_UNTIL, None, now)
        return rules.is_office_hour(time.local(now).hour, since=since, until=until)
    rows = rosters.on_duty(hall, time.business_day(now))
    return any(one.person.pk == person.pk and one.is_there(now) for one in rows)


def is_colleague(customer: Customer) -> bool:
    return User.objects.filter(phone=customer.phone, is_active=True).exists()


def is_important(customer: Customer) -> bool:
    return customer.is_vip or customer.star >= Star.FIVE_SILVER


def reviewers(hall: Hall | None, *, apart_from: User) -> list[User]:
    """Who is told of an unusual look: the hall's managers, and if there is no other the district or the city."""
    near = [one for one in staff.managers_of(hall.pk) if one.pk != apart_from.pk] if hall else []
    if near:
        return near
    day = time.business_day(time.now())
    jobs = Employment.objects.filter(staff.in_force(day), role__in=[Role.DISTRICT, Role.OPERATIONS])
    people = User.objects.filter(pk__in=jobs.values("user"), is_active=True).exclude(pk=apart_from.pk)
    return [one for one in people if hall is None or one.may("access_log.review", hall)]


def looks(user: User) -> QuerySet[Look]:
    """What a manager may review, newest first."""
    rows: QuerySet[Look] = Look.objects.visible_to(user)
    return rows.select_related("person", "hall", "customer", "review__reviewer")


def open_letters(user: User) -> QuerySet[Disclosure]:
    """Letters that wait for a second person, who may be this one."""
    rows = Disclosure.objects.filter(confirmed_at=None).exclude(asked_by=user)
    here = Q(hall__in=user.hall_ids("customer.disclose"))
    return rows.filter(here | Q(hall=None)).select_related("customer", "asked_by", "hall")


def asked_letters(user: User) -> QuerySet[Disclosure]:
    """This person's own letters, which somebody else has to confirm."""
    return Disclosure.objects.filter(confirmed_at=None, asked_by=user).select_related("customer")
