"""Loans, visitors and supplies over HTTP (R-H-17)."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer, page_of, paged
from halls.actions import incidents as acts
from halls.api.doors import checked, facts, hall_for, person, row_for
from halls.models import SupplyRequest, UmbrellaLoan, Visitor

VERB, ANSWER = "hall.check", "supplies.answer"


class LoanIn(serializers.Serializer):
    thing = serializers.CharField(max_length=20, default="雨伞")
    borrower = serializers.CharField(max_length=20)
    phone = serializers.CharField(max_length=20)
    due_on = serializers.DateField()


class LoanOut(serializers.Serializer):
    id = serializers.IntegerField()
    thing = serializers.CharField()
    borrower = serializers.CharField()
    phone = serializers.CharField(help_text="masked; gone once returned")
    due_on = serializers.DateField()
    lent_at = serializers.DateTimeField()
    returned_at = serializers.DateTimeField(allow_null=True)


class VisitorIn(serializers.Serializer):
    name = serializers.CharField(max_length=20)
    company = serializers.CharField(max_length=40)
    purpose = serializers.CharField(max_length=60)


class VisitorOut(VisitorIn):
    id = serializers.IntegerField()
    came_at = serializers.DateTimeField()
    host = serializers.CharField()
    left_at = serializers.DateTimeField(allow_null=True)


class SupplyIn(serializers.Serializer):
    thing = serializers.CharField(max_length=40)
    quantity = serializers.IntegerField(min_value=1, max_value=100_000)
    reason = serializers.CharField(max_length=100)


class SupplyAnswerIn(serializers.Serializer):
    granted = serializers.IntegerField(min_value=0, max_value=100_000)
    answer = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class SupplyOut(SupplyIn):
    id = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    granted = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


def _loan(row: UmbrellaLoan) -> dict[str, Any]:
    told = facts(row, ("thing", "borrower", "due_on", "lent_at", "returned_at"))
    return {"id": row.pk, **told, "phone": row.masked_phone if row.phone else ""}


def _visitor(row: Visitor) -> dict[str, Any]:
    return {
        "id": row.pk,
        **facts(row, ("name", "company", "purpose", "came_at", "left_at")),
        "host": row.host.name,
    }


def _supply(row: SupplyRequest) -> dict[str, Any]:
    return {
        "id": row.pk,
        **facts(row, ("thing", "quantity", "reason", "asked_at", "granted", "answer", "answered_at")),
    }


@extend_schema(methods=["GET"], responses=page_of("LoanPage", LoanOut), operation_id="loans_list")
@extend_schema(methods=["POST"], request=LoanIn, responses={201: LoanOut, 409: Problem}, operation_id="loans_lend")
@api_view(["GET", "POST"])
def loans(request: Request, code: str) -> Response:
    """GET: what is out first. POST: something convenient is lent to a customer."""
    if request.method == "POST":
        return _lend(request, code)
    return paged(request, hall_for(request, code, VERB).loans.all(), _loan)


@keeps_answer
def _lend(request: Request, code: str) -> Response:
    hall, wish = hall_for(request, code, VERB), acts.Borrowing(**checked(LoanIn, request))
    return Response(_loan(acts.lend(hall, wish, actor=person(request), now=time.now())), status=201)


@extend_schema(request=None, responses={200: LoanOut}, operation_id="loans_return")
@api_view(["POST"])
@keeps_answer
def returned(request: Request, pk: int) -> Response:
    """It is back, and the phone is forgotten; twice is once."""
    row = row_for(request, UmbrellaLoan.objects.all(), pk, VERB)
    acts.give_back(row, now=time.now())
    return Response(_loan(UmbrellaLoan.objects.get(pk=pk)))


@extend_schema(methods=["GET"], responses=page_of("VisitorPage", VisitorOut), operation_id="visitors_list")
@extend_schema(
    methods=["POST"], request=VisitorIn, responses={201: VisitorOut, 409: Problem}, operation_id="visitors_come"
)
@api_view(["GET", "POST"])
def visitors(request: Request, code: str) -> Response:
    """GET: the newest first. POST: somebody enters the work area beside the caller."""
    if request.method == "POST":
        return _come(request, code)
    return paged(request, hall_for(request, code, VERB).visitors.select_related("host"), _visitor)


@keeps_answer
def _come(request: Request, code: str) -> Response:
    hall, given = hall_for(request, code, VERB), checked(VisitorIn, request)
    told = (given["name"], given["company"], given["purpose"])
    return Response(_visitor(acts.let_in(hall, told, actor=person(request), now=time.now())), status=201)


@extend_schema(request=None, responses={200: VisitorOut}, operation_id="visitors_leave")
@api_view(["POST"])
@keeps_answer
def left(request: Request, pk: int) -> Response:
    row = row_for(request, Visitor.objects.select_related("host"), pk, VERB)
    acts.let_out(row, now=time.now())
    return Response(_visitor(Visitor.objects.select_related("host").get(pk=pk)))


@extend_schema(methods=["GET"], responses=page_of("SupplyPage", SupplyOut), operation_id="supplies_list")
@extend_schema(
    methods=["POST"], request=SupplyIn, responses={201: SupplyOut, 409: Problem}, operation_id="supplies_ask"
)
@api_view(["GET", "POST"])
def supplies(request: Request, code: str) -> Response:
    """GET: the newest first. POST: ask the district for something."""
    if request.method == "POST":
        return _ask(request, code)
    return paged(request, hall_for(request, code, VERB).supply_requests.all(), _supply)


@keeps_answer
def _ask(request: Request, code: str) -> Response:
    hall, wish = hall_for(request, code, VERB), acts.Supplies(**checked(SupplyIn, request))
    return Response(_supply(acts.ask_supplies(hall, wish, actor=person(request), now=time.now())), status=201)


@extend_schema(request=SupplyAnswerIn, responses={200: SupplyOut, 409: Problem}, operation_id="supplies_answer")
@api_view(["POST"])
@keeps_answer
def answer(request: Request, pk: int) -> Response:
    """Grant all, a part, or none with a word."""
    row, given = row_for(request, SupplyRequest.objects.all(), pk, ANSWER), checked(SupplyAnswerIn, request)
    done = acts.answer_supplies(row, given["granted"], given["answer"], actor=person(request), now=time.now())
    return Response(_supply(done))


urlpatterns = [
    path("halls/<slug:code>/loans/", loans),
    path("loans/<int:pk>/return/", returned),
    path("halls/<slug:code>/visitors/", visitors),
    path("visitors/<int:pk>/leave/", left),
    path("halls/<slug:code>/supplies/", supplies),
    path("supplies/<int:pk>/answer/", answer),
]
