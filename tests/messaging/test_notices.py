from datetime import datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from core import live as push
from core.time import SHANGHAI
from messaging import actions, queries
from messaging.models import Notice

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)


def test_a_notice_reaches_each_person_once(li, zhao, nudges):
    with time_machine.travel(NOON, tick=False):
        actions.notify([li, zhao, li], title="打印机缺纸", body="自助取号机", url="/lobby/", key="paper:1")
        actions.notify([li, zhao], title="打印机缺纸", key="paper:1")

    assert list(Notice.objects.order_by("user_id").values_list("user", "title", "created_at")) == [
        (li.pk, "打印机缺纸", NOON),
        (zhao.pk, "打印机缺纸", NOON),
    ]
    assert nudges == [
        (f"user.{li.pk}", "notices.changed", str(li.pk)),
        (f"user.{zhao.pk}", "notices.changed", str(zhao.pk)),
    ]


def test_a_newcomer_to_an_old_key_is_told_alone(li, zhao, nudges):
    actions.notify([li], title="打印机缺纸", key="paper:1")
    nudges.clear()

    actions.notify([li, zhao], title="打印机缺纸", key="paper:1")

    assert nudges == [(f"user.{zhao.pk}", "notices.changed", str(zhao.pk))]
    assert (queries.unread_count(li), queries.unread_count(zhao)) == (1, 1)


def test_an_alert_is_marked_as_one(li):
    actions.alert([li], title="设备离线", key="silent:1")

    assert Notice.objects.get().level == "alert"


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_a_notice_never_leads_out_of_the_house(li, nudges, url):
    with pytest.raises(ValueError, match="a page of this product"):
        actions.notify([li], title="x", url=url, key="out")

    assert Notice.objects.count() == 0
    assert nudges == []


def test_reading_counts_down_and_tells_the_other_open_pages(li, nudges):
    for count in range(3):
        actions.notify([li], title=f"第 {count} 条", key=str(count))
    nudges.clear()
    first = Notice.objects.earliest("id")

    with time_machine.travel(NOON, tick=False):
        assert actions.mark_read(li, ids=[first.pk]) == 1
        assert actions.mark_read(li, ids=[first.pk]) == 0
    first.refresh_from_db()
    assert first.read_at == NOON
    assert queries.unread_count(li) == 2
    assert actions.mark_all_read(li) == 2
    assert queries.unread_count(li) == 0
    assert nudges == [(f"user.{li.pk}", "notices.changed", str(li.pk))] * 2


def test_nobody_marks_or_sees_what_another_got(li, zhao, nudges):
    actions.notify([li], title="给小李", key="one")
    nudges.clear()

    assert actions.mark_read(zhao, ids=[Notice.objects.get().pk]) == 0
    assert actions.mark_all_read(zhao) == 0
    assert queries.latest_notices(zhao) == []
    assert queries.unread_count(li) == 1
    assert nudges == []


def test_the_bell_shows_the_latest_eight_newest_first(li):
    for count in range(10):
        actions.notify([li], title=str(count), key=str(count))

    assert [notice.title for notice in queries.latest_notices(li)] == list("98765432")


def test_only_oneself_hears_the_own_bell(li, zhao):
    assert push.may_listen(li, f"user.{li.pk}") is True
    assert push.may_listen(zhao, f"user.{li.pk}") is False
    assert push.may_listen(li, "user.") is False
    assert push.may_listen(AnonymousUser(), "user.None") is False
    li.is_active = False
    assert push.may_listen(li, f"user.{li.pk}") is False
