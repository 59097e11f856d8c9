"""Paper asked for on a tablet."""

from datetime import datetime, timedelta

import pytest

from core import time
from core.errors import Refused
from halls.models import Device, Hall
from queueing import actions
from queueing.actions import Actor
from queueing.models import PrintJob, Ticket
from queueing.rules.printing import job_state
from tests.factories import make_business, make_device, make_ticket, make_user


@pytest.fixture
def chen(hall: Hall) -> Actor:
    return Actor(person=make_user("01800", "greeter", hall, name="陈静"))


@pytest.fixture
def kiosk(hall: Hall, noon: datetime) -> Device:
    return make_device(hall, "kiosk", token=f"hkd_{'k' * 30}", paired_at=noon, last_seen_at=noon)


@pytest.fixture
def ticket(hall: Hall, noon: datetime) -> Ticket:
    return make_ticket(hall, taken_at=noon)


@pytest.mark.parametrize(("seconds", "state"), [(0, "waiting"), (180, "waiting"), (180.001, "expired")])
def test_a_job_nobody_prints_expires(noon: datetime, seconds: float, state: str) -> None:
    assert job_state(noon, None, noon + timedelta(seconds=seconds), minutes=3) == state
    assert job_state(noon, noon, noon + timedelta(seconds=seconds), minutes=3) == "printed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"paper_out": True}, "printer_paper_out"),
        ({"last_seen_at": None, "paired_at": None}, "printer_silent"),
        ({"revoked_at": time.now()}, "no_printer"),
        ({"token_hash": ""}, "no_printer"),
        ({"kind": "tv"}, "no_printer"),
    ],
)
def test_without_a_ready_printer_the_tablet_is_told(
    hall: Hall, kiosk: Device, chen: Actor, ticket: Ticket, noon: datetime, change: dict[str, object], code: str
) -> None:
    Device.objects.filter(pk=kiosk.pk).update(**change)
    for ask in (
        lambda: actions.print_slip(ticket.pk, actor=chen, now=noon),
        lambda: actions.print_list(hall, make_business("payment"), actor=chen, now=noon),
    ):
        with pytest.raises(Refused) as no:
            ask()
        assert no.value.code == code
    assert PrintJob.objects.count() == 0


def test_the_list_carries_its_lines(hall: Hall, kiosk: Device, chen: Actor, noon: datetime) -> None:
    business = make_business("sim_replace")
    business.documents = "机主本人有效身份证件、原卡"
    actions.print_list(hall, business, actor=chen, now=noon)
    job = actions.claim_print(kiosk, noon)
    assert job
    assert (job.kind, job.title, job.lines) == ("list", "业务 sim_replace", ["机主本人有效身份证件", "原卡"])


def test_jobs_are_fetched_in_order_and_not_when_old(
    hall: Hall, kiosk: Device, chen: Actor, ticket: Ticket, noon: datetime
) -> None:
    old = actions.print_slip(ticket.pk, actor=chen, now=noon)
    moment = noon + timedelta(minutes=3, seconds=1)
    first = actions.print_slip(ticket.pk, actor=chen, now=moment)
    second = actions.print_slip(ticket.pk, actor=chen, now=moment + timedelta(seconds=1))
    found = [actions.claim_print(kiosk, moment + timedelta(seconds=2)) for _ in range(3)]
    assert [job and job.pk for job in found] == [first.pk, second.pk, None]
    old.refresh_from_db()
    assert old.claimed_at is None


def test_a_kiosk_that_broke_down_does_not_keep_a_job(
    hall: Hall, kiosk: Device, chen: Actor, ticket: Ticket, noon: datetime
) -> None:
    job = actions.print_slip(ticket.pk, actor=chen, now=noon)
    other = make_device(hall, "kiosk", token=f"hkd_{'p' * 30}")
    actions.claim_print(kiosk, noon)
    assert actions.claim_print(other, noon + timedelta(seconds=59)) is None
    again = actions.claim_print(other, noon + timedelta(seconds=60))
    assert again == job
    with pytest.raises(Refused) as no:
        actions.printed(job.pk, kiosk, noon + timedelta(seconds=61))
    assert no.value.code == "not_claimed"
    actions.printed(job.pk, other, noon + timedelta(seconds=62))
    done = actions.printed(job.pk, other, noon + timedelta(seconds=90))
    assert done.printed_at == noon + timedelta(seconds=62)


def test_a_number_that_is_over_is_not_printed(hall: Hall, kiosk: Device, chen: Actor, noon: datetime) -> None:
    done = make_ticket(hall, "cancelled", taken_at=noon)
    with pytest.raises(Refused) as no:
        actions.print_slip(done.pk, actor=chen, now=noon)
    assert (no.value.code, PrintJob.objects.count()) == ("bad_move", 0)
