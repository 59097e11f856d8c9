"""Who did not earn in a month, by reason: the rows behind the counts of a run."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from core.phones import masked_phone
from loyalty.models import GenerationRun
from loyalty.queries import judging
from loyalty.states import NotEarned

MOST = 50_000
ROWS = f"""
    SELECT c.phone, judged.reason, judged.eligible FROM ({judging.JUDGED}) judged
    JOIN loyalty_customer c ON c.id = judged.account_id
    WHERE judged.reason = %(reason)s ORDER BY judged.account_id LIMIT {MOST}
"""


@dataclass(frozen=True)
class Refusal:
    phone: str
    reason: NotEarned
    yuan: Decimal


def refused(run: GenerationRun, reason: int) -> list[Refusal]:
    """Bills of a run's month that made no points for this reason, phones masked; at most `MOST`.

    Judged again with what was frozen when the run began, so payments and plans of later days show as they are now.
    """
    values = {**judging.values_of(run), "first": 0, "last": 2**62, "reason": reason}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, values)
        return [Refusal(masked_phone(phone), NotEarned(code), Decimal(fen) / 100) for phone, code, fen in cursor]
