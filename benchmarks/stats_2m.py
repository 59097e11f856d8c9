"""The statistics page over two million numbers, against a bare aggregate over the same rows."""

from __future__ import annotations

import statistics
import time as clock
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Result, installation, load_average, say

if TYPE_CHECKING:
    from datetime import date, datetime

    from halls.models import BusinessType

HALLS, DAYS, NUMBERS_A_DAY, CLERKS = 40, 250, 200, 6
RUNS = 7

BARE = """
    SELECT business_day, count(*), avg(extract(epoch FROM called_at - taken_at)),
        percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM called_at - taken_at)),
        avg((called_at - taken_at <= interval '15 minutes')::int)
    FROM queueing_ticket
    WHERE hall_id = ANY(%s) AND business_day BETWEEN %s AND %s AND state = 'done' AND NOT is_simulated
    GROUP BY business_day
"""

# Lognormal-like waits and services out of a number's place in its day: the same rows in every run.
TICKETS = """
    INSERT INTO queueing_ticket (id, hall_id, business_day, letter, number, group_id, business_id, lane, phone, star,
        source, is_simulated, is_estimated, state, taken_at, call_order_at, first_called_at, called_at, started_at,
        finished_at, moved_at, calls, requeues, window_id, clerk_id, held_kind, held_seconds, away_seconds, why,
        ahead_when_taken, promised_seconds, end_mark, rating, told_online, recommended, retention{more})
    SELECT gen_random_uuid(), h.hall, d.day, (ARRAY['A','B','C','G','V'])[1 + n %% 5], 'N' || n, h.grp,
        h.businesses[1 + (n * 7 + d.nth) %% array_length(h.businesses, 1)], '', '', NULL, 'kiosk', false, false,
        CASE WHEN n %% 25 = 0 THEN 'no_show' ELSE 'done' END, t.taken, t.taken, t.called, t.called,
        CASE WHEN n %% 25 > 0 THEN t.called END, t.called + t.service, t.called + t.service, 1, 0,
        h.windows[1 + n %% {clerks}], h.clerks[1 + n %% {clerks}], '', 0, 0, '', 0,
        600, '', CASE WHEN n %% 9 = 0 THEN 1 + n %% 5 END, false, '', ''{values}
    FROM (SELECT * FROM unnest(%(halls)s::bigint[], %(groups)s::bigint[]) WITH ORDINALITY AS one(hall, grp, nth)) AS o
    CROSS JOIN LATERAL (
        SELECT o.hall, o.grp, %(businesses)s::bigint[] AS businesses,
            (%(windows)s::bigint[])[(o.nth - 1) * {clerks} + 1 : o.nth * {clerks}] AS windows,
            (%(clerks)s::bigint[])[(o.nth - 1) * {clerks} + 1 : o.nth * {clerks}] AS clerks
    ) AS h
    CROSS JOIN unnest(%(days)s::date[], %(begins)s::timestamptz[]) WITH ORDINALITY AS d(day, begins, nth)
    CROSS JOIN generate_series(1, {numbers}) AS n
    CROSS JOIN LATERAL (
        SELECT d.begins + interval '8 hours 30 minutes' + n * interval '9 hours' / {numbers} AS taken,
            exp(((n * 7919 + d.nth * 104729 + h.hall * 31) %% 1000) / 200.0 + 3) * interval '1 second' AS wait,
            (90 + (n * 31 + d.nth * 17) %% 800) * interval '1 second' AS service
    ) AS raw
    CROSS JOIN LATERAL (SELECT raw.taken, raw.taken + raw.wait AS called, raw.service) AS t
"""
SESSIONS = """
    WITH made AS (
        INSERT INTO queueing_windowsession
            (window_id, clerk_id, signed_in_at, signed_out_at{more})
        SELECT w, c, begins + interval '8 hours 30 minutes', begins + interval '18 hours'{values}
        FROM unnest(%(windows)s::bigint[], %(clerks)s::bigint[]) AS seat(w, c)
        CROSS JOIN unnest(%(begins)s::timestamptz[]) AS begins
        RETURNING id, window_id, signed_in_at, signed_out_at
    )
    INSERT INTO queueing_windowevent (session_id, hall_id, did, at, reason)
    SELECT made.id, w.hall_id, e.did, e.at, '' FROM made JOIN halls_window w ON w.id = made.window_id
    CROSS JOIN LATERAL (VALUES ('signed_in', signed_in_at), ('signed_out', signed_out_at)) AS e(did, at)
"""


def run() -> Iterator[Result]:
    load = load_average()
    with installation(web=1):
        from core import time

        now = time.now()
        today = time.business_day(now)
        since, until = today - timedelta(days=DAYS), today - timedelta(days=1)
        owner, halls = _make_city(today)
        say(f"writing {HALLS * DAYS * NUMBERS_A_DAY:,} numbers")
        _fill(since)
        say("adding them up")
        added = _seconds(lambda: _add_up(now))
        bare = _times(lambda: _bare(halls, since, until))
        pages = {by: _times(lambda by=by: _page(owner, by, since, until)) for by in _views()}  # type: ignore[misc]
    middles = {by: statistics.median(found) for by, found in pages.items()}
    slowest = max(middles, key=lambda by: middles[by])
    floor = statistics.median(bare)
    detail = {
        "better": "lower",
        "rows": HALLS * DAYS * NUMBERS_A_DAY,
        "halls": HALLS,
        "days": DAYS,
        "measured": "GET of the whole page by Django's test client, all halls and days; the slowest view counts",
        "slowest_view": slowest,
        "page_p50_seconds": {by: round(value, 3) for by, value in middles.items()},
        "page_worst_seconds": round(max(max(found) for found in pages.values()), 3),
        "bare_p50_seconds": round(floor, 3),
        "add_up_seconds": round(added, 1),
        "runs": RUNS,
        "load_average_before": load,
    }
    yield Result("stats_2m", middles[slowest], "s", floor, detail)


def _views() -> list[str]:
    from queueing.states import FigureBy

    return list(FigureBy.values)


def _times(act: Callable[[], Any]) -> list[float]:
    act()
    return [_seconds(act) for _ in range(RUNS)]


def _seconds(act: Callable[[], Any]) -> float:
    began = clock.perf_counter()
    act()
    return clock.perf_counter() - began


def make_businesses() -> list[BusinessType]:
    from decimal import Decimal

    from halls.models import BusinessType

    return [
        BusinessType.objects.create(code=f"kind{at}", name=f"业务{at}", minutes=Decimal(4 + at), e_channel="线上")
        for at in range(15)
    ]


def _make_city(today: date) -> tuple[Any, list[int]]:
    from benchmarks.queue_calls import _make_hall
    from core.time import now
    from staff.models import User

    businesses = make_businesses()
    halls = [_make_hall(f"ST{at:02d}") for at in range(HALLS)]
    for hall in halls:
        hall.groups.get().businesses.add(*businesses)
    User.objects.bulk_create(
        User(staff_no=f"ST{at:05d}", name=f"营业员{at}", password="!", password_changed_at=now())
        for at in range(HALLS * CLERKS)
    )
    owner = User.objects.create(
        staff_no="OWNER", name="所有者", password="!", is_superuser=True, password_changed_at=now()
    )
    return owner, [hall.pk for hall in halls]


def _fill(since: date) -> None:
    from halls.models import Hall
    from staff.models import User

    halls = list(Hall.objects.filter(code__startswith="ST").order_by("pk").values_list("pk", flat=True))
    clerks = list(User.objects.filter(staff_no__startswith="ST").order_by("pk").values_list("pk", flat=True))
    fill(halls, clerks, [since + timedelta(days=at) for at in range(DAYS)], NUMBERS_A_DAY)


def fill(halls: list[int], clerks: list[int], days: list[date], numbers: int) -> None:
    """So many numbers for each hall and day, and its first windows open all day; as many clerks for every hall."""
    from django.db import connection

    from core.time import day_bounds
    from halls.models import BusinessGroup, BusinessType, Window
    from queueing.models import Ticket, WindowSession

    at_work = len(clerks) // len(halls)
    windows: dict[int, list[int]] = {hall: [] for hall in halls}
    for pk, hall in Window.objects.order_by("number").values_list("pk", "hall_id"):
        if len(windows.get(hall, clerks)) < at_work:
            windows[hall].append(pk)
    groups = dict(BusinessGroup.objects.order_by("-order").values_list("hall", "pk"))
    given: dict[str, Any] = {
        "halls": halls,
        "groups": [groups[hall] for hall in halls],
        "businesses": list(BusinessType.objects.filter(code__startswith="kind").values_list("pk", flat=True)),
        "windows": [pk for hall in halls for pk in windows[hall]],
        "clerks": clerks,
        "days": days,
        "begins": [day_bounds(day)[0] for day in days],
    }
    with connection.cursor() as cursor:
        cursor.execute(TICKETS.format(clerks=at_work, numbers=numbers, **_others(Ticket, TICKETS)), given)
        cursor.execute(SESSIONS.format(**_others(WindowSession, SESSIONS)), given)
        cursor.execute("VACUUM ANALYZE queueing_ticket")
        cursor.execute("ANALYZE queueing_windowsession, queueing_windowevent")


def _others(model: Any, text: str) -> dict[str, str]:
    """Columns that must have a value and are not named in the statement get their field's default."""
    from django.db import models

    named = text.partition(model._meta.db_table)[2].partition("(")[2].partition("{more}")[0]
    known = {name.strip() for name in named.replace("\n", " ").split(",")} | {"id"}
    more = [one for one in model._meta.concrete_fields if one.column not in known and not one.null]
    values = []
    for one in more:
        value = one.get_default()
        is_number = isinstance(one, (models.BooleanField, models.IntegerField))
        values.append(str(value).lower() if is_number else f"'{value or ''}'")
    return {"more": "".join(f", {one.column}" for one in more), "values": "".join(f", {value}" for value in values)}


def _add_up(now: datetime) -> None:
    from django.db import connection

    from queueing.actions import figures

    figures.add_up(now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE queueing_figure")


def _bare(halls: list[int], since: date, until: date) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(BARE, [halls, since, until])
        cursor.fetchall()


def _page(owner: Any, by: str, since: date, until: date) -> None:
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(owner)
    answer = client.get("/queueing/figures/", {"hall": "all", "by": by, "from": str(since), "to": str(until)})
    if answer.status_code != 200:
        raise RuntimeError(f"the page answered {answer.status_code}")
