"""Pure decisions about campaigns: how they stand, and what came of them."""

from datetime import date
from decimal import Decimal

from halls.states import CampaignState


def state(starts_on: date, ends_on: date, today: date, *, ended_on: date | None = None) -> CampaignState:
    """Its last day is a day of it, unless somebody ended it before."""
    if ended_on is not None or today > ends_on:
        return CampaignState.OVER
    return CampaignState.COMING if today < starts_on else CampaignState.RUNNING


def share(part: int, whole: int) -> Decimal | None:
    """Percent with one decimal; None where there is nothing to share."""
    return round(Decimal(part) * 100 / whole, 1) if whole else None
