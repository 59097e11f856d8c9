"""The campaign load check (R-H-14), kept so that a manager finds it again."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from core import parameters, time
from core.errors import Refused
from halls.models import Hall
from queueing.models import LoadCheck
from queueing.queries import load as reads
from queueing.rules import load as rules
from staff.models import User


@transaction.atomic
def check_load(wanted: LoadCheck, halls: Sequence[Hall], *, by: User, now: datetime) -> LoadCheck:
    """Reckon and save a check. Raises Refused("always_closed") when the halls never open in the campaign's days."""
    today = time.business_day(now)
    found = rules.load(
        campaign_of(wanted),
        reads.days(halls, wanted.starts_on, wanted.ends_on, now),
        reads.rates(today),
    )
    if not found.days:
        raise Refused("always_closed", "所选营业厅在这段日期都不营业,请换日期或营业厅。")
    wanted.result = _result(wanted, found, today)
    wanted.made_at, wanted.made_by = now, by
    wanted.save(force_insert=True)
    wanted.halls.set(halls)
    return wanted


def campaign_of(check: LoadCheck) -> rules.Campaign:
    return rules.Campaign(check.target, check.uptake, check.minutes)


def _result(check: LoadCheck, found: rules.Load, today: Any) -> dict[str, Any]:
    """As plain values: what was said that day stays, whatever the figures become."""
    least = parameters.number(rules.CHANNELS_LEAST, on=today)
    over = found.over_percent
    return {
        "open": _whole(found.open_minutes),
        "usable_percent": reads.rates(today).usable,
        "usable": _whole(found.usable),
        "base": _whole(found.base),
        "free": _whole(found.free),
        "needed": _whole(found.needed),
        "handlings": _whole(check.target * check.uptake / 100),
        "fits": found.fits,
        "over_percent": None if over is None else _whole(over),
        "carried_customers": rules.customers_carried(campaign_of(check), found),
        "channel_missing": rules.needs_channel(check.other_channels, least),
        "channels_least": least,
        "days": [
            {
                "day": one.day.isoformat(),
                "free": _whole(one.free),
                "wanted": _whole(one.wanted),
                "fits": one.fits,
                "over": _whole(one.over),
            }
            for one in found.days
        ],
    }


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1)))
