"""Points of one customer over HTTP: what there is, opening the plan, redeeming; and the doors of other systems."""

from datetime import datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer
from core.errors import Refused
from loyalty.actions import boss, plans, redemption
from loyalty.actions import sms as texts
from loyalty.actions.customers import only_city, told_from, upsert_one
from loyalty.actions.spending import By
from loyalty.api.customers import FORBIDDEN, customer_for, person_of, shown
from loyalty.api.shapes import CustomerOut, PhoneField, checked
from loyalty.models import Customer, Gift, Redemption
from loyalty.queries import card as cards
from loyalty.queries import ledger
from loyalty.queries import plans as plan_reads
from loyalty.queries import privacy as looks
from loyalty.rules.privacy import REFERENCE_LENGTH
from loyalty.states import Brand, Channel, CustomerStatus, IdCheck, LotKind, PlanState, RedemptionState, Star


class LotOut(serializers.Serializer):
    month = serializers.DateField(help_text="first day of the month they were earned in")
    kind = serializers.ChoiceField(choices=LotKind.choices)
    points = serializers.IntegerField()
    left = serializers.IntegerField()
    expires_on = serializers.DateField(allow_null=True, help_text="last day of use")


class PointsOut(serializers.Serializer):
    balance = serializers.IntegerField()
    usable = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="why nothing is usable; empty otherwise")
    usable_from = serializers.DateField(allow_null=True)
    is_boss = serializers.BooleanField(help_text="BOSS keeps them; shown only")
    plan = serializers.ChoiceField(choices=PlanState.choices)
    plan_from = serializers.DateField(allow_null=True)
    lots = LotOut(many=True)


class EnrolIn(serializers.Serializer):
    channel = serializers.ChoiceField(choices=[(one.value, one.label) for one in (Channel.HALL, Channel.API)])
    consent = serializers.CharField(
        max_length=REFERENCE_LENGTH, required=False, allow_blank=True, default="", help_text="needed at the hall"
    )


class EnrolOut(serializers.Serializer):
    plan_from = serializers.DateField()
    channel = serializers.CharField()


class RedeemIn(serializers.Serializer):
    gift = serializers.CharField(max_length=20, help_text="code of the gift")
    quantity = serializers.IntegerField(min_value=1, max_value=1000, required=False, default=1)
    identity = serializers.ChoiceField(choices=IdCheck.choices)
    code = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")


class RedemptionOut(serializers.Serializer):
    number = serializers.CharField()
    gift = serializers.CharField()
    quantity = serializers.IntegerField()
    price = serializers.IntegerField()
    points = serializers.IntegerField()
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=RedemptionState.choices)
    balance = serializers.IntegerField()
    vouchers = serializers.ListField(child=serializers.CharField())


class CancelIn(serializers.Serializer):
    reason = serializers.CharField(max_length=80)


class CustomerIn(serializers.Serializer):
    """A customer as BOSS knows one; what is left out stays as it is."""

    phone = PhoneField()
    joined_on = serializers.DateField()
    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    brand = serializers.ChoiceField(choices=Brand.choices, required=False)
    star = serializers.ChoiceField(choices=Star.choices, required=False)
    is_vip = serializers.BooleanField(required=False)
    status = serializers.ChoiceField(choices=CustomerStatus.choices, required=False)
    is_real_name = serializers.BooleanField(required=False)
    is_personal = serializers.BooleanField(required=False)


class BalanceIn(serializers.Serializer):
    phone = PhoneField()
    points = serializers.IntegerField(min_value=0, max_value=2_000_000_000)
    usable = serializers.IntegerField(min_value=0, max_value=2_000_000_000)
    as_of = serializers.DateTimeField()


class TextIn(serializers.Serializer):
    id = serializers.CharField(max_length=60, help_text="the gateway's own number of the message; a repeat is harmless")
    phone = PhoneField()
    text = serializers.CharField(max_length=200, allow_blank=True)


class TextOut(serializers.Serializer):
    keyword = serializers.CharField(allow_blank=True, help_text="JFJH, JF or empty when it was none")
    answered = serializers.BooleanField()


def told_points(customer: Customer, now: datetime) -> dict[str, Any]:
    """Raises Refused("maintenance") while points are neither shown nor spent (R-L-28)."""
    closed = ledger.maintenance_now(now)
    if closed:
        raise Refused("maintenance", closed.message)
    today, card = time.business_day(now), cards.points(customer, now)
    standing = card.standing
    return {
        "balance": standing.balance,
        "usable": standing.usable,
        "reasons": [str(reason) for reason in standing.reasons],
        "usable_from": standing.usable_from,
        "is_boss": standing.is_boss,
        "plan": plan_reads.plan_state(card.account, plan_reads.star_on(customer.pk, today), today),
        "plan_from": card.plan_from,
        "lots": [] if standing.is_boss else [_lot(lot) for lot in ledger.lots_left(customer.pk)],
    }


def _lot(lot: Any) -> dict[str, Any]:
    return {
        "month": lot.month,
        "kind": lot.kind,
        "points": lot.points,
        "left": lot.left,
        "expires_on": lot.expires_on,
    }


@extend_schema(responses={200: PointsOut, 409: Problem}, operation_id="customers_points")
@api_view(["GET"])
def points(request: Request, pk: int) -> Response:
    """Balance, what of it can be used or why not, and the lots it is made of."""
    found, _ = customer_for(request, pk)
    return Response(told_points(found, time.now()))


@extend_schema(request=EnrolIn, responses={200: EnrolOut, 409: Problem}, operation_id="customers_enrol")
@api_view(["POST"])
@keeps_answer
def enrol(request: Request, pk: int) -> Response:
    """JFJH: in force from the first of next month (R-L-17); who has the plan keeps it as it is."""
    found, who = customer_for(request, pk, "points.enrol")
    given, now = checked(EnrolIn, request), time.now()
    by = By(actor=who, hall=looks.place_of(who, now))
    channel = Channel(given["channel"])
    account = plans.enrol(found.pk, channel=channel, consent=given["consent"], by=by, now=now)
    return Response({"plan_from": account.plan_from, "channel": account.channel})


@extend_schema(request=RedeemIn, responses={201: RedemptionOut, 409: Problem}, operation_id="customers_redeem")
@api_view(["POST"])
def redeem(request: Request, pk: int) -> Response:
    """Points for a gift at the caller's hall. `Idempotency-Key` is needed: it is the key of the redemption."""
    found, who = customer_for(request, pk, "points.redeem")
    now = time.now()
    hall = looks.place_of(who, now)
    if hall is None or not who.may("points.redeem", hall):
        raise PermissionDenied("积分兑换在营业厅办理,当前岗位不在营业厅。")
    given = checked(RedeemIn, request)
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 50 or not key.isprintable():
        raise ValidationError({"Idempotency-Key": ["请使用 8–50 个字符的键。"]})
    gift = Gift.objects.filter(code=given["gift"].replace("\0", "")).first()
    if gift is None:
        raise ValidationError({"gift": ["没有这件礼品。"]})
    order = redemption.Order(gift, given["quantity"], given["identity"], f"{who.pk}:{key}", given["code"])
    row = redemption.redeem(found, order, desk=redemption.Desk(who, hall), now=now)
    return Response(_redeemed(row), status=201)


def _redeemed(row: Redemption) -> dict[str, Any]:
    return {
        "number": row.number,
        "gift": row.gift.code,
        "quantity": row.quantity,
        "price": row.price,
        "points": row.points,
        "at": time.local(row.at).isoformat(),
        "state": row.state,
        "balance": ledger.balance(row.customer_id),
        "vouchers": [voucher.code for voucher in row.vouchers.order_by("pk")],
    }


@extend_schema(request=CancelIn, responses={200: RedemptionOut, 409: Problem}, operation_id="redemptions_cancel")
@api_view(["POST"])
@keeps_answer
def cancel(request: Request, number: str) -> Response:
    """Within the day, by somebody of the hall."""
    who = person_of(request, "points.redeem")
    rows: Any = Redemption.objects.visible_to(who)
    row = rows.select_related("hall").filter(number=number).first()
    if row is None:
        raise Http404
    if not who.may("points.redeem", row.hall):
        raise PermissionDenied(FORBIDDEN)
    done = redemption.cancel(row.pk, checked(CancelIn, request)["reason"], actor=who, now=time.now())
    return Response(_redeemed(done))


# ---- other systems --------------------------------------------------------------------------------------------


@extend_schema(request=CustomerIn, responses={200: CustomerOut, 409: Problem}, operation_id="customers_push")
@api_view(["PUT"])
def push(request: Request) -> Response:
    """BOSS tells of one customer. A later joining date is a new owner: nothing of the former one is found again."""
    person_of(request, "system.push")
    now = time.now()
    customer = upsert_one(told_from(checked(CustomerIn, request)), city=only_city(), now=now)
    return Response(shown(customer, now))


@extend_schema(request=BalanceIn, responses={200: BalanceIn, 409: Problem}, operation_id="customers_boss_balance")
@api_view(["PUT"])
def boss_balance(request: Request) -> Response:
    """What BOSS says a customer of a BOSS city has: shown at desks, never spent here. Older news changes nothing."""
    person_of(request, "system.push")
    given = checked(BalanceIn, request)
    row = boss.tell_balance(boss.Balance(**given))
    told = {"phone": row.customer.masked, "points": row.points, "usable": row.usable}
    return Response({**told, "as_of": time.local(row.as_of).isoformat()})


@extend_schema(request=TextIn, responses={200: TextOut, 409: Problem}, operation_id="sms_inbound")
@api_view(["POST"])
def inbound(request: Request) -> Response:
    """A text that a customer sent to the short number: JFJH opens the plan, JF asks for the balance."""
    person_of(request, "system.push")
    given = checked(TextIn, request)
    keyword = texts.receive(texts.Inbound(given["id"], given["phone"], given["text"]), now=time.now())
    return Response({"keyword": keyword, "answered": bool(keyword)})
