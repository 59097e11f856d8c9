"""R-C-15: each level speaks once, to the right people, in one message, at a decent hour."""

import pytest

from complaints.actions import dispatching, ending, evening, handling, policies, sweep
from complaints.models import Complaint, Deadline, PolicyVersion
from complaints.queries.evening import due_tonight, proposed_answer
from complaints.rules.policy import FIRST_BODY
from complaints.states import Status
from core.errors import Refused
from messaging.models import Notice, OutboxMessage
from tests.complaints.conftest import NOW, fresh, hours, make_case, team
from tests.complaints.histories import when

pytestmark = pytest.mark.django_db


def told(user):
    return list(Notice.objects.filter(user=user).order_by("id").values_list("title", flat=True))


def fired(complaint, clock="handling"):
    rows = complaint.deadlines.filter(clock=clock).exclude(fired_at=None)
    return sorted(rows.values_list("level", flat=True))


def test_r_c_15_every_level_fires_once_and_the_last_one_too(place):
    found = make_case(place, tier="vip")  # due 18:00
    moments = ((4, []), (4.001, [1]), (6.5, [1, 2]), (8, [1, 2]), (8.001, [1, 2, 3]), (12.1, [1, 2, 3, 4]))
    for moment, levels in moments:
        sweep.sweep(hours(moment))
        sweep.sweep(hours(moment))
        assert (moment, fired(found)) == (moment, levels)
    assert fresh(found).level == 4
    number = found.number
    assert [title for title in told(place.duty) if "处理时限" in title] == [
        f"{number} 处理时限已用 80%",
        f"{number} 已超处理时限",
    ]
    assert [title for title in told(place.handler) if "处理时限" in title] == [f"{number} 已超处理时限"]
    assert told(place.operations) == [f"{number} 已超处理时限,已过 4 小时"]
    assert told(place.clerk) == [f"{number} 处理时限已用 50%", f"{number} 首次答复时限已用 80%"]


def test_what_was_done_in_the_very_second_is_not_told(place):
    found = make_case(place, tier="vip")
    ending.close(found.pk, "solved", "已解决", person=place.clerk, now=hours(8))
    sweep.sweep(hours(20))
    assert (fired(found), told(place.handler), fresh(found).handling_late) == ([], [], False)


def test_never_a_storm_one_message_per_person_clock_and_level(place):
    for _ in range(12):
        make_case(place, tier="vip")
    sweep.sweep(hours(8.5))
    mine = Notice.objects.filter(user=place.handler, title__contains="处理时限")
    assert list(mine.values_list("title", flat=True)) == ["12 张投诉单已超处理时限"]
    assert mine.get().body.count("TS2026") == 6
    texts = OutboxMessage.objects.filter(template="complaint_alert", phone=place.duty.phone)
    assert texts.filter(text__contains="已超处理时限").count() == 1


def test_at_night_what_can_wait_waits_for_one_digest(place):
    late = when("2026-11-23 23:00")
    for _ in range(3):
        make_case(place, at=late, tier="vip")  # half of the time is gone at 03:00
    sweep.sweep(when("2026-11-24 03:30"))
    assert told(place.clerk) == []
    assert Deadline.objects.filter(fired_at=when("2026-11-24 03:30"), told_at=None).count() == 3
    sweep.sweep(when("2026-11-24 06:59"))
    sweep.sweep(when("2026-11-24 07:00"))
    assert told(place.clerk)[-1] == "3 张投诉单处理时限已用 50%"
    sweep.sweep(when("2026-11-24 07:00:10"))
    assert told(place.clerk).count("3 张投诉单处理时限已用 50%") == 1


def test_what_cannot_wait_is_told_at_night_too(place):
    make_case(place, at=when("2026-11-23 18:00"), tier="vip")
    sweep.sweep(when("2026-11-24 02:00:01"))
    assert [title for title in told(place.handler) if "已超" in title] == ["TS20261123-ZJ01-0001 已超处理时限"]


def test_a_merged_withdrawn_or_paused_case_says_nothing(place):
    rows = [make_case(place, tier="vip") for _ in range(4)]
    ending.merge(rows[0].pk, rows[1].pk, person=place.duty, now=hours(1))
    ending.withdraw(rows[2].pk, "客户撤回", person=place.clerk, now=hours(1))
    handling.reply(rows[3].pk, "已联系", person=place.clerk, now=hours(1))
    handling.pause(rows[3].pk, "customer_papers", "等材料", person=place.clerk, now=hours(1))
    ending.close(rows[1].pk, "solved", "已解决", person=place.clerk, now=hours(2))
    assert sweep.sweep(hours(100)).fired == 0


def test_an_unconfirmed_complaint_is_refused_by_the_sweep(place):
    found = make_case(place, identity="not_owner")
    sweep.sweep(hours(24))
    assert fresh(found).status == Status.OWNER
    sweep.sweep(hours(24.01))
    assert fresh(found).status == Status.REJECTED
    assert sweep.sweep(hours(30)).fired == 0


def test_a_teams_late_answer_is_told_to_its_members(place):
    found = make_case(place)
    billing = team("billing")
    billing.members.add(place.operations)
    dispatching.dispatch(found.pk, billing, "查账", person=place.clerk, now=hours(0))
    sweep.sweep(hours(12.1))
    assert told(place.operations)[-1] == f"{found.number} 未按时回单"
    assert fired(found, "answer") == [1, 2]


def test_the_hall_stands_in_for_a_handler_who_has_left(place):
    found = make_case(place, tier="vip")
    place.clerk.is_active = False
    place.clerk.save()
    sweep.sweep(hours(4.1))
    assert told(place.duty) == [f"{found.number} 处理时限已用 50%"]


def test_the_evening_list_and_the_proposed_answer(place):
    from datetime import time

    from tests.factories import open_daily

    open_daily(place.hall, time(8, 30), time(18, 0))
    found = make_case(place, at=when("2026-11-23 17:00"), tier="vip")
    make_case(place, at=when("2026-11-23 17:00"), tier="gotone")
    assert proposed_answer(found, when("2026-11-23 17:00")) == when("2026-11-23 20:30")
    assert due_tonight(place.hall, when("2026-11-23 17:00")) == [found]
    assert evening.warn_before_closing(when("2026-11-23 16:59")) == 0
    assert evening.warn_before_closing(when("2026-11-23 17:05")) == 1
    evening.warn_before_closing(when("2026-11-23 17:10"))
    assert told(place.clerk) == ["打烊前请答复 1 位客户"]
    assert told(place.duty) == ["今晚到期的投诉 1 件"]


def shorter():
    return FIRST_BODY | {"handling_hours": {"vip": 6, "gotone": 12, "other": 24}}


def test_a_policy_edit_shows_what_would_move_and_moves_it_on_choice_only(place):
    found, done = make_case(place), make_case(place, solved="当场解决")
    moved = policies.preview(shorter(), hours(1))
    assert [(one.complaint, one.clock, one.before, one.after) for one in moved] == [
        (found, "handling", hours(48), hours(24)),
        (found, "reply", hours(48), hours(24)),
    ]
    row = policies.make_version(shorter(), "缩短", after=1, person=place.operations, now=hours(1))
    assert fresh(found).handling_due_at == hours(48)
    assert make_case(place, at=hours(1)).handling_due_at == hours(25)
    assert policies.apply_to_running(row, person=place.operations, now=hours(2)) == 1
    assert policies.apply_to_running(row, person=place.operations, now=hours(3)) == 0
    assert (fresh(found).handling_due_at, fresh(done).policy) == (hours(24), 1)
    assert list(found.events.values_list("did", flat=True)) == ["logged", "accepted", "policy_applied"]


def with_level(**level):
    return FIRST_BODY | {"levels": [*FIRST_BODY["levels"], {"clock": "handling", **level}]}


def test_a_level_added_speaks_for_new_and_on_choice_for_running_cases(place):
    found = make_case(place, tier="vip")
    body = with_level(level=5, minutes=1440, to=["city"])
    row = policies.make_version(body, "再升一级", after=1, person=place.operations, now=hours(1))
    policies.apply_to_running(row, person=place.operations, now=hours(1))
    sweep.sweep(hours(32))
    assert fired(found) == [1, 2, 3, 4]
    sweep.sweep(hours(32.1))
    assert (fired(found), told(place.operations)[-1]) == (
        [1, 2, 3, 4, 5],
        f"{found.number} 已超处理时限,已过 24 小时",
    )


def test_who_is_told_follows_the_version_of_a_running_case(place):
    found = make_case(place, tier="vip")
    levels = [
        one | {"to": ["city"]} if one["clock"] == "handling" else one
        for one in FIRST_BODY["levels"]
        if one["level"] != 2 or one["clock"] != "handling"
    ]
    row = policies.make_version(
        FIRST_BODY | {"levels": levels}, "都报市公司", after=1, person=place.operations, now=hours(1)
    )
    policies.apply_to_running(row, person=place.operations, now=hours(1))
    sweep.sweep(hours(8.1))
    assert (fired(found), [title for title in told(place.duty) if "处理时限" in title]) == ([1, 3], [])
    assert told(place.operations) == [f"{found.number} 处理时限已用 50%", f"{found.number} 已超处理时限"]


def test_a_version_made_before_is_read_as_it_is(place):
    """Levels out of order are refused to a new version only: cases of an old one must go on."""
    body = with_level(level=5, minutes=240, to=["city"])
    row = PolicyVersion.objects.create(version=2, body=body, made_at=NOW, made_by=place.operations)
    assert [one.minutes for one in row.rules.levels_of("handling")][-2:] == [240, 240]


@pytest.mark.parametrize(
    ("body", "after", "code"),
    [
        (FIRST_BODY, 1, "same_policy"),
        (shorter(), 0, "moved_on"),
        (FIRST_BODY | {"reply_hours": 0}, 1, "bad_policy"),
        (FIRST_BODY | {"levels": FIRST_BODY["levels"][:2]}, 1, "bad_policy"),
        (with_level(level=5, minutes=240, to=["city"]), 1, "bad_policy"),  # no later than the fourth
        (with_level(level=4, minutes=300, to=["city"]), 1, "bad_policy"),
    ],
)
def test_a_bad_policy_is_refused(place, body, after, code):
    with pytest.raises(Refused) as no:
        policies.make_version(body, "改", after=after, person=place.operations, now=NOW)
    assert (no.value.code, PolicyVersion.objects.count()) == (code, 1)


def test_the_number_of_queries_of_a_sweep_does_not_grow_with_the_cases(place, django_assert_max_num_queries):
    for _ in range(3):
        make_case(place, tier="vip")
    with django_assert_max_num_queries(80):
        sweep.fire_batch(hours(8.5))
    for _ in range(30):
        make_case(place, at=hours(9), tier="vip")
    with django_assert_max_num_queries(80):
        sweep.fire_batch(hours(17.5))
    assert list(Complaint.objects.order_by("pk").values_list("level", flat=True)) == [4] * 3 + [3] * 30
