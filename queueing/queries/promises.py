"""What was promised when numbers were taken, against how long people then waited."""

from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True)
class Promise:
    """Of one day's real numbers that came to a call: nine of ten should wait no longer than the upper promise.

    `share_within`: of those with an upper promise, who waited no longer; `mean_error_minutes`: how far the middle of
    the promise was from the truth, either way. None where nothing was promised.
    """

    count: int
    share_within: float | None
    mean_error_minutes: float | None


def kept(hall_id: int, day: date) -> Promise:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), avg((waited <= promised_high_seconds)::int), avg(abs(waited - promised_seconds)) / 60
            FROM (
                SELECT promised_seconds, promised_high_seconds,
                    extract(epoch FROM first_called_at - taken_at) - away_seconds AS waited
                FROM queueing_ticket
                WHERE hall_id = %s AND business_day = %s AND state IN ('done', 'no_show', 'called', 'serving')
                    AND first_called_at IS NOT NULL AND requeues = 0 AND promised_seconds IS NOT NULL
                    AND NOT is_simulated AND NOT is_estimated
            ) AS told
            """,
            [hall_id, day],
        )
        count, share, error = cursor.fetchone()
    return Promise(count, None if share is None else float(share), None if error is None else float(error))
