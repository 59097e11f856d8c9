"""What complaints tell the staff app about halls and clerks."""

from datetime import timedelta

from complaints.models import Complaint
from core import time
from staff import hooks
from staff.queries import month_figures
from tests.complaints.conftest import NOW, make_case
from tests.factories import make_hall


def test_complaints_count_for_the_hall_and_for_whom_they_are_about(place):
    about, day = make_case(place), time.business_day(NOW)
    Complaint.objects.filter(pk=about.pk).update(clerk=place.clerk)
    make_case(place)
    taken_back = make_case(place)
    Complaint.objects.filter(pk=taken_back.pk).update(status="withdrawn", clerk=place.clerk)
    make_case(place, at=NOW - timedelta(days=1))
    quiet = make_hall("ZJ05", windows=0)

    found = hooks.service_figures([place.hall.pk, quiet.pk], day, day, NOW)
    assert (found.halls[place.hall.pk]["complaints"], found.halls[quiet.pk]["complaints"]) == (2, 0)
    assert found.people[place.hall.pk, place.clerk.pk]["complaints"] == 1


def test_a_month_without_complaints_has_none_where_somebody_counts_them(place):
    figures = month_figures.of_hall(place.hall, time.business_day(NOW).replace(day=1), NOW)

    assert {figures[one.pk]["complaints"] for one in (place.clerk, place.duty, place.manager)} == {0}
