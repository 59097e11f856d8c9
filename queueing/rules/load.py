"""R-H-14: can halls carry a campaign? Pure arithmetic over the days of the campaign.

Target customers × uptake × minutes must fit into open counter minutes × 85 % less the base load.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.parameters import register

USABLE_SHARE = register("load.usable_share", "窗口时间可用比例", default=85, unit="%", between=(50, 100))
FIRST_DAYS = register("load.first_days", "营销案开头几天客流较多", default=2, unit="天", between=(0, 30))
FIRST_RATE = register("load.first_rate", "开头几天客流倍数", default=130, unit="%", between=(100, 500))
CHANNELS_LEAST = register("load.other_channels", "营业厅以外至少搭配渠道", default=1, unit="个", between=(0, 9))


@dataclass(frozen=True)
class Day:
    """One day of the halls together, in counter minutes; nothing is open on a closed day."""

    day: date
    open_minutes: Decimal
    base_minutes: Decimal


@dataclass(frozen=True)
class Campaign:
    target: int
    uptake_percent: Decimal
    minutes: Decimal

    @property
    def needed(self) -> Decimal:
        return self.target * self.uptake_percent / 100 * self.minutes


@dataclass(frozen=True)
class Rates:
    usable: int
    first_days: int
    first_rate: int


@dataclass(frozen=True)
class Fit:
    """One day: what is free for the campaign, and what the campaign brings."""

    day: date
    free: Decimal
    wanted: Decimal

    @property
    def fits(self) -> bool:
        """Exactly full still fits."""
        return self.wanted <= self.free

    @property
    def over(self) -> Decimal:
        return max(self.wanted - self.free, Decimal(0))


@dataclass(frozen=True)
class Load:
    open_minutes: Decimal
    usable: Decimal
    base: Decimal
    free: Decimal
    needed: Decimal
    days: tuple[Fit, ...]

    @property
    def fits(self) -> bool:
        return self.needed <= self.free and all(one.fits for one in self.days)

    @property
    def over_percent(self) -> Decimal | None:
        """By how much the campaign exceeds what is free; None when nothing is free at all."""
        if self.needed <= self.free:
            return Decimal(0)
        return (self.needed / self.free - 1) * 100 if self.free > 0 else None

    @property
    def carried(self) -> Decimal:
        """How much of the campaign fits, in minutes."""
        return min(self.needed, max(self.free, Decimal(0)))


def load(campaign: Campaign, days: Sequence[Day], rates: Rates) -> Load:
    """The whole campaign and each of its days; the first open days bring more than the others."""
    share = Decimal(rates.usable) / 100
    open_days = [one for one in days if one.open_minutes > 0]
    weights = {
        one.day: Decimal(rates.first_rate) / 100 if at < rates.first_days else Decimal(1)
        for at, one in enumerate(open_days)
    }
    whole = sum(weights.values(), Decimal(0))
    fits = tuple(
        Fit(
            one.day,
            one.open_minutes * share - one.base_minutes,
            campaign.needed * weights[one.day] / whole,
        )
        for one in open_days
    )
    total = sum((one.open_minutes for one in open_days), Decimal(0))
    base = sum((one.base_minutes for one in open_days), Decimal(0))
    return Load(total, total * share, base, total * share - base, campaign.needed, fits)


def customers_carried(campaign: Campaign, found: Load) -> int:
    """How many target customers could be addressed without going over."""
    each = campaign.uptake_percent / 100 * campaign.minutes
    return campaign.target if not each else int(found.carried / each)


def needs_channel(other_channels: int, least: int) -> bool:
    """A campaign goes through at least one channel besides the hall."""
    return other_channels < least
