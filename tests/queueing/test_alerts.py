"""What people do about alerts, and the alerts that people raise themselves."""

from datetime import datetime, timedelta

import pytest

from core.errors import Refused
from halls.models import Hall, Window
from messaging.models import Notice
from queueing import actions
from queueing.actions import alerts as acts
from queueing.models import Alert
from queueing.queries import alerts as reads
from queueing.queries import floor
from staff.models import User
from tests.factories import make_session, make_ticket, make_user


@pytest.fixture
def called(window: Window, li: User, wang: User, noon: datetime) -> Alert:
    """小李 at window 1 has asked for the duty manager."""
    return acts.call_manager(make_session(window, li, at=noon), noon)


def test_the_managers_key_tells_each_manager_once(
    hall: Hall, window: Window, li: User, wang: User, noon: datetime, nudges: list[tuple[str, str, str]]
) -> None:
    session = make_session(window, li, at=noon)
    alert = acts.call_manager(session, noon)
    again = acts.call_manager(session, noon + timedelta(seconds=5))
    assert (alert.pk, alert.kind, alert.level, alert.window_id) == (again.pk, "manager", "red", window.pk)
    notice = Notice.objects.get()
    assert (notice.user_id, notice.level, notice.body) == (wang.pk, "alert", "1 号窗口(李敏)请值班经理过来。")
    assert nudges == [
        (f"user.{wang.pk}", "notices.changed", str(wang.pk)),
        ("hall.ZJ01", "alert.changed", str(alert.pk)),
    ]


def test_it_ends_when_the_manager_has_come_and_the_time_is_kept(called: Alert, wang: User, noon: datetime) -> None:
    acts.arrive(called.pk, actor=wang, now=noon + timedelta(minutes=2))
    called.refresh_from_db()
    at = noon + timedelta(minutes=2)
    assert (called.answered_at, called.answered_by, called.closed_at) == (at, wang, at)


def test_is_peak_counts_open_windows_only(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    session = make_session(window, li, at=noon)
    for _ in range(3):
        make_ticket(hall, taken_at=noon)
    assert floor.is_peak(hall.pk, noon) is False
    session.paused_at = noon
    session.save()
    assert floor.is_peak(hall.pk, noon) is True
    assert floor.peak_warning(hall.pk, noon).startswith("现在是客流高峰,不安排交接班。") is True


def test_signing_out_at_a_peak_is_noticed(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    make_session(window, li, at=noon)
    for _ in range(4):
        make_ticket(hall, taken_at=noon)
    actions.sign_out(window, clerk=li, now=noon)
    alert = Alert.objects.get()
    assert (alert.kind, alert.level, alert.facts) == ("handover", "yellow", {"window": "1 号窗口", "clerk": "李敏"})


def test_signing_out_without_a_peak_is_nobodys_business(hall: Hall, window: Window, li: User, noon: datetime) -> None:
    make_session(window, li, at=noon)
    for _ in range(3):
        make_ticket(hall, taken_at=noon)
    actions.sign_out(window, clerk=li, now=noon)
    assert list(Alert.objects.all()) == []


def test_what_stands_is_told_with_the_acts_of_its_reader(
    hall: Hall, called: Alert, li: User, wang: User, noon: datetime
) -> None:
    chen = make_user("01500", "back_office", hall, name="陈静")
    seen = reads.standing(hall, wang, noon + timedelta(minutes=3))
    assert [(card.text, card.minutes) for card in seen.cards] == [("1 号窗口(李敏)请值班经理过来。", 3)]
    assert [(helper.user.pk, helper.why) for helper in seen.cards[0].helpers] == [(chen.pk, "后台")]
    assert (seen.may_act, seen.may_manage, reads.standing(hall, li, noon).may_manage) == (True, True, False)


def test_who_handles_it_is_kept_and_nobody_does_it_twice(called: Alert, li: User, wang: User, noon: datetime) -> None:
    acts.handle(called.pk, actor=wang, now=noon)
    with pytest.raises(Refused) as no:
        acts.handle(called.pk, actor=li, now=noon + timedelta(minutes=1))
    assert no.value.code == "handled_already"
    called.refresh_from_db()
    assert (called.handled_by, called.answered_by, called.answered_at, called.answer) == (wang, wang, noon, "handling")
