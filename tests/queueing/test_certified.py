"""R-S-14 at the window: certified, or a trainee beside somebody who is."""

from datetime import date, timedelta

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from core.errors import Refused
from core.models import Parameter
from messaging.models import Notice
from queueing import actions
from queueing.models import WindowEvent, WindowSession
from staff.models import Employment
from staff.rules import certificates as rules
from tests.factories import make_certificate, make_user


@pytest.fixture
def windows(hall):
    return {window.number: window for window in hall.windows.all()}


@pytest.fixture
def learner(hall, noon):
    """A trainee of the hall until today."""
    person = make_user("01099", "clerk", hall, name="何苗")
    Employment.objects.filter(user=person).update(kind="trainee", valid_to=noon.date())
    return person


def refusal(window, clerk, now):
    with pytest.raises(Refused) as no:
        actions.sign_in(window, clerk=clerk, now=now)
    return no.value


def test_r_s_14_an_expired_certificate_opens_no_window(window, li, noon):
    make_certificate(li, until=date(2026, 10, 31))

    no = refusal(window, li, noon)

    assert (no.code, no.message) == ("no_certificate", "上岗证已于 10 月 31 日到期,不能签入窗口。请联系店长。")
    assert (WindowSession.objects.count(), WindowEvent.objects.count()) == (0, 0)


@pytest.mark.parametrize(("left", "opens"), [(0, True), (-1, False)])
def test_r_s_14_the_last_day_still_counts(window, li, noon, left, opens):
    make_certificate(li, until=noon.date() + timedelta(days=left))
    if opens:
        assert actions.sign_in(window, clerk=li, now=noon).clerk == li
    else:
        assert refusal(window, li, noon).code == "no_certificate"


@pytest.mark.parametrize(("since", "opens"), [(1, True), (0, False)])
def test_r_s_14_no_certificate_on_record_blocks_from_the_districts_date(window, li, noon, since, opens):
    Parameter.objects.create(name=rules.REQUIRED, scope="JK", value=1, valid_from=noon.date() + timedelta(days=since))
    if opens:
        assert actions.sign_in(window, clerk=li, now=noon).clerk == li
    else:
        assert refusal(window, li, noon).message == "还没有登记上岗证,不能签入窗口。请联系店长。"


def test_r_s_14_a_trainee_works_only_beside_a_certified_clerk(windows, li, learner, noon):
    assert refusal(windows[2], learner, noon).code == "trainee_alone"
    actions.sign_in(windows[1], clerk=li, now=noon)
    assert refusal(windows[2], learner, noon).code == "trainee_alone"  # 小李 has no certificate on record either

    make_certificate(li)
    assert actions.sign_in(windows[2], clerk=learner, now=noon).clerk == learner


def test_r_s_14_a_certified_clerk_of_another_hall_is_not_beside(windows, learner, zhao, noon):
    make_certificate(zhao)
    actions.sign_in(zhao.employments.get().hall.windows.get(number=1), clerk=zhao, now=noon)

    assert refusal(windows[2], learner, noon).code == "trainee_alone"


def test_r_s_14_managers_are_told_once_when_a_trainee_is_left_alone(windows, li, wang, learner, noon):
    make_certificate(li)
    actions.sign_in(windows[1], clerk=li, now=noon)
    actions.sign_in(windows[2], clerk=learner, now=noon)
    assert Notice.objects.count() == 0

    actions.sign_out(windows[1], clerk=li, now=noon)

    notice = Notice.objects.get()
    assert (notice.user, notice.title) == (wang, "ZJ01 营业厅:见习员 何苗 身边没有持证同事")
    assert WindowSession.objects.filter(signed_out_at=None).get().clerk == learner


def test_the_window_page_and_the_api_refuse_alike(client, window, li):
    make_certificate(li, until=date(2026, 1, 31))
    client.force_login(li)
    page = client.post(f"/counter/windows/{window.pk}/sign-in/", follow=True)
    api = Client(headers={"Authorization": f"Token {Token.objects.create(user=li).key}"})
    answer = api.post(f"/api/v1/windows/{window.pk}/sign-in/", {}, content_type="application/json")

    assert "上岗证已于 1 月 31 日到期,不能签入窗口。请联系店长。" in page.content.decode()
    assert (answer.status_code, answer.json()["code"]) == (409, "no_certificate")
    assert WindowSession.objects.count() == 0


@pytest.mark.parametrize("is_certified", [True, False])
def test_r_s_14_before_that_date_the_window_opens_with_a_warning(client, window, li, is_certified):
    if is_certified:
        make_certificate(li)
    client.force_login(li)
    page = client.get("/counter/")

    assert client.post(f"/counter/windows/{window.pk}/sign-in/").status_code == 302
    assert (rules.UNPROVEN_WARNING in page.content.decode()) == (not is_certified)
    assert WindowSession.objects.get().clerk == li
