"""What the clerks of the demo city recommend, and the businesses at whose end somebody tries to keep the customer."""

from halls.models import BusinessType
from queueing.models import Offer

OFFERS = ("5G 套餐", "宽带融合", "合约手机", "权益会员")
LEAVING = ("port_out", "close_account")


def make() -> None:
    Offer.objects.bulk_create(Offer(name=name, order=at) for at, name in enumerate(OFFERS))
    BusinessType.objects.filter(code__in=LEAVING).update(asks_retention=True)
