"""What is shown of one customer, masked: at the counter, on the customer's page and over the API."""

from dataclasses import dataclass
from datetime import datetime

from loyalty import hooks
from loyalty.models import Customer, Disclosure, ServiceChange
from loyalty.rules.privacy import masked_name

VISITS_SHOWN = 5


@dataclass(frozen=True)
class Card:
    """A customer as staff see one."""

    customer: Customer
    visits: list[hooks.Visit]

    @property
    def phone(self) -> str:
        return self.customer.masked

    @property
    def name(self) -> str:
        return masked_name(self.customer.name)


def card(customer: Customer, now: datetime) -> Card:
    return Card(customer, hooks.visits(customer.pk, most=VISITS_SHOWN))


def changes(customer: Customer) -> list[ServiceChange]:
    return list(customer.service_changes.select_related("business", "person", "hall")[:10])


def letters(customer: Customer) -> list[Disclosure]:
    return list(customer.disclosures.select_related("asked_by", "confirmed_by")[:5])
