import pytest

from queueing.models import Ticket
from staff.states import Role
from tests.factories import employ, make_hall, make_session, make_ticket, make_user

pytestmark = pytest.mark.django_db


def test_the_rights_of_a_person_follow_from_the_employment() -> None:
    hall = make_hall()
    li = make_user("01001", Role.CLERK, hall)

    assert li.hall_ids("queue.serve") == {hall.pk}
    assert li.hall_ids("queue.manage") == set()


def test_factories_make_numbers_in_every_state() -> None:
    hall = make_hall()
    window = hall.windows.get(number=1)
    make_session(window, make_user("01001", Role.CLERK, hall))
    for state in ["waiting", "called", "held", "done", "no_show", "cancelled", "closed"]:
        make_ticket(hall, state)

    assert Ticket.objects.count() == 7
    assert [one.number for one in Ticket.objects.order_by("number")] == [f"A00{n}" for n in range(1, 8)]


def test_a_second_role_adds_rights() -> None:
    hall = make_hall()
    li = make_user("01001", Role.CLERK, hall)
    employ(li, Role.DUTY_MANAGER, hall)

    assert li.may("queue.manage", hall)
