"""What is shown of one customer, masked: at the counter, on the customer's page and over the API."""

from dataclasses import dataclass
from datetime import date, datetime

from core import time
from loyalty import hooks
from loyalty.models import Customer, Disclosure, MaintenanceWindow, PointsAccount, ServiceChange
from loyalty.queries import ledger
from loyalty.queries.ledger import Standing
from loyalty.rules import policy
from loyalty.rules.gifts import value_in_yuan
from loyalty.rules.privacy import masked_name
from loyalty.states import UnusableReason

VISITS_SHOWN = 5


@dataclass(frozen=True)
class Points:
    """Points as a clerk reads them out: what there is, what can be used, and why not. During maintenance: nothing."""

    standing: Standing
    account: PointsAccount | None
    today: date
    maintenance: MaintenanceWindow | None = None

    @property
    def is_closed(self) -> bool:
        """R-L-28: neither shown nor spent."""
        return self.maintenance is not None

    @property
    def why_not(self) -> UnusableReason | None:
        return self.standing.reasons[0] if self.standing.reasons else None

    @property
    def value(self) -> str:
        mills = policy.number(policy.POINT_MILLS, self.today)
        return f"{value_in_yuan(self.standing.balance, mills=mills)}"

    @property
    def plan_from(self) -> date | None:
        return self.account.plan_from if self.account else None

    @property
    def plan_is_active(self) -> bool:
        return self.account is not None and self.account.plan_active_on(self.today)

    @property
    def plan_is_coming(self) -> bool:
        return self.plan_from is not None and self.plan_from > self.today


@dataclass(frozen=True)
class Card:
    """A customer as staff see one."""

    customer: Customer
    points: Points
    visits: list[hooks.Visit]

    @property
    def phone(self) -> str:
        return self.customer.masked

    @property
    def name(self) -> str:
        return masked_name(self.customer.name)


def card(customer: Customer, now: datetime) -> Card:
    return Card(customer, points(customer, now), hooks.visits(customer.pk, most=VISITS_SHOWN))


def points(customer: Customer, now: datetime) -> Points:
    account = PointsAccount.objects.filter(pk=customer.pk).first()
    standing, closed = ledger.standing(customer, now), ledger.maintenance_now(now)
    return Points(standing, account, time.business_day(now), closed)


def changes(customer: Customer) -> list[ServiceChange]:
    return list(customer.service_changes.select_related("business", "person", "hall")[:10])


def letters(customer: Customer) -> list[Disclosure]:
    return list(customer.disclosures.select_related("asked_by", "confirmed_by")[:5])
