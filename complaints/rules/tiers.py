"""Whose complaint it is (R-C-5)."""

from complaints.states import Tier
from loyalty.states import Brand, Star


def tier_of(*, is_vip: bool, star: int, brand: str) -> Tier:
    """VIP before brand, the highest one wins; the queue's V class counts 五星 as VIP and so do the clocks."""
    if is_vip or star >= Star.FIVE_SILVER:
        return Tier.VIP
    return Tier.GOTONE if brand == Brand.GOTONE else Tier.OTHER
