"""Statements whose text is kept say what the query set or the model says."""

from typing import Any

import pytest
from django.db.models import QuerySet

from core import sql
from halls.models import Hall, Window
from queueing.models import Ticket, TicketEvent
from tests.factories import make_hall, make_ticket

pytestmark = pytest.mark.django_db


@sql.kept_rows
def windows_of(hall_id: int) -> QuerySet[Window, Window]:
    return Window.objects.filter(hall_id=hall_id).order_by("number")


@sql.kept_values
def labels_of(hall_ids: tuple[int, ...]) -> QuerySet[Window, Any]:
    return Window.objects.filter(hall_id__in=hall_ids).order_by("hall", "number").values_list("hall_id", "number")


def test_rows_are_those_of_the_query_set_each_time() -> None:
    hall, other = make_hall("ZJ01"), make_hall("ZJ02")
    for asked in (hall, other, hall):
        rows = windows_of(asked.pk)
        assert rows == list(asked.windows.order_by("number"))
        assert {row.hall_id for row in rows} == {asked.pk}
    hall.windows.filter(number=1).update(name="新")
    assert [row.name for row in windows_of(hall.pk)] == ["新", ""]


def test_nothing_asked_for_is_nothing_found() -> None:
    hall = make_hall()
    assert labels_of(()) == []
    assert labels_of((hall.pk,)) == [(hall.pk, 1), (hall.pk, 2)]


def test_an_insert_is_a_save() -> None:
    model, hall = make_ticket(make_hall()), Hall.objects.get()
    copy = Ticket.objects.get(pk=model.pk)
    copy.pk, copy.number = Ticket().pk, "A002"
    event = TicketEvent(ticket=copy, hall=hall, did="taken", at=copy.taken_at, after="waiting", detail={"名": [1]})
    sql.send(sql.inserted(copy), sql.inserted(event))

    same = {"id", "number"}
    kept = [{k: v for k, v in vars(row).items() if k not in same and k[0] != "_"} for row in Ticket.objects.all()]
    assert kept[0] == kept[1]
    assert Ticket.objects.get(number="A002").pk == copy.pk
    assert TicketEvent.objects.get().detail == {"名": [1]}


def test_an_update_writes_the_named_fields_only() -> None:
    ticket = make_ticket(make_hall(), "called")
    ticket.why, ticket.calls, ticket.window = "因", 7, None
    sql.send(sql.updated(ticket, ["why", "window"]))

    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.why, row.calls, row.window) == ("因", 1, None)
