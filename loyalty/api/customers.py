"""One customer over HTTP, masked; found by the whole number, or open because of a number or complaint."""

from datetime import datetime
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer
from halls.models import BusinessType, Device
from loyalty.actions import privacy as actions
from loyalty.api import shapes
from loyalty.api.shapes import checked
from loyalty.models import Customer
from loyalty.queries import card as cards
from loyalty.queries import privacy as reads
from loyalty.queries.star_card import star_card
from staff.models import User
from staff.requests import caller

FORBIDDEN = "没有办理该客户业务的权限。如工作需要,请联系店长开通。"
BIGGEST = 2**62


def person_of(request: Request, verb: str) -> User:
    """Customers are people's business: a machine has none with them."""
    who = caller(request)
    if isinstance(who, Device) or not who.may(verb):
        raise PermissionDenied(FORBIDDEN)
    return who


def customer_for(request: Request, pk: int, verb: str = "customer.see") -> tuple[Customer, User]:
    """A customer this person may open now (else 404) and has the right for (else 403)."""
    who = person_of(request, "customer.see")
    found = Customer.objects.filter(pk=pk).first() if pk < BIGGEST else None
    if found is None or not reads.may_open(found, who, time.now()):
        raise Http404
    return found, person_of(request, verb)


def shown(customer: Customer, now: datetime) -> dict[str, Any]:
    card, star = cards.card(customer, now), star_card(customer, time.business_day(now))
    return {
        "id": customer.pk,
        "phone": card.phone,
        "name": card.name,
        "brand": customer.brand,
        "star": customer.star,
        "star_label": customer.get_star_display(),
        "star_why": {
            "verdict": star.verdict,
            "score": star.rating.score if star.rating else None,
            "parts": [{"part": one.label, "figure": one.figure, "points": one.points} for one in star.parts],
            "valid_from": star.rating.valid_from.isoformat() if star.rating else None,
            "valid_to": star.rating.valid_to.isoformat() if star.rating else None,
            "next_on": star.next_on.isoformat() if star.next_on else None,
            "former": star.former[0].get_star_display() if star.former else "",
        },
        "vip": customer.is_vip,
        "status": customer.status,
        "real_name": customer.is_real_name,
        "personal": customer.is_personal,
        "joined_on": customer.joined_on.isoformat(),
        "visits": [vars(visit) | {"day": visit.day.isoformat()} for visit in card.visits],
    }


@extend_schema(
    parameters=[shapes.FindIn], responses={200: shapes.CustomersOut, 409: Problem}, operation_id="customers_find"
)
@api_view(["GET"])
def customers(request: Request) -> Response:
    """Who has a number now: one result or none. Every question is on record, and many in a minute are refused."""
    who, now = person_of(request, "customer.find"), time.now()
    found = actions.find_customer(checked(shapes.FindIn, request)["phone"], actor=who, now=now)
    rows = [shown(found, now)] if found else []
    return Response({"results": rows, "next": None, "previous": None, "count": len(rows)})


@extend_schema(responses=shapes.CustomerOut, operation_id="customers_retrieve")
@api_view(["GET"])
def customer(request: Request, pk: int) -> Response:
    """A customer found by number within hours, or with an open number or complaint here; everybody else is 404."""
    found, _ = customer_for(request, pk)
    return Response(shown(found, time.now()))


@extend_schema(
    request=shapes.RevealIn, responses={200: shapes.RevealOut, 409: Problem}, operation_id="customers_reveal"
)
@api_view(["POST"])
def reveal(request: Request, pk: int) -> Response:
    """The whole number and name. Each answer is a row of the log; so the answer is not kept for a repeated key."""
    found, who = customer_for(request, pk, "customer.reveal")
    given = checked(shapes.RevealIn, request)
    seen = actions.reveal(found, reason=given["reason"], note=given["note"], actor=who, now=time.now())
    answer = Response({"id": found.pk, "phone": seen.phone, "name": seen.name, "look": seen.look.pk})
    answer["Cache-Control"] = "no-store"
    return answer


@extend_schema(
    request=shapes.ServiceChangeIn,
    responses={201: shapes.ServiceChangeOut, 409: Problem},
    operation_id="customers_service_changes",
)
@api_view(["POST"])
@keeps_answer
def service_changes(request: Request, pk: int) -> Response:
    """Record a service change with the evidence of the customer's consent."""
    found, who = customer_for(request, pk, "customer.consent")
    given = checked(shapes.ServiceChangeIn, request)
    business = BusinessType.objects.filter(code=given["business"], is_active=True).first()
    if business is None:
        raise ValidationError({"business": ["没有这项业务。"]})
    consent = actions.Consent(given["evidence"], given["reference"])
    row = actions.record_change(found, business, consent, actor=who, now=time.now())
    told = {"id": row.pk, "business": business.code, "evidence": row.evidence, "reference": row.reference}
    return Response({**told, "at": time.local(row.at).isoformat()}, status=201)
