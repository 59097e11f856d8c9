from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from complaints.actions.cases import Report, log
from complaints.actions.catalogue import prepare
from complaints.models import Complaint, Team
from complaints.queries import policies
from halls.models import Hall
from staff.models import User
from staff.states import Role
from tests.complaints.histories import when
from tests.factories import make_customer, make_hall, make_user

NOW = when("2026-11-23 10:00")  # a Monday


@dataclass(frozen=True)
class Place:
    """A hall with its people: 小李 clerk, 王经理 duty manager, 店长, and the handlers and operations above."""

    hall: Hall
    clerk: User
    duty: User
    manager: User
    handler: User
    operations: User


@pytest.fixture(autouse=True)
def fresh_versions() -> Iterator[None]:
    policies.forget()
    yield
    policies.forget()


@pytest.fixture
def place(db: Any) -> Place:
    prepare()
    hall = make_hall("ZJ01", windows=2)
    city = hall.region.parent
    return Place(
        hall=hall,
        clerk=make_user("01005", Role.CLERK, hall, name="小李", phone="13900000005"),
        duty=make_user("01002", Role.DUTY_MANAGER, hall, name="王经理", phone="13900000002"),
        manager=make_user("01001", Role.HALL_MANAGER, hall, name="陈店长", phone="13900000001"),
        handler=make_user("90007", Role.COMPLAINT_HANDLER, region=city, name="何投诉"),
        operations=make_user("90009", Role.OPERATIONS, region=city, name="罗运营"),
    )


def make_case(place: Place, *, at: datetime = NOW, tier: str = "other", **facts: Any) -> Complaint:
    """A complaint logged by the clerk, of a customer of the tier."""
    person = facts.pop("person", place.clerk)
    phones = {"vip": ("13800000001", {"is_vip": True}), "gotone": ("13800000002", {"brand": "gotone"})}
    if tier in phones:
        phone, known = phones[tier]
        from loyalty.models import Customer

        if not Customer.objects.filter(phone=phone).exists():
            make_customer(phone, **known)
        facts.setdefault("phone", phone)
    facts.setdefault("content", "排队半小时,窗口解释不清")
    return log(Report(hall=place.hall, **facts), person=person, now=at)


def team(code: str) -> Team:
    return Team.objects.get(code=code)


def hours(count: float) -> datetime:
    """So many hours after NOW."""
    return NOW + timedelta(hours=count)


def fresh(complaint: Complaint) -> Complaint:
    return Complaint.objects.get(pk=complaint.pk)
