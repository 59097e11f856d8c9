"""What tests of redemptions share: the moment, and an order at the desk."""

from datetime import datetime

from core.time import SHANGHAI
from loyalty.actions.redemption import Order
from loyalty.models import GiftStock

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=SHANGHAI)


def order(gift, quantity=1, identity="id_card", key="k1", code=""):
    return Order(gift, quantity, identity, key, code)


def left(gift, hall):
    return GiftStock.objects.get(gift=gift, hall=hall).quantity
