"""The statements that add up days: the same text for what is stored at night and what is asked live.

Days are Shanghai's; every statement gets them as rows of (hall, day, first moment, standards), and `now` as a value.
Seconds are whole. What was simulated never counts.
"""

from queueing.rules.figures import BUCKETS, COARSE, FINE, MIDDLE
from queueing.states import PauseReason

TICKET_SUMS = (
    "issued",
    "estimated",
    "answered",
    "wait_seconds",
    "wait_within",
    "long_waits",
    "cared",
    "served",
    "service_seconds",
    "service_in_limit",
    "wait_in_limit",
    "no_shows",
    "no_show_seconds",
    "cancelled",
    "closed",
    "handled",
    "online_handled",
    "told_online",
    "ratings",
    "rating_sum",
    "low_ratings",
    "promised",
    "promise_kept",
    "promise_error_seconds",
)
DOOR_SUMS = ("vips", "vips_met", "sent_on", "answered_at_door", "without_documents")
SEAT_SUMS = ("signed_seconds", "open_seconds", "busy_seconds")
SUMS = (*TICKET_SUMS, *DOOR_SUMS, *SEAT_SUMS)
REASONS = tuple(PauseReason.values)

_BUCKET = f"""
    CASE WHEN wait <= {FINE * 60} THEN greatest(ceil(wait / 60.0), 1)
        WHEN wait <= {MIDDLE * 60} THEN {FINE} + ceil((ceil(wait / 60.0) - {FINE}) / 2)
        WHEN wait <= {COARSE * 60} THEN {FINE + (MIDDLE - FINE) // 2} + ceil((ceil(wait / 60.0) - {MIDDLE}) / 10)
        ELSE {BUCKETS} END::int
"""
_REASON = " ".join(f"WHEN reason = '{reason}' THEN {at}" for at, reason in enumerate(REASONS, 1))

# Whole days of halls with what their province asks of them.
DAYS = """
days AS (
    SELECT * FROM unnest(
        %(halls)s::bigint[], %(days)s::date[], %(begins)s::timestamptz[], %(lines)s::boolean[],
        %(busy)s::int[], %(within)s::int[], %(long)s::int[], %(vip)s::int[],
        %(service_idle_gotone)s::int[], %(service_idle_other)s::int[], %(service_busy_any)s::int[],
        %(wait_idle_gotone)s::int[], %(wait_idle_other)s::int[], %(wait_busy_any)s::int[]
    ) AS d(hall_id, day, begins, is_line, busy, within, long, vip, service_idle_gotone, service_idle_other,
        service_busy_any, wait_idle_gotone, wait_idle_other, wait_busy_any)
)
"""

# One row per number: seconds waited to the answered call without what it was away, seconds served without what it
# was held. A forgotten start counts from the call. Moves that were undone left nothing on the row; a number whose
# taking was undone never was.
NUMBERS = f"""
numbers AS (
    SELECT *, {_BUCKET} AS bucket FROM (
        SELECT d.*, t.id, t.letter, t.clerk_id, t.business_id, t.group_id, t.state, t.is_estimated, t.rating,
            t.told_online, t.taken_at, t.called_at, t.finished_at, t.promised_seconds, t.promised_high_seconds,
            t.away_seconds, CASE WHEN t.window_id IS NULL THEN t.held_at END AS set_aside_at,
            t.cared_at IS NOT NULL AS is_cared,
            least(greatest(floor(extract(epoch FROM t.taken_at - d.begins) / 1800), 0), 47)::int AS slot,
            least(greatest(floor(extract(epoch FROM t.called_at - d.begins) / 1800), 0), 47)::int AS called_slot,
            t.state IN ('done', 'serving', 'held') AND t.called_at IS NOT NULL
                AND NOT (t.state = 'held' AND t.window_id IS NULL) AS is_answered,
            t.state = 'done' AND t.called_at IS NOT NULL AS is_served,
            greatest(floor(extract(epoch FROM t.called_at - t.taken_at)) - t.away_seconds, 0)::int AS wait,
            greatest(floor(extract(epoch FROM t.finished_at - coalesce(t.started_at, t.called_at)))
                - t.held_seconds, 0)::int AS service,
            greatest(extract(epoch FROM coalesce(t.finished_at, %(now)s) - t.called_at)
                - t.held_seconds, 0) AS at_window
        FROM days d
        JOIN queueing_ticket t ON t.hall_id = d.hall_id AND t.business_day = d.day AND NOT t.is_simulated
            AND NOT (t.state = 'cancelled' AND EXISTS (
                SELECT 1 FROM queueing_ticketevent e
                WHERE e.ticket_id = t.id AND e.did = 'undone' AND e.detail->>'undid' = 'taken'))
    ) AS one
)
"""

# Windows: from each event to the next, cut at the day's bounds and at half hours. `places` are the halls of `days`,
# each once: from that the planner sees how few windows they have and does not read the sessions of the whole city.
SEATS = f"""
spans AS (
    SELECT d.hall_id, d.day, d.begins, s.clerk_id, e.did, e.reason, e.at AS starts,
        coalesce(lead(e.at) OVER (PARTITION BY d.day, s.id ORDER BY e.at, e.id), s.signed_out_at, %(now)s) AS ends
    FROM days d
    JOIN halls_window w ON w.hall_id = d.hall_id AND w.hall_id = ANY(%(places)s)
    JOIN queueing_windowsession s ON s.window_id = w.id AND NOT s.is_simulated
        AND s.signed_in_at < d.begins + interval '1 day' AND (s.signed_out_at IS NULL OR s.signed_out_at > d.begins)
    JOIN queueing_windowevent e ON e.session_id = s.id
), work AS (
    SELECT hall_id, day, begins, clerk_id, finish - least(at_window, 86400) * interval '1 second' AS starts,
        finish AS ends
    FROM (
        SELECT *, coalesce(finished_at, %(now)s) AS finish FROM numbers
        WHERE clerk_id IS NOT NULL AND called_at IS NOT NULL AND state IN ('done', 'no_show', 'called', 'serving')
    ) AS one
), pieces AS (
    SELECT hall_id, day, begins, clerk_id, did AS what, reason, greatest(starts, begins) AS starts,
        least(ends, begins + interval '1 day', %(now)s) AS ends
    FROM spans WHERE did NOT IN ('signed_out', 'night_closed')
    UNION ALL
    SELECT hall_id, day, begins, clerk_id, 'work', '', greatest(starts, begins),
        least(ends, begins + interval '1 day', %(now)s)
    FROM work
), cut AS (
    SELECT p.*, slot, extract(epoch FROM least(ends, begins + (slot + 1) * interval '30 minutes')
        - greatest(starts, begins + slot * interval '30 minutes')) AS seconds
    FROM pieces p
    CROSS JOIN LATERAL generate_series(floor(extract(epoch FROM starts - begins) / 1800)::int,
        least(floor(extract(epoch FROM ends - begins) / 1800)::int, 47)) AS slot
    WHERE ends > starts
), seats AS (
    SELECT hall_id, day, slot, clerk_id,
        round(coalesce(sum(seconds) FILTER (WHERE what <> 'work'), 0))::int AS signed_seconds,
        round(coalesce(sum(seconds) FILTER (WHERE what NOT IN ('work', 'paused')), 0))::int AS open_seconds,
        round(coalesce(sum(seconds) FILTER (WHERE what = 'work'), 0))::int AS busy_seconds,
        {
    ", ".join(
        f"round(coalesce(sum(seconds) FILTER (WHERE what = 'paused' AND place = {at}), 0))::int AS pause_{at}"
        for at in range(1, len(REASONS) + 1)
    )
}
    FROM (SELECT *, CASE {_REASON} ELSE {len(REASONS)} END AS place FROM cut) AS cut
    WHERE seconds > 0
    GROUP BY 1, 2, 3, 4
)
"""

# How full each half hour was (R-Q-4): the mean of who waited against the mean of what was open; nothing open is busy.
# Who came back into the line waited several times, as their events say; what was undone is left out of them.
HALF_HOURS = """
lines AS (
    SELECT hall_id, day, begins, taken_at AS starts, CASE WHEN state = 'waiting' THEN %(now)s
        ELSE coalesce(set_aside_at, called_at, finished_at, %(now)s) END AS ends
    FROM numbers WHERE away_seconds = 0
    UNION ALL
    SELECT n.hall_id, n.day, n.begins, e.at, coalesce(e.next_at, %(now)s)
    FROM numbers n
    CROSS JOIN LATERAL (
        SELECT at, after, lead(at) OVER w AS next_at, lead(did) OVER w AS next_did, lead(after) OVER w AS next
        FROM queueing_ticketevent WHERE ticket_id = n.id WINDOW w AS (ORDER BY id)
    ) AS e
    WHERE n.away_seconds > 0 AND CASE WHEN e.next_did = 'undone' THEN e.next = 'waiting'
        ELSE e.after = 'waiting' OR (e.after = 'called' AND e.next_did = 'recalled') END
), waiting AS (
    SELECT n.hall_id, n.day, at.slot, sum(extract(epoch FROM
        least(ends, n.begins + (at.slot + 1) * interval '30 minutes')
        - greatest(starts, n.begins + at.slot * interval '30 minutes'))) AS seconds
    FROM (SELECT hall_id, day, begins, starts, least(ends, begins + interval '1 day', %(now)s) AS ends FROM lines) AS n
    CROSS JOIN LATERAL generate_series(
        greatest(floor(extract(epoch FROM starts - n.begins) / 1800), 0)::int,
        least(floor(extract(epoch FROM n.ends - n.begins) / 1800)::int, 47)) AS at(slot)
    WHERE n.ends > starts
    GROUP BY 1, 2, 3
), opened AS (
    SELECT hall_id, day, slot, sum(open_seconds) AS open_seconds, sum(signed_seconds) AS signed_seconds
    FROM seats GROUP BY 1, 2, 3
), half_hours AS (
    SELECT d.hall_id, d.day, slot, coalesce(round(w.seconds), 0)::int AS waiting_seconds,
        coalesce(o.open_seconds, 0)::int AS open_seconds, coalesce(o.signed_seconds, 0)::int AS signed_seconds,
        CASE WHEN coalesce(o.open_seconds, 0) = 0 THEN coalesce(w.seconds, 0) > 0
            WHEN d.is_line THEN coalesce(w.seconds, 0) >= d.busy * least(1800, extract(epoch FROM
                %(now)s - (d.begins + slot * interval '30 minutes')))
            ELSE coalesce(w.seconds, 0) > d.busy * o.open_seconds END AS is_busy
    FROM days d CROSS JOIN generate_series(0, 47) AS slot
    LEFT JOIN waiting w USING (hall_id, day, slot)
    LEFT JOIN opened o USING (hall_id, day, slot)
)
"""

# One number with several businesses (R-H-15): its time is split as rules.businesses.shares does.
SPLIT = """
parts AS (
    SELECT n.id, n.hall_id, n.day, 0 AS place, n.service, n.is_served, coalesce(b.minutes, g.minutes, 0) AS minutes,
        coalesce(n.business_id::text, 'g' || n.group_id) AS key, coalesce(b.e_channel, '') <> '' AS is_online
    FROM numbers n
    LEFT JOIN halls_businesstype b ON b.id = n.business_id
    LEFT JOIN LATERAL (
        SELECT avg(one.minutes) AS minutes FROM halls_businessgroup_businesses m
        JOIN halls_businesstype one ON one.id = m.businesstype_id AND one.is_active
        WHERE n.business_id IS NULL AND m.businessgroup_id = n.group_id
    ) AS g ON true
    WHERE EXISTS (SELECT 1 FROM queueing_ticketbusiness m WHERE m.ticket_id = n.id)
    UNION ALL
    SELECT n.id, n.hall_id, n.day, m.id, n.service, n.is_served, b.minutes, b.id::text, b.e_channel <> ''
    FROM numbers n
    JOIN queueing_ticketbusiness m ON m.ticket_id = n.id
    JOIN halls_businesstype b ON b.id = m.business_id
), exact AS (
    SELECT *, service * minutes / nullif(sum(minutes) OVER (PARTITION BY id), 0) AS exact FROM parts
), split AS (
    SELECT *, (floor(exact) + (row_number() OVER (PARTITION BY id ORDER BY exact - floor(exact) DESC, place)
        <= service - sum(floor(exact)) OVER (PARTITION BY id))::int)::int AS seconds
    FROM exact
), more AS (
    SELECT id, count(*) AS handled, count(*) FILTER (WHERE is_online) AS online FROM split WHERE place > 0 GROUP BY id
)
"""

# Which numbers each count counts: the figures sum them, the list behind a figure selects by them.
COUNTED = {
    "issued": "true",
    "answered": "n.is_answered",
    "served": "n.is_served",
    "long_waits": "n.is_answered AND n.wait > n.long * 60",
    "cared": "n.is_cared",
    "no_shows": "n.state = 'no_show'",
    "ratings": "n.rating IS NOT NULL",
    "low_ratings": "coalesce(n.rating, 5) <= 2",
}
BEHIND = {
    key: f"WITH {DAYS}, {NUMBERS} SELECT n.id, n.wait FROM numbers n WHERE {counted} ORDER BY n.taken_at DESC, n.id"
    for key, counted in COUNTED.items()
}

_MEASURES = f"""
    {", ".join(f"({counted})::int AS {key}" for key, counted in COUNTED.items())},
    n.is_estimated::int AS estimated,
    CASE WHEN n.is_answered THEN n.wait ELSE 0 END AS wait_seconds,
    (n.is_answered AND n.wait <= n.within * 60)::int AS wait_within,
    CASE WHEN NOT n.is_served THEN 0 WHEN v.by = 'business' THEN coalesce(s.seconds, n.service)
        ELSE n.service END AS service_seconds,
    (n.is_served AND n.service <= 60 * CASE WHEN h.is_busy THEN n.service_busy_any
        WHEN n.letter IN ('G', 'V') THEN n.service_idle_gotone ELSE n.service_idle_other END)::int AS service_in_limit,
    (n.is_served AND n.wait <= 60 * CASE WHEN h.is_busy THEN n.wait_busy_any
        WHEN n.letter IN ('G', 'V') THEN n.wait_idle_gotone ELSE n.wait_idle_other END)::int AS wait_in_limit,
    CASE WHEN n.state = 'no_show' THEN coalesce(n.wait, 0) ELSE 0 END AS no_show_seconds,
    (n.state = 'cancelled')::int AS cancelled, (n.state = 'closed')::int AS closed,
    CASE WHEN NOT n.is_served THEN 0 WHEN v.by = 'business' THEN 1 ELSE 1 + coalesce(m.handled, 0) END AS handled,
    CASE WHEN NOT n.is_served THEN 0 ELSE (coalesce(b.e_channel, '') <> '')::int
        + CASE WHEN v.by = 'business' THEN 0 ELSE coalesce(m.online, 0) END END AS online_handled,
    n.told_online::int AS told_online, coalesce(n.rating, 0) AS rating_sum,
    (n.is_answered AND n.promised_seconds IS NOT NULL)::int AS promised,
    (n.is_answered AND n.wait <= coalesce(n.promised_high_seconds, n.promised_seconds))::int AS promise_kept,
    CASE WHEN n.is_answered THEN abs(n.wait - n.promised_seconds) END AS promise_error_seconds
"""

_DOOR = """
door AS (
    SELECT d.hall_id, d.day, 'vip' AS what, '' AS business, 'V' AS letter,
        least(floor(extract(epoch FROM a.declared_at - d.begins) / 1800), 47)::int AS slot,
        coalesce(a.received_at <= a.declared_at + d.vip * interval '1 minute', false) AS is_met
    FROM days d
    JOIN queueing_viparrival a ON a.hall_id = d.hall_id
        AND a.declared_at >= d.begins AND a.declared_at < d.begins + interval '1 day'
    LEFT JOIN queueing_ticket t ON t.id = a.ticket_id
    WHERE NOT coalesce(t.is_simulated, false)
        AND (a.received_at IS NOT NULL OR a.left_at IS NOT NULL
            OR a.declared_at + d.vip * interval '1 minute' < %(now)s)
    UNION ALL
    SELECT d.hall_id, d.day, v.outcome, v.business_id::text, NULL,
        least(floor(extract(epoch FROM v.at - d.begins) / 1800), 47)::int, false
    FROM days d
    JOIN queueing_visit v ON v.hall_id = d.hall_id AND v.at >= d.begins AND v.at < d.begins + interval '1 day'
    LEFT JOIN queueing_ticket t ON t.id = v.ticket_id
    WHERE v.undone_at IS NULL AND NOT coalesce(t.is_simulated, false)
)
"""

_VIEWS = """
    CROSS JOIN LATERAL (VALUES {rows}) AS v(by, key)
    WHERE v.by = ANY(%(by)s) AND v.key IS NOT NULL
"""
_SUMMED = ", ".join(f"sum({name}) AS {name}" for name in TICKET_SUMS)
_HISTOGRAM = ", ".join(f"count(*) FILTER (WHERE bucket = {at})" for at in range(1, BUCKETS + 1))
_PAUSES = ", ".join(f"sum(pause_{at})" for at in range(1, len(REASONS) + 1))


KEY = "hall_id, day, by, key"
_BY_TICKET = f"""
    SELECT {KEY}, {", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in TICKET_SUMS)},
        ARRAY[{_HISTOGRAM}]::int[] AS waits
    FROM (
        SELECT n.hall_id, n.day, v.by, v.key, CASE WHEN n.is_answered THEN n.bucket END AS bucket, {_MEASURES}
        FROM numbers n
        LEFT JOIN half_hours h ON h.hall_id = n.hall_id AND h.day = n.day AND h.slot = n.called_slot
        LEFT JOIN halls_businesstype b ON b.id = n.business_id
        LEFT JOIN split s ON s.id = n.id AND s.place = 0
        LEFT JOIN more m ON m.id = n.id
        {
    _VIEWS.format(
        rows="('day', ''), ('slot', n.slot::text), ('class', n.letter::text), ('clerk', n.clerk_id::text), "
        "('business', coalesce(n.business_id::text, 'g' || n.group_id))"
    )
}
    ) AS one GROUP BY 1, 2, 3, 4
"""
_BY_ADDED = f"""
    SELECT {KEY}, coalesce(sum(seconds), 0) AS service_seconds, count(*) AS handled,
        count(*) FILTER (WHERE is_online) AS online_handled
    FROM (SELECT *, 'business' AS by FROM split WHERE place > 0 AND is_served AND 'business' = ANY(%(by)s)) AS one
    GROUP BY 1, 2, 3, 4
"""
_BY_DOOR = f"""
    SELECT {KEY}, count(*) FILTER (WHERE what = 'vip') AS vips, count(*) FILTER (WHERE is_met) AS vips_met,
        count(*) FILTER (WHERE what IN ('self_service', 'e_channel')) AS sent_on,
        count(*) FILTER (WHERE what = 'answered') AS answered_at_door,
        count(*) FILTER (WHERE what = 'no_documents') AS without_documents
    FROM door o
    {
    _VIEWS.format(rows="('day', ''), ('slot', o.slot::text), ('class', o.letter), ('business', nullif(o.business, ''))")
}
    GROUP BY 1, 2, 3, 4
"""
_BY_SEAT = f"""
    SELECT {KEY}, {", ".join(f"sum({name}) AS {name}" for name in SEAT_SUMS)}, ARRAY[{_PAUSES}]::int[] AS pauses
    FROM seats o
    {_VIEWS.format(rows="('day', ''), ('slot', o.slot::text), ('clerk', o.clerk_id::text)")}
    GROUP BY 1, 2, 3, 4
"""


def _sum_of(name: str) -> str:
    """A further business of a number adds to what the number itself says."""
    if name in {"service_seconds", "handled", "online_handled"}:
        return f"coalesce(t.{name}, 0) + coalesce(a.{name}, 0)"
    source = "t" if name in TICKET_SUMS else "o" if name in DOOR_SUMS else "w"
    return f"coalesce({source}.{name}, 0)"


SHARED = f"{DAYS}, {NUMBERS}, {SEATS}, {HALF_HOURS}, {_DOOR}"
FOUND = f"""
{SPLIT}, by_ticket AS ({_BY_TICKET}), by_added AS ({_BY_ADDED}), by_door AS ({_BY_DOOR}), by_seat AS ({_BY_SEAT}),
found({KEY}, {", ".join(SUMS)}, pauses, waits) AS (
    SELECT {KEY}, {", ".join(f"({_sum_of(name)})::bigint" for name in SUMS)}, w.pauses, t.waits
    FROM by_ticket t
    FULL JOIN by_added a USING ({KEY}) FULL JOIN by_door o USING ({KEY}) FULL JOIN by_seat w USING ({KEY})
)
"""

# → hall_id, day, by, key, the sums in the order of SUMS, pauses, waits
FIGURES = f"WITH {SHARED}, {FOUND} SELECT * FROM found"
