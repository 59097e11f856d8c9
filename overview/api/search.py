"""Global search over HTTP: POST, because what is typed may be a customer's number."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem
from core.phones import masked_phone
from overview.actions.search import Answer, search
from overview.rules.search import LONGEST
from staff.api.handovers import checked, person


class SearchIn(serializers.Serializer):
    q = serializers.CharField(max_length=4 * LONGEST, allow_blank=True)


class FoundTicket(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.CharField()
    hall = serializers.CharField()
    day = serializers.DateField()
    state = serializers.CharField()


class FoundComplaint(serializers.Serializer):
    number = serializers.CharField()
    hall = serializers.CharField()
    status = serializers.CharField()


class FoundPerson(serializers.Serializer):
    staff_no = serializers.CharField()
    name = serializers.CharField()


class FoundHall(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class FoundArticle(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()


class FoundCustomer(serializers.Serializer):
    id = serializers.IntegerField()
    phone = serializers.CharField(help_text="masked")


class SearchOut(serializers.Serializer):
    hint = serializers.CharField()
    tickets = FoundTicket(many=True)
    complaints = FoundComplaint(many=True)
    people = FoundPerson(many=True)
    halls = FoundHall(many=True)
    articles = FoundArticle(many=True)
    customer = FoundCustomer(allow_null=True)


@extend_schema(request=SearchIn, responses={200: SearchOut, 409: Problem}, operation_id="search")
@api_view(["POST"])
def find(request: Request) -> Response:
    """Numbers, complaints, people, halls and articles within the caller's rights, a few of each; a customer by the
    whole phone number only, on record and throttled. 409 `too_long`, `too_many_finds`. It asks, so no key is kept."""
    user = person(request)
    return Response(told(search(checked(SearchIn, request)["q"], user=user, now=time.now())))


def told(answer: Answer) -> dict[str, Any]:
    found, customer = answer.found, answer.customer
    return {
        "hint": answer.hint,
        "tickets": [
            {"id": one.pk, "number": one.number, "hall": one.hall.code, "day": one.business_day, "state": one.state}
            for one in found.tickets
        ],
        "complaints": [{"number": one.number, "hall": one.hall.code, "status": one.status} for one in found.complaints],
        "people": [{"staff_no": one.staff_no, "name": one.name} for one in found.people],
        "halls": [{"code": one.code, "name": one.name} for one in found.halls],
        "articles": [{"id": one.article.pk, "title": one.article.title} for one in found.articles],
        "customer": {"id": customer.pk, "phone": masked_phone(customer.phone)} if customer else None,
    }


urlpatterns = [path("search/", find)]
