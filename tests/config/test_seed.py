import json
import stat
from collections.abc import Iterator
from datetime import time as clock
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.test import override_settings
from django.utils.module_loading import import_string

from config.demo import calendar, demand, people
from core import time
from halls.authentication import device_of
from halls.models import BusinessType, CalendarDay, Device, Hall, Window
from halls.rules import queue_mode_for
from halls.states import DeviceKind, Reserved
from loyalty.models import Customer, Redemption, StarRating
from loyalty.queries import proof, rating
from loyalty.rules import months
from overview.queries import figures
from queueing.models import Checklist, Ticket, TicketEvent, WindowEvent, WindowSession
from queueing.queries import board
from queueing.states import Did, ItemKind
from queueing.states import TicketState as S
from staff.models import Employment, User
from tests.overview import reference
from tests.overview.reference import unlike

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("city")]
DAYS, SCALE = 5, 0.1


def seed(**options: Any) -> list[str]:
    said = StringIO()
    call_command("seed_demo", stdout=said, **options)
    return said.getvalue().splitlines()


@pytest.fixture(scope="module")
def city(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """A small demo city, made once for the tests of this file and rolled back; they only read."""
    var = tmp_path_factory.mktemp("seed")
    with django_db_blocker.unblock(), override_settings(VAR=var), transaction.atomic():
        told = seed(days=DAYS, scale=SCALE)
        yield {"var": var, **json.loads(told[-1])}
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def in_its_folder(city: dict[str, Any]) -> Iterator[None]:
    with override_settings(VAR=city["var"]):
        yield


def logins(city: dict[str, Any]) -> list[dict[str, Any]]:
    return json.loads((city["var"] / "demo_logins.json").read_text())


def test_it_says_what_it_made(city):
    counted = [Hall, User, Customer, Device, Ticket, TicketEvent, WindowSession]
    names = ["halls", "people", "customers", "devices", "tickets", "events", "sessions"]
    assert [city[name] for name in names] == [model.objects.count() for model in counted]
    assert (city["halls"], city["people"], city["customers"]) == (14, 60, 2000)


def test_halls_are_as_the_rules_want_them():
    for hall in Hall.objects.all():
        assert hall.queue_mode == queue_mode_for(hall.counter_count, hall.has_rest_area)
        assert hall.windows.count() == hall.counter_count
        assert hall.weekly_hours.count() == 7
        assert hall.groups.count() <= 8
        for one in [*hall.groups.all(), *hall.windows.all()]:
            one.full_clean()
    assert list(Hall.objects.filter(is_live=True).values_list("code", flat=True)) == [f"ZJ0{n}" for n in range(1, 7)]
    assert set(Hall.objects.filter(is_live=True, queue_mode="line").values_list("code", flat=True)) == {"ZJ04", "ZJ06"}


def test_the_flagship_serves_everything_at_every_window_around_the_clock():
    hall = Hall.objects.get(code="ZJ01")
    document = board.document(hall.pk, time.at(time.business_day(time.now()), clock(0)))
    assert (document["open"], document["issuing"], document["hours"]) == (True, True, "00:00–24:00")
    groups = set(hall.groups.values_list("code", flat=True))
    assert all(set(window.groups.values_list("code", flat=True)) == groups for window in hall.windows.all())
    reserved = list(hall.windows.exclude(reserved="").values_list("reserved", flat=True))
    assert sorted(reserved) == [Reserved.GOTONE, Reserved.GREEN]
    assert hall.windows.count() == 8


def test_every_business_but_complaints_can_be_queued():
    queued = set(BusinessType.objects.filter(groups__hall__code="ZJ01").values_list("code", flat=True))
    assert set(BusinessType.objects.values_list("code", flat=True)) - queued == {"complaint"}
    group_codes = set(Hall.objects.get(code="ZJ01").groups.values_list("code", flat=True))
    assert not group_codes & queued


def test_holidays_are_rows():
    assert set(CalendarDay.objects.dates("day", "year").values_list("day__year", flat=True)) == {2025, 2026}
    assert CalendarDay.objects.get(day="2026-10-01").name == "国庆节"
    assert CalendarDay.objects.get(day="2026-10-10").kind == "makeup"


def test_everybody_has_a_job_and_no_namesake():
    assert User.objects.values("name").distinct().count() == 60
    assert not User.objects.filter(employments=None).exists()
    assert Employment.objects.filter(hall__code="ZJ01").values("user").distinct().count() == 18
    assert Employment.objects.filter(hall=None).values("user").distinct().count() == 9
    assert User.objects.values("password").distinct().count() == 1
    for job in Employment.objects.select_related("user"):
        job.full_clean()


def test_the_login_list_is_private_and_complete(city):
    path: Path = city["var"] / "demo_logins.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = logins(city)
    assert {row["role"] for row in rows if "username" in row} == {
        "clerk", "greeter", "duty_manager", "hall_manager", "complaint_handler", "inspector", "district", "operations",
    }  # fmt: skip
    clerks = [row for row in rows if row["role"] == "clerk" and row["hall"] == "ZJ01"]
    assert len(clerks) >= 6
    above = [row for row in rows if row["role"] in {"inspector", "district", "operations", "complaint_handler"}]
    assert {row["hall"] for row in above} == {None}
    assert not WindowSession.objects.filter(signed_out_at=None).exists()
    assert User.objects.get(staff_no=clerks[0]["username"]).rights.halls["queue.serve"] == {
        Hall.objects.get(code="ZJ01").pk
    }


def test_its_links_pair_kiosks_and_screens(city):
    links = [row for row in logins(city) if "url" in row]
    assert sorted(row["hall"] for row in links if row["role"] == "tv") == [f"ZJ0{n}" for n in range(1, 7)]
    assert sorted(row["hall"] for row in links if row["role"] == "kiosk") == ["ZJ01", "ZJ02", "ZJ03", "ZJ05"]
    for row in links:
        device = device_of(row["url"].rstrip("/").rsplit("/", 1)[1])
        assert device is not None
        assert (device.kind, device.hall.code) == (row["role"], row["hall"])
    shown = Device.objects.filter(kind=DeviceKind.WINDOW_DISPLAY)
    assert shown.count() == Window.objects.filter(hall__is_live=True).count()


def test_customers_have_different_phones_of_the_demo_range():
    phones = set(Customer.objects.values_list("phone", flat=True))
    assert (len(phones), min(phones), max(phones)) == (2000, "13800000001", "13800002000")
    assert Customer.objects.filter(brand="gotone").count() == pytest.approx(440, abs=80)


def test_counts_are_near_the_plan():
    today = time.business_day(time.now())
    for code, flow in demand.FLOWS.items():
        known = [calendar.facts(today - timedelta(days=back)) for back in range(1, DAYS + 1)]
        planned = sum(flow.daily * SCALE * demand.day_factor(flow, facts) for facts in known)
        assert Ticket.objects.filter(hall__code=code).count() == pytest.approx(planned, rel=0.4, abs=4)


def test_the_past_is_over_and_complete():
    today = time.business_day(time.now())
    assert not Ticket.objects.filter(business_day__gte=today).exists()
    assert not Ticket.objects.active().exists()
    assert not Ticket.objects.filter(is_simulated=True).exists()
    done = Ticket.objects.filter(state=S.DONE)
    assert done.exists()
    assert not done.filter(
        Q(called_at=None) | Q(started_at=None) | Q(finished_at=None) | Q(window=None) | Q(clerk=None) | Q(why="")
    ).exists()
    assert not done.filter(
        Q(called_at__lt=F("taken_at")) | Q(started_at__lt=F("called_at")) | Q(finished_at__lt=F("started_at"))
    ).exists()


def test_every_number_has_its_chain_of_events():
    ends: dict[Any, str] = {}
    for event in TicketEvent.objects.order_by("id"):
        assert event.before == ends.get(event.ticket_id, ""), event.ticket_id
        ends[event.ticket_id] = event.after
    assert ends == dict(Ticket.objects.values_list("pk", "state"))
    assert TicketEvent.objects.filter(did=Did.TAKEN).count() == Ticket.objects.count()


def test_nobody_is_at_two_places_at_once():
    with connection.cursor() as cursor:
        for who in ("clerk_id", "window_id"):
            cursor.execute(
                f"""
                SELECT count(*) FROM queueing_windowsession a JOIN queueing_windowsession b
                ON a.{who} = b.{who} AND a.id < b.id
                AND a.signed_in_at < b.signed_out_at AND b.signed_in_at < a.signed_out_at
                """
            )
            assert cursor.fetchone() == (0,)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    twice = Ticket.objects.exclude(phone="").values("business_day", "phone").annotate(count=Count("id"))
    assert not twice.filter(count__gt=1).exists()


def test_windows_were_open_while_their_numbers_were_served():
    for ticket in Ticket.objects.filter(state=S.DONE)[:200]:
        sessions = WindowSession.objects.filter(window=ticket.window, clerk=ticket.clerk)
        assert sessions.filter(signed_in_at__lte=ticket.called_at, signed_out_at__gte=ticket.finished_at).exists()
    assert WindowEvent.objects.filter(did="paused", reason="meal").exists()


def test_a_second_run_changes_nothing(city):
    before = (Ticket.objects.count(), Device.objects.count(), logins(city))

    told = seed()

    assert told == ["there are halls already, nothing was changed 已有营业厅数据,未作改动"]
    assert (Ticket.objects.count(), Device.objects.count(), logins(city)) == before


def test_another_port_moves_the_links_and_keeps_the_tokens(city):
    before = logins(city)
    with override_settings(PUBLIC_URL="http://hall.example:9000"):
        told = seed()
        moved = [row["url"] for row in logins(city) if "url" in row]
    assert told[-1] == "links of kiosks and TVs now point to the present address"
    assert moved[0].startswith("http://hall.example:9000/pair/hkd_")
    assert device_of(moved[0].rstrip("/").rsplit("/", 1)[1]) is not None
    seed()
    assert logins(city) == before


def test_a_lost_login_list_is_written_again_with_new_links(city):
    path: Path = city["var"] / "demo_logins.json"
    before = logins(city)
    with transaction.atomic():
        path.unlink()
        seed()
        again = logins(city)
        assert [row.get("username") for row in again] == [row.get("username") for row in before]
        link = next(row["url"] for row in again if "url" in row)
        assert device_of(link.rstrip("/").rsplit("/", 1)[1]) is not None
        transaction.set_rollback(True)
    path.write_text(json.dumps(before))


def test_it_refuses_a_production_database():
    with override_settings(EMBEDDED=False), pytest.raises(CommandError, match="DATABASE_URL is set"):
        seed()


def test_the_password_may_be_used():
    from django.contrib.auth.password_validation import validate_password

    validate_password(people.PASSWORD, User.objects.first())


def test_r_q_12_the_door_knows_what_every_business_asks_for():
    lists = {row.business.code: row for row in Checklist.objects.select_related("business")}
    assert set(BusinessType.objects.filter(needs_id=True).values_list("code", flat=True)) == set(lists)
    replaced = lists["sim_replace"]
    assert replaced.items.filter(kind=ItemKind.INFORMATION).count() == 9
    assert replaced.information_needed == 3
    for row in lists.values():
        assert row.items.filter(kind=ItemKind.DOCUMENT).count() > 0
        assert row.information_needed <= row.items.filter(kind=ItemKind.INFORMATION).count()
        for item in row.items.all():
            item.full_clean()
    for business in BusinessType.objects.exclude(without_documents=""):
        business.full_clean()
    assert BusinessType.objects.filter(needs_id=True).exclude(without_documents="").count() == 18


def test_every_figure_of_the_demo_city_is_what_its_events_say():
    now = time.now()
    today = time.business_day(now)
    ids = list(Hall.objects.values_list("pk", flat=True))
    for first, last in ((today - timedelta(days=DAYS), today), (today, today)):
        ours, slow = figures.of_halls(ids, first, last, now), reference.of_halls(ids, first, last, now)
        assert unlike(ours, slow) == []


def test_every_regular_job_runs_on_the_demo_city_and_runs_again(monkeypatch):
    """What a sweep finds there is proved elsewhere; here nothing may fail on a city full of everything."""
    monkeypatch.setattr(current_app.conf, "task_always_eager", True)
    monkeypatch.setattr(current_app.conf, "task_eager_propagates", True)
    for job in settings.CELERY_BEAT_SCHEDULE.values():
        task = import_string(job["task"])
        task()
        task()


def test_every_rated_customer_knows_why_and_old_redemptions_prove_right(city: dict[str, Any]) -> None:
    today = time.business_day(time.now())
    rated = StarRating.objects.filter(valid_from__lte=today, valid_to__gte=today, star__gte=0)
    lows = rating.bands_on(today)
    unlike = [
        (row.star, row.score)
        for row in rated
        if row.score != row.parts["bill"] + row.parts["age"] + row.parts["bonus"] - row.parts["penalty"]
        or row.parts.get("by_score", row.star)
        != max([star for star, low in lows.items() if row.score >= low], default=0)
    ]
    assert (unlike, rated.count()) == ([], rated.exclude(parts={}).count())
    redeemed = sorted({months.first_of(time.business_day(row.at)) for row in Redemption.objects.all()})
    assert [proof.of_accounts(month).count for month in redeemed] == [0] * len(redeemed)
