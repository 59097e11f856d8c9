"""R-S-20, R-S-24: the register of violations. A manager decides, the person is heard, a second one looks again."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from core.errors import Refused
from core.time import at
from messaging.models import Notice
from staff.actions import conduct as actions
from staff.actions.conduct import Seen
from staff.models import ConductNote
from staff.queries import conduct as queries
from staff.rules import conduct as rules
from staff.states import Matter, MatterState, Role
from tests.factories import make_hall, make_user

NOON = at(date(2026, 11, 23), time(12))


def test_r_s_24_the_five_bans_are_known():
    assert [str(one) for one in rules.BANS] == ["customer_data", "messages", "unconfirmed", "providers", "channels"]


def test_r_s_20_labels_blame_nobody():
    assert [one.label for one in Matter if "违" in one.label or "规" in one.label] == []


@pytest.mark.parametrize(("seconds", "fine"), [(0, True), (1, False)])
def test_an_objection_has_seven_days(seconds, fine):
    assert rules.may_object(NOON, NOON + timedelta(days=7, seconds=seconds), days=7) == fine


pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return make_hall("ZJ01", windows=0, groups=False)


@pytest.fixture
def people(hall):
    return {
        "li": make_user("01001", Role.CLERK, hall, name="小李"),
        "duty": make_user("01020", Role.DUTY_MANAGER, hall),
        "wang": make_user("01010", Role.HALL_MANAGER, hall, name="王经理"),
        "district": make_user("90001", Role.DISTRICT, region=hall.region),
        "zhao": make_user("05010", Role.HALL_MANAGER, make_hall("ZJ05", windows=0, groups=False)),
        "mate": make_user("01002", Role.CLERK, hall),
    }


@pytest.fixture
def row(hall, people):
    seen = Seen(Matter.LEFT_POST, "窗口无人约 6 分钟", NOON - timedelta(hours=1))
    return actions.note(hall, people["li"], seen, actor=people["duty"], now=NOON)


def refused(act, *args, **named):
    before = list(ConductNote.objects.values_list())
    with pytest.raises(Refused) as no:
        act(*args, **named)
    assert list(ConductNote.objects.values_list()) == before
    return no.value.code


def test_r_s_20_a_note_is_no_violation_and_the_person_is_told(row, people):
    assert (row.state, row.get_state_display()) == (MatterState.NOTED, "待核实")
    notice = Notice.objects.get()
    assert (notice.user, notice.title) == (people["li"], "有一条情况待核实,请查看并说明")


@pytest.mark.parametrize(
    ("who", "what", "ahead", "code"),
    [
        ("duty", "看到", -1, "oneself"),
        ("li", " ", -1, "words_missing"),
        ("li", "看到", 1, "in_the_future"),
        ("zhao", "看到", -1, "not_here"),
    ],
)
def test_a_bad_note_is_refused(hall, people, who, what, ahead, code):
    seen = Seen(Matter.PHONE, what, NOON + timedelta(hours=ahead))
    assert refused(actions.note, hall, people[who], seen, actor=people["duty"], now=NOON) == code
    assert Notice.objects.count() == 0


def test_r_s_20_a_manager_decides_after_the_person_spoke(row, people):
    actions.say(row, "陪老人到自助机", actor=people["li"], now=NOON)
    done = actions.decide(row, confirmed=False, why="情况属实,属服务需要", actor=people["wang"], now=NOON)

    assert (done.state, done.said, done.decided_by, done.is_final) == (
        MatterState.DISMISSED,
        "陪老人到自助机",
        people["wang"],
        True,
    )
    assert refused(actions.say, row, "再说", actor=people["li"], now=NOON) == "decided_already"
    assert refused(actions.decide, row, confirmed=True, why="改", actor=people["wang"], now=NOON) == "bad_move"


@pytest.mark.parametrize("who", ["li", "duty", "zhao", "mate"])
def test_nobody_else_decides(row, people, who):
    with pytest.raises(PermissionDenied):
        actions.decide(row, confirmed=True, why="是", actor=people[who], now=NOON)
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (MatterState.NOTED, None)


def test_a_decision_wants_a_reason_and_words_are_the_persons_own(row, people):
    assert refused(actions.decide, row, confirmed=True, why=" ", actor=people["wang"], now=NOON) == "words_missing"
    assert refused(actions.say, row, "替他说", actor=people["duty"], now=NOON) == "not_yours"


def test_a_hall_managers_case_is_the_districts(hall, people):
    seen = Seen(Matter.UNCONFIRMED, "口头同意即办理", NOON)
    row = actions.note(hall, people["wang"], seen, actor=people["district"], now=NOON)
    with pytest.raises(PermissionDenied):
        actions.decide(row, confirmed=True, why="是", actor=people["wang"], now=NOON)
    assert actions.decide(row, confirmed=True, why="是", actor=people["district"], now=NOON).state == "confirmed"


def test_the_person_objects_once_in_time_and_somebody_else_reviews(row, people):
    assert refused(actions.object_to, row, "不同意", actor=people["li"], now=NOON) == "bad_move"
    actions.decide(row, confirmed=True, why="属实", actor=people["wang"], now=NOON)
    late = NOON + timedelta(days=7, seconds=1)
    assert refused(actions.object_to, row, "不同意", actor=people["li"], now=late) == "too_late"
    actions.object_to(row, "当时已请同事看护", actor=people["li"], now=NOON + timedelta(days=7))
    assert refused(actions.review, row, confirmed=True, why="维持", actor=people["wang"], now=NOON) == "same_judge"

    done = actions.review(row, confirmed=True, why="监控属实,维持", actor=people["district"], now=NOON)
    assert (done.state, done.reviewed_by, done.is_final) == (MatterState.CONFIRMED, people["district"], True)
    assert refused(actions.object_to, row, "还是不同意", actor=people["li"], now=NOON) == "bad_move"


def test_the_register_is_seen_by_the_person_the_writer_and_the_managers(row, people):
    seen = {name: list(queries.visible_to(person)) for name, person in people.items()}
    assert seen == {"li": [row], "duty": [row], "wang": [row], "district": [row], "zhao": [], "mate": []}
