"""What the billing system gets: agreed payments in a numbered batch, each in one batch only."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from complaints.models import Compensation, RefundPayment
from complaints.states import Money
from core import time
from core.errors import Refused
from staff.models import User


@dataclass(frozen=True)
class Batch:
    name: str
    payments: list[RefundPayment]
    compensations: list[Compensation]


@transaction.atomic
def send_to_billing(*, person: User, now: datetime) -> Batch:
    """Put everything agreed in one's halls into a batch: 待出账. A row is claimed once, whoever else exports.

    Raises Refused("nothing_agreed").
    """
    halls = person.hall_ids("complaint.team")
    agreed = RefundPayment.objects.filter(state=Money.AGREED, refund__complaint__hall__in=halls)
    payments = list(agreed.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    rows = Compensation.objects.filter(state=Money.AGREED, hall__in=halls)
    compensations = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    if not payments and not compensations:
        raise Refused("nothing_agreed", "没有已同意、待出账的退费或补偿。")
    name = f"TF{time.local(now):%Y%m%d%H%M%S}-{person.staff_no}"
    said = {"state": Money.SENT, "batch": name, "sent_at": now}
    RefundPayment.objects.filter(pk__in=[one.pk for one in payments]).update(**said)
    Compensation.objects.filter(pk__in=[one.pk for one in compensations]).update(**said)
    return Batch(name, payments, compensations)
