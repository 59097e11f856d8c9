"""A search that may be for a customer: then it goes on record, as every look at one does."""

from dataclasses import dataclass
from datetime import datetime

from core.errors import Refused
from loyalty.actions.privacy import find_customer
from loyalty.models import Customer
from overview.queries.search import Found, find
from overview.rules.search import LONGEST, Wanted, read
from staff.models import User


@dataclass(frozen=True)
class Answer:
    wanted: Wanted
    found: Found
    customer: Customer | None = None
    asked_for_customer: bool = False
    hint: str = ""

    @property
    def is_empty(self) -> bool:
        return self.customer is None and not self.found.count


def search(typed: str, *, user: User, now: datetime) -> Answer:
    """Raises Refused: too_long, and bad_phone and too_many_finds of the look-up."""
    wanted = read(typed)
    if wanted.is_too_long:
        raise Refused("too_long", f"请输入不超过 {LONGEST} 个字。")
    found = find(wanted, user, now)
    if wanted.is_part_of_phone:
        return Answer(wanted, found, hint="按手机号查客户,请输入完整的 11 位号码。")
    if not wanted.phone:
        return Answer(wanted, found)
    if not user.may("customer.find"):
        return Answer(wanted, found, hint="没有查询客户的权限。如工作需要,请联系店长开通。")
    return Answer(wanted, found, find_customer(wanted.phone, actor=user, now=now), asked_for_customer=True)
