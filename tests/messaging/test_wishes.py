"""Notices by topic, by the channels that each person chose; and the daily digest."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from core.errors import Refused
from core.time import SHANGHAI
from messaging import actions, rules
from messaging.actions import Wish, set_wishes
from messaging.models import Notice, NoticeSettings, OutboxMessage
from messaging.states import Channel, MessageKind, MessageState, NoticeLevel, NoticeTopic
from tests.factories import make_hall, make_user

APPS = ("staff", "halls", "loyalty", "queueing", "complaints", "inspections", "overview")
EVENING = datetime(2026, 11, 25, 22, 30, tzinfo=SHANGHAI)
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)


# ---- pure ------------------------------------------------------------------------------------------------------


def test_every_notice_that_an_app_sends_has_a_topic():
    """`notify(…, key=f"leave:…")`: the first word of each key stands in the table."""
    root = Path(__file__).parents[2]
    call = re.compile(r"\b(?:notify|alert)\((?:[^()]|\([^()]*\))*?key=f?\"([a-z_-]+)")
    heads = {
        head for app in APPS for path in (root / app).rglob("*.py") for head in call.findall(path.read_text("utf-8"))
    }
    assert len(heads) > 20
    assert sorted(heads - set(rules.TOPICS)) == []


@pytest.mark.parametrize(
    ("key", "topic"),
    [
        ("leave:7", NoticeTopic.SHIFTS),
        ("leave:7:done", NoticeTopic.SHIFTS),
        ("inspections.actions.3", NoticeTopic.INSPECTIONS),
        ("complaint-back:1:2", NoticeTopic.COMPLAINTS),
        ("what:1", NoticeTopic.OTHER),
        ("7", NoticeTopic.OTHER),
        ("", NoticeTopic.OTHER),
    ],
)
def test_the_topic_is_the_first_word_of_the_key(key, topic):
    assert rules.topic_of(key) == topic


def test_duties_and_account_always_ring():
    assert rules.rings(NoticeLevel.ALERT, NoticeTopic.QUEUE, [])
    assert rules.rings(NoticeLevel.INFO, NoticeTopic.ACCOUNT, [])
    assert rules.rings(NoticeLevel.INFO, NoticeTopic.SHIFTS, [Channel.BELL])
    assert not rules.rings(NoticeLevel.INFO, NoticeTopic.SHIFTS, [Channel.SMS])


def test_r_s_23_ones_own_quiet_hours_hold_what_is_no_duty():
    quiet = rules.QuietHours(21, 8)
    assert rules.text_at(EVENING, NoticeLevel.INFO, quiet) == datetime(2026, 11, 26, 8, tzinfo=SHANGHAI)
    assert rules.text_at(EVENING, NoticeLevel.ALERT, quiet) == EVENING
    assert rules.text_at(NOON, NoticeLevel.INFO, quiet) == NOON


@pytest.mark.parametrize(
    ("hour", "sent_on", "due"),
    [
        (None, None, False),
        (12, None, True),
        (13, None, False),
        (12, date(2026, 11, 24), True),
        (12, date(2026, 11, 25), False),
    ],
)
def test_a_digest_is_due_once_a_day_from_its_hour_on(hour, sent_on, due):
    assert rules.digest_due(NOON, hour, sent_on) is due


# ---- with rows -------------------------------------------------------------------------------------------------


@pytest.fixture
def wang(db):
    return make_user("01001", hall=make_hall("ZJ01"), name="王经理", phone="13900000001")


def wish(person, *, digest_hour=None, at=NOON, **channels):
    usual = {topic: ["bell"] for topic in NoticeTopic.values}
    return set_wishes(person, Wish(usual | channels, 22, 7, digest_hour), now=at)


def test_without_wishes_everything_rings_and_nothing_is_texted(wang):
    actions.notify([wang], title="请假已同意", key="leave:1:done")

    [row] = Notice.objects.all()
    assert (row.topic, row.read_at) == (NoticeTopic.SHIFTS, None)
    assert not OutboxMessage.objects.exists()


def test_a_muted_topic_stays_in_the_list_but_does_not_ring(wang):
    wish(wang, shifts=[])

    actions.notify([wang], title="请假已同意", key="leave:1:done")
    actions.alert([wang], title="接班人未到", key="change:2")

    muted, duty = Notice.objects.order_by("id")
    assert muted.read_at is not None
    assert duty.read_at is None


@pytest.mark.parametrize(
    ("tell", "template", "kind", "at", "not_before"),
    [
        (actions.notify, "staff_notice", MessageKind.NOTICE, NOON, NOON),
        (actions.notify, "staff_notice", MessageKind.NOTICE, EVENING, datetime(2026, 11, 26, 7, tzinfo=SHANGHAI)),
        (actions.alert, "staff_alert", MessageKind.STAFF_ALERT, EVENING, EVENING),
    ],
)
def test_a_wanted_sms_goes_once_and_duties_go_at_night_too(wang, tell, template, kind, at, not_before):
    wish(wang, shifts=["bell", "sms"])

    with time_machine.travel(at, tick=False):
        tell([wang], title="换班待签字", key="change:3:sign")
        tell([wang], title="换班待签字", key="change:3:sign")

    [message] = OutboxMessage.objects.all()
    assert (message.template, message.kind, message.phone, message.not_before) == (
        template,
        kind,
        wang.phone,
        not_before,
    )
    assert message.text.startswith("换班待签字。")
    assert Notice.objects.count() == 1


def test_longer_quiet_hours_of_ones_own_hold_longer_than_the_halls(wang):
    set_wishes(wang, Wish({"shifts": ["bell", "sms"]}, 20, 10, None), now=NOON)

    with time_machine.travel(EVENING, tick=False):
        actions.notify([wang], title="换班", key="change:4")

    assert OutboxMessage.objects.get().not_before == datetime(2026, 11, 26, 10, tzinfo=SHANGHAI)


def test_wishes_that_cannot_be_kept_are_refused_and_change_nothing(wang, db):
    nobody = make_user("01009", hall=make_hall("ZJ02"))
    for person, channels, hour, code in [
        (nobody, {"shifts": ["sms"]}, None, "no_phone"),
        (wang, {"shifts": ["digest"]}, None, "digest_hour_missing"),
        (wang, {}, 24, "bad_hour"),
    ]:
        with pytest.raises(Refused) as no:
            set_wishes(person, Wish(channels, 22, 7, hour), now=NOON)
        assert no.value.code == code
    assert not NoticeSettings.objects.exists()


def test_the_digest_counts_by_topic_once_a_day(wang):
    wish(wang, digest_hour=12, at=NOON - timedelta(hours=1), shifts=["digest"], money=["bell", "digest"])
    with time_machine.travel(NOON - timedelta(minutes=30), tick=False):
        for number in range(3):
            actions.notify([wang], title="换班", key=f"change:{number}")
        actions.notify([wang], title="缴款单退回", key="slip-back:1")
        actions.notify([wang], title="评优", key="award:1")

    with time_machine.travel(NOON, tick=False):
        assert (actions.send_digests(NOON), actions.send_digests(NOON)) == (1, 0)

    told = Notice.objects.get(key="digest:2026-11-25")
    assert (told.title, told.body) == ("过去一天有 4 条新通知", "排班与考勤 3 条、交接与款项 1 条")
    message = OutboxMessage.objects.get(template="staff_digest")
    assert (message.state, "4 条新通知" in message.text) == (MessageState.WAITING, True)


def test_a_day_without_news_has_no_digest_and_is_over(wang):
    wish(wang, digest_hour=9, at=NOON - timedelta(hours=6), shifts=["digest"])

    assert actions.send_digests(NOON) == 0
    assert NoticeSettings.objects.get().digest_sent_on == date(2026, 11, 25)
    assert not Notice.objects.exists()


def test_the_first_digest_waits_for_the_next_such_hour(wang):
    wish(wang, digest_hour=9, at=NOON, shifts=["digest"])
    actions.notify([wang], title="换班", key="change:1")

    assert actions.send_digests(NOON) == 0


# ---- doors -----------------------------------------------------------------------------------------------------


def test_the_page_saves_what_is_ticked_and_keeps_it_when_refused(wang, client):
    client.force_login(wang)
    given = {"quiet_from": "21", "quiet_until": "8", "digest_hour": "", "shifts": ["bell", "sms"], "money": ["digest"]}

    refused = client.post("/notices/settings/", given).content.decode()
    assert "请选择每日摘要的时间。" in refused
    assert 'name="shifts" value="sms" checked' in re.sub(r"\s+", " ", refused)
    assert not NoticeSettings.objects.exists()
    saved = client.post("/notices/settings/", {**given, "digest_hour": "18"})

    assert saved.status_code == 302
    row = NoticeSettings.objects.get()
    assert (row.chosen("shifts"), row.chosen("money"), row.chosen("queue")) == (["bell", "sms"], ["digest"], [])
    assert (row.quiet_from, row.quiet_until, row.digest_hour) == (21, 8, 18)


def test_the_list_is_narrowed_by_topic_words_and_read(wang, client):
    client.force_login(wang)
    actions.notify([wang], title="换班已签", key="change:1")
    actions.notify([wang], title="缴款单退回", key="slip-back:1")

    def titles(query):
        return [one.title for one in client.get(f"/notices/?{query}").context["page"]]

    assert titles("") == ["缴款单退回", "换班已签"]
    assert titles("topic=shifts") == ["换班已签"]
    assert titles("find=%E7%BC%B4%E6%AC%BE") == ["缴款单退回"]
    assert titles("topic=none&find=%00") == ["缴款单退回", "换班已签"]


def test_the_api_reads_and_writes_wishes(wang, client):
    client.force_login(wang)
    assert client.get("/api/v1/notices/settings/").json()["channels"]["shifts"] == ["bell"]

    def put(**body):
        given = {"quiet_from": 22, "quiet_until": 7, "digest_hour": None, **body}
        return client.put("/api/v1/notices/settings/", given, content_type="application/json")

    assert put(channels={"shifts": ["sms"]}).json()["channels"]["shifts"] == ["sms"]
    assert put(channels={"shifts": ["pigeon"]}).status_code == 400
    assert put(channels={"nothing": ["sms"]}).status_code == 400
    assert put(quiet_from=24).status_code == 400
    assert put(channels={"money": ["digest"]}).json()["code"] == "digest_hour_missing"
    assert NoticeSettings.objects.get().chosen("shifts") == ["sms"]
    actions.notify([wang], title="换班", key="change:1")
    assert [one["topic"] for one in client.get("/api/v1/notices/?topic=shifts&unread=true").json()["results"]] == []
    assert client.get("/api/v1/notices/?topic=x").status_code == 400
