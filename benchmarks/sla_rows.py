"""A city full of complaints, written by INSERT … SELECT from one real case, for `sla_sweep` and `complaint_desk`."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from halls.models import Hall
    from staff.models import User

HALLS = 40
OPEN = int(os.environ.get("BENCH_OPEN", "100000"))
CLOSED = int(os.environ.get("BENCH_CLOSED", "5000000"))


def make_city(now: datetime) -> tuple[list[Hall], dict[str, User]]:
    """Forty halls with a duty manager each, two handlers and operations above."""
    from complaints.actions.catalogue import prepare
    from halls.models import Hall, OpeningHours, Region
    from staff.models import Employment, User

    prepare()
    city = Region.objects.create(code="ZJ", name="镇江", level="city")
    district = Region.objects.create(code="JK", name="京口", level="district", parent=city)
    halls = Hall.objects.bulk_create(
        Hall(code=f"B{n:03d}", name=f"B{n:03d} 厅", region=district, type="standard", location="urban",
             operation="self", counter_count=4, queue_mode="machine")
        for n in range(HALLS)
    )  # fmt: skip
    OpeningHours.objects.bulk_create(
        OpeningHours(hall=hall, weekday=day, opens="08:30", closes="18:00") for hall in halls for day in range(7)
    )
    above = {
        "handler": ("H1", "complaint_handler"),
        "second": ("H2", "complaint_handler"),
        "city": ("O1", "operations"),
    }
    people = {name: User.objects.create(staff_no=f"BENCH{no}", name=name) for name, (no, _) in above.items()}
    since = (now - timedelta(days=400)).date()
    jobs = [
        Employment(user=people[name], role=role, region=city, valid_from=since) for name, (_, role) in above.items()
    ]
    managers = User.objects.bulk_create(User(staff_no=f"BENCHM{n:03d}", name=f"经理 {n}") for n in range(HALLS))
    jobs += [
        Employment(user=user, role="duty_manager", hall=hall, valid_from=since)
        for user, hall in zip(managers, halls, strict=True)
    ]
    Employment.objects.bulk_create(jobs)
    return list(halls), {**people, "manager": managers[0]}


def write_cases(halls: list[Hall], handler: User, now: datetime, *, count: int, is_open: bool, prefix: str) -> None:
    """Open cases fall due within the coming days; closed ones were logged over the last three years."""
    from django.db import connection

    from complaints.actions.cases import Report, log
    from complaints.models import Complaint

    model = log(Report(hall=halls[0], content="基准"), person=handler, now=now - timedelta(hours=1))
    names = [field.column for field in Complaint._meta.concrete_fields if field.column != "id"]
    own = {
        "token": "gen_random_uuid()",
        "number": f"'{prefix}' || n",
        "hall_id": "(%(halls)s::bigint[])[1 + n %% %(count)s]",
        "status": f"'{'handling' if is_open else 'archived'}'",
    }
    if is_open:
        due = "%(now)s::timestamptz + interval '2 hours' + n %% 100000 * interval '3 seconds'"
        own |= {"next_due_at": due, "handling_due_at": due, "reply_due_at": due}
    else:
        at = "%(now)s::timestamptz - interval '3 days' - n %% 1000000 * interval '90 seconds'"
        own |= {"logged_at": at, "accepted_at": at, "closed_at": at, "next_due_at": "NULL", "handling_due_at": "NULL"}
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(own.get(str(name), f'm."{name}"') for name in names)
    said: dict[str, Any] = {"halls": [hall.pk for hall in halls], "count": len(halls), "now": now, "model": model.pk}
    with connection.cursor() as cursor:
        for first in range(1, count + 1, 200_000):
            cursor.execute(
                f"INSERT INTO complaints_complaint ({columns}) SELECT {values} FROM complaints_complaint m, "
                f"generate_series(%(first)s, %(last)s) AS n WHERE m.id = %(model)s",
                said | {"first": first, "last": min(count, first + 199_999)},
            )
    Complaint.objects.filter(pk=model.pk).update(status="withdrawn", next_due_at=None)
    model.deadlines.update(ended_at=now)


DEADLINES = """
    INSERT INTO complaints_deadline (complaint_id, clock, subject, level, cycle, due_at, "to", can_wait, fired_at,
        ended_at, told_at)
    SELECT c.id, 'handling', 0, l.level, 1, {due}, l.to, false, {fired}, NULL, {fired}
    FROM complaints_complaint c
    CROSS JOIN (VALUES (1, ARRAY['handler']), (2, ARRAY['hall']), (3, ARRAY['hall', 'team']), (4, ARRAY['city']))
        AS l(level, "to")
    WHERE c.number LIKE %s AND {which}
"""


def write_deadlines(prefix: str, *, is_open: bool) -> None:
    """Four levels for each open case, one that was told for each closed one."""
    from django.db import connection

    due = "c.next_due_at + l.level * interval '1 hour'" if is_open else "c.logged_at"
    text = DEADLINES.format(
        due=due, fired="NULL::timestamptz" if is_open else "c.logged_at", which="true" if is_open else "l.level = 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [f"{prefix}%"])


def analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE complaints_complaint")
        cursor.execute("VACUUM ANALYZE complaints_deadline")
