"""The pages of duties, meetings, training and the register draw, for who manages and for who does not."""

import pytest

from staff.models import ConductNote, Course, Duty, Meeting
from staff.states import Role
from tests.access.things import MAKERS
from tests.factories import make_hall, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.CLERK, Role.HALL_MANAGER])
def test_the_pages_draw_with_and_without_something_on_them(client, role):
    hall = make_hall(windows=0, groups=False)
    person = make_user("01010", role, hall)
    client.force_login(person)
    lists = ["/staff/duties/", "/staff/training/", "/staff/violations/", "/account/sign-ins/"]
    assert [client.get(one).status_code for one in lists] == [200] * 4
    made = ("duty", "recurring-task", "meeting", "course", "course-of-mine", "conduct-note", "conduct-note-on-me")
    for thing in made:
        MAKERS[thing](hall, person)

    assert [client.get(one).status_code for one in lists] == [200] * 4
    assert client.get(f"/staff/training/meetings/{Meeting.objects.get().pk}/").status_code == 200
    assert {client.get(f"/staff/training/courses/{one.pk}/").status_code for one in Course.objects.all()} == {200}
    mine = ConductNote.objects.get(person=person)
    assert client.get(f"/staff/violations/{mine.pk}/").status_code == 200
    if role == Role.HALL_MANAGER:
        other = ConductNote.objects.exclude(person=person).get()
        assert client.get(f"/staff/violations/{other.pk}/").status_code == 200
        duty = Duty.objects.get()
        for page in (f"duties/ZJ01/{duty.pk}/", "duties/ZJ01/new/", "duties/ZJ01/tasks/new/", "violations/ZJ01/new/"):
            assert (page, client.get(f"/staff/{page}").status_code) == (page, 200)
        assert client.get("/staff/training/ZJ01/meetings/new/").status_code == 200
        assert client.get("/staff/training/courses/new/").status_code == 200
