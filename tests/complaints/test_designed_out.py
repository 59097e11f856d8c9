"""Eight ways in which complaint clocks went wrong in other products. Each test is named after one of them."""

from complaints.rules.fold import consumed, handling_due
from complaints.rules.moves import fits
from complaints.rules.timers import timers
from tests.complaints.histories import HOUR, POLICIES, accepted, case, did, levels, logged, when

START = [logged("2026-11-22 10:00"), accepted("2026-11-22 10:00", "vip")]


def test_paused_then_resolved_in_one_step_drops_the_pause():
    """Two hours of work, six of pause, closed while paused: two hours were used, and nothing is late."""
    found = case(*START, did("paused", "2026-11-22 12:00"), did("closed", "2026-11-22 20:00"))
    assert consumed(found, when("2026-11-23 10:00"), POLICIES) == 2 * HOUR
    assert (found.handling_late, found.paused_at) == (False, None)


def test_pause_counted_as_wall_clock_or_twice():
    paused = [
        *START,
        did("paused", "2026-11-22 12:00"),
        did("resumed", "2026-11-22 15:00"),
        did("paused", "2026-11-22 16:00"),
        did("resumed", "2026-11-22 17:00"),
    ]
    assert handling_due(case(*paused), POLICIES) == when("2026-11-22 22:00")
    assert fits("paused", case(*paused[:3])) is False
    assert fits("resumed", case(*paused[:4])) is False
    on_working_days = case(
        logged("2026-11-20 08:30", version=4),  # a Friday; the weekend was never counted
        accepted("2026-11-20 08:30", "other"),
        did("paused", "2026-11-20 16:30"),
        did("resumed", "2026-11-23 09:30"),
    )
    assert consumed(on_working_days, when("2026-11-23 10:30"), POLICIES) == 9 * HOUR


def test_tier_or_priority_change_restarts_the_clock_or_forgets_pauses():
    found = case(
        logged("2026-11-22 10:00"),
        accepted("2026-11-22 10:00", "other"),
        did("paused", "2026-11-22 12:00"),
        did("resumed", "2026-11-22 15:00"),
        did("flagged", "2026-11-22 15:30", flag="media"),
        did("tier_corrected", "2026-11-22 16:00", tier="gotone"),
    )
    assert consumed(found, when("2026-11-22 16:00"), POLICIES) == 3 * HOUR
    assert handling_due(found, POLICIES) == when("2026-11-23 13:00")  # 24 h and the three of the pause


def test_tier_change_while_paused_keeps_the_pause():
    found = case(
        logged("2026-11-22 10:00"),
        accepted("2026-11-22 10:00", "other"),
        did("paused", "2026-11-22 12:00"),
        did("tier_corrected", "2026-11-22 13:00", tier="vip"),
    )
    assert handling_due(found, POLICIES) is None
    assert found.paused_at == when("2026-11-22 12:00")
    resumed = case(
        logged("2026-11-22 10:00"),
        accepted("2026-11-22 10:00", "other"),
        did("paused", "2026-11-22 12:00"),
        did("tier_corrected", "2026-11-22 13:00", tier="vip"),
        did("resumed", "2026-11-22 14:00"),
    )
    assert handling_due(resumed, POLICIES) == when("2026-11-22 20:00")


def test_policy_edits_not_applied_to_running_clocks_or_repair_that_destroys_history():
    running = [logged("2026-11-22 10:00"), accepted("2026-11-22 10:00", "other")]
    applied = [*running, did("policy_applied", "2026-11-22 12:00", policy=2)]
    assert handling_due(case(*running), POLICIES) == when("2026-11-24 10:00")
    assert handling_due(case(*applied), POLICIES) == when("2026-11-23 10:00")
    assert consumed(case(*applied), when("2026-11-22 12:00"), POLICIES) == 2 * HOUR
    late = [*running, did("noted", "2026-11-25 10:00"), did("policy_applied", "2026-11-25 11:00", policy=3)]
    assert case(*late).handling_late is True
    assert handling_due(case(*late), POLICIES) == when("2026-11-26 10:00")


def test_reopen_fires_a_stale_deadline_at_once():
    closed = [*START, did("closed", "2026-11-22 17:00")]
    with_time_left = case(*closed, did("reopened", "2026-11-25 09:00"))
    assert handling_due(with_time_left, POLICIES) == when("2026-11-25 10:00")
    assert levels(with_time_left) == {(3, 2): when("2026-11-25 10:00"), (4, 2): when("2026-11-25 14:00")}
    too_late = case(*START, did("closed", "2026-11-22 20:00"), did("reopened", "2026-11-25 09:00"))
    assert too_late.handling_late is True
    assert handling_due(too_late, POLICIES) == when("2026-11-25 13:00")
    assert all(timer.due_at > when("2026-11-25 09:00") for timer in timers(too_late, POLICIES).values())


def test_a_merged_complaint_still_escalates():
    loser = [*START, did("promised", "2026-11-22 10:30", due=when("2026-11-22 16:00").isoformat())]
    assert timers(case(*loser, did("merged", "2026-11-22 11:00", into="TS")), POLICIES) == {}
    winner = case(
        logged("2026-11-22 09:00"),
        accepted("2026-11-22 09:00", "other"),
        did(
            "absorbed",
            "2026-11-22 11:00",
            handling_due=when("2026-11-22 18:00").isoformat(),
            reply_due=when("2026-11-22 18:00").isoformat(),
        ),
    )
    assert handling_due(winner, POLICIES) == when("2026-11-22 18:00")
    assert winner.spans["reply", 0].due == when("2026-11-22 18:00")
    later = case(
        *START, did("absorbed", "2026-11-22 11:00", handling_due=when("2026-11-24 18:00").isoformat(), number="x")
    )
    assert handling_due(later, POLICIES) == when("2026-11-22 18:00")


def test_a_clock_started_or_stopped_by_the_wrong_event():
    waiting = case(logged("2026-11-22 10:00"), did("owner_asked", "2026-11-22 10:00"))
    assert (handling_due(waiting, POLICIES), waiting.spans.keys()) == (None, {("owner", 0)})
    running = case(*START)
    for word in ("noted", "attached", "amended", "taken", "urged", "followed_up", "refund_asked", "compensated"):
        after = case(*START, did(word, "2026-11-22 11:00"))
        assert (word, levels(after), after.is_running("reply")) == (word, levels(running), True)


def test_alert_storms_off_hours_alerts_only_the_first_level_firing_time_zone_errors():
    """The sweep's own tests prove one message per person and level; here: all levels exist, once, in Shanghai time."""
    found = timers(case(logged("2026-11-22 23:30"), accepted("2026-11-22 23:30", "vip")), POLICIES)
    handling = {key: timer for key, timer in found.items() if key[0] == "handling"}
    assert [key[2] for key in sorted(handling)] == [1, 2, 3, 4]
    assert handling["handling", 0, 1, 1].can_wait is True
    assert handling["handling", 0, 3, 1].can_wait is False
    assert handling["handling", 0, 3, 1].due_at == when("2026-11-23 07:30")
