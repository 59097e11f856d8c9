"""R-Q-20: what the waits of each half hour were made of; and the statement that stores these and the figures."""

from queueing.queries.figures_sql import FOUND, KEY, SHARED, SUMS

CAUSE_COLUMNS = (
    "arrived",
    "handled",
    "handling_seconds",
    "waiting_seconds",
    "answered",
    "wait_seconds",
    "signed_seconds",
    "open_seconds",
    "is_busy",
    "sent_on",
    "campaigns",
)
_CAUSES = f"""
arrived AS (
    SELECT hall_id, day, slot, count(*) AS people FROM numbers GROUP BY 1, 2, 3
), ended AS (
    SELECT hall_id, day, least(floor(extract(epoch FROM finished_at - begins) / 1800), 47)::int AS slot,
        count(*) AS people, sum(service) AS seconds
    FROM numbers WHERE is_served GROUP BY 1, 2, 3
), met AS (
    SELECT hall_id, day, called_slot AS slot, count(*) AS people, sum(wait) AS seconds
    FROM numbers WHERE is_answered GROUP BY 1, 2, 3
), sent AS (
    SELECT hall_id, day, slot, count(*) AS people FROM door WHERE what IN ('self_service', 'e_channel') GROUP BY 1, 2, 3
), running AS (
    SELECT d.hall_id, d.day, count(*) AS campaigns
    FROM days d
    JOIN queueing_loadcheck_halls l ON l.hall_id = d.hall_id
    JOIN queueing_loadcheck c ON c.id = l.loadcheck_id AND d.day BETWEEN c.starts_on AND c.ends_on
    GROUP BY 1, 2
), causes(hall_id, day, slot, {", ".join(CAUSE_COLUMNS)}) AS (
    SELECT h.hall_id, h.day, h.slot, coalesce(a.people, 0), coalesce(e.people, 0), coalesce(e.seconds, 0),
        h.waiting_seconds, coalesce(m.people, 0), coalesce(m.seconds, 0), h.signed_seconds, h.open_seconds, h.is_busy,
        coalesce(s.people, 0), coalesce(r.campaigns, 0)
    FROM half_hours h
    LEFT JOIN arrived a USING (hall_id, day, slot)
    LEFT JOIN ended e USING (hall_id, day, slot)
    LEFT JOIN met m USING (hall_id, day, slot)
    LEFT JOIN sent s USING (hall_id, day, slot)
    LEFT JOIN running r USING (hall_id, day)
    WHERE coalesce(a.people, e.people, m.people, s.people) IS NOT NULL
        OR h.signed_seconds > 0 OR h.waiting_seconds > 0
)
"""

# → hall_id, day, slot and CAUSE_COLUMNS
CAUSES = f"WITH {SHARED}, {_CAUSES} SELECT * FROM causes"

# Both stored by one reading of the numbers and windows.
STORE = f"""
WITH {SHARED}, {FOUND}, {_CAUSES}, stored AS (
    INSERT INTO queueing_figure ({KEY}, {", ".join(SUMS)}, pauses, waits) SELECT * FROM found
)
INSERT INTO queueing_halfhourcause (hall_id, day, slot, {", ".join(CAUSE_COLUMNS)}) SELECT * FROM causes
"""
