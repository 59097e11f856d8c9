"""What waits for a hand in a hall (R-H-13): which things, in which order, for whom."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.actions.catalogue import prepare
from complaints.models import Complaint
from core.time import SHANGHAI
from halls.models import Equipment, EquipmentKind, Fault, Hall, Material
from overview.queries import todo
from overview.rules import todo as rules
from overview.rules.same_weekday import Line, compared
from queueing.queries import layout
from queueing.queries.figures import Flow
from staff.models import Handover, User
from tests.factories import make_hall, make_user

NOW = datetime(2026, 11, 18, 10, 10, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("due", "text", "urgency"),
    [
        (NOW + timedelta(hours=3, minutes=20), "还剩 3 小时 20 分(今天 13:30 前)", rules.TODAY),
        (NOW, "还剩 0 分钟(今天 10:10 前)", rules.TODAY),
        (NOW - timedelta(minutes=125), "已超时 2 小时 5 分(应在今天 08:05 前)", rules.LATE),
        (NOW + timedelta(hours=38), "还剩 1 天 14 小时(11 月 20 日 00:10 前)", rules.WAITS),
        (NOW + timedelta(hours=15), "还剩 15 小时(明天 01:10 前)", rules.WAITS),
    ],
)
def test_time_left_is_said_with_the_clock_time(due: datetime, text: str, urgency: int) -> None:
    assert rules.left(due, NOW) == text
    assert rules.urgency(due, NOW) == urgency


def _todo(kind: str, urgency: int, due: datetime | None = None) -> rules.Todo:
    return rules.Todo(kind, "", "", "", "", urgency, due)


def test_late_things_come_first_then_what_is_due_first() -> None:
    todos = [
        _todo("d", rules.WAITS),
        _todo("c", rules.TODAY),
        _todo("b", rules.TODAY, NOW + HOUR),
        _todo("a", rules.LATE, NOW - HOUR),
    ]
    assert [one.kind for one in rules.ordered(todos)] == ["a", "b", "c", "d"]


def _flow(slot: int, arrived: int, answered: int, wait: float | None, windows: float = 2.0) -> Flow:
    return Flow(slot, NOW, arrived, answered, windows, wait, 0, False, answered)


def test_today_is_held_against_last_week_up_to_the_last_full_half_hour() -> None:
    today = [_flow(18, 10, 8, 5.0), _flow(19, 6, 4, 11.0), _flow(20, 99, 99, 99.0)]
    before = [_flow(18, 9, 6, 10.0)]
    assert compared(today, before, before_slot=20) == [
        Line("到达", "人", 16, 9),
        Line("办结", "人", 12, 6),
        Line("平均等候", "分", 7.0, 10.0, "low"),
        Line("开窗", "小时", 2.0, 1.0),
    ]
    assert compared([], [], before_slot=20) == []
    waits = compared(today, [], before_slot=20)[2]
    assert (waits.before, waits.change, waits.outlook) == (None, None, "")


@pytest.fixture
def hall(db: Any) -> Any:
    with time_machine.travel(NOW, tick=False):
        layout.forget()
        yield make_hall(windows=2)


@pytest.fixture
def manager(hall: Hall) -> User:
    return make_user("01900", "hall_manager", hall, name="王芳")


def _stories(hall: Hall, manager: User) -> None:
    prepare()
    clerk = make_user("01001", "clerk", hall, name="小李")
    Complaint.objects.create(
        number="TS-0007", hall=hall, source="window", logged_at=NOW - HOUR, status="handling", tier="gotone",
        first_handler=clerk, next_due_at=NOW + HOUR, content="等候太久",
    )  # fmt: skip
    kind = EquipmentKind.objects.get_or_create(code="kiosk", defaults={"name": "取号机"})[0]
    device = Equipment.objects.create(hall=hall, kind=kind, name="取号机 1")
    Fault.objects.create(
        equipment=device, hall=hall, symptom="缺纸", state="to_report", found_at=NOW - 9 * HOUR, found_by=clerk,
        report_due=NOW - HOUR, fix_due=NOW + 100 * HOUR,
    )  # fmt: skip
    Material.objects.create(
        hall=hall, kind="poster", carrier="poster", title="双十一海报",
        valid_from=date(2026, 11, 1), valid_to=date(2026, 11, 17),
        made_by=manager, made_at=NOW - 90 * HOUR,
    )  # fmt: skip
    Handover.objects.create(
        hall=hall, kind="counter", window=hall.windows.get(number=1), giver=clerk, day=NOW.date(), mode="face",
        state="waiting_relief", opened_at=NOW - HOUR, relief_due_at=NOW - timedelta(minutes=12),
    )  # fmt: skip


def test_r_h_13_the_dashboard_leads_to_each_thing_that_needs_a_hand(client: Client, hall: Hall, manager: User) -> None:
    _stories(hall, manager)
    found = todo.of_hall(hall, manager, NOW)
    assert [(one.kind, one.urgency) for one in found] == [
        ("fault", rules.LATE),
        ("relief", rules.LATE),
        ("complaint", rules.TODAY),
        ("material", rules.TODAY),
    ]
    assert found[1].title == "接班人未到:小李 等候交班,已迟 12 分钟"
    assert found[2].title == "投诉 TS-0007:还剩 1 小时(今天 11:10 前)"
    client.force_login(manager)
    page = client.get("/overview/halls/ZJ01/").content.decode()
    for one in found:
        assert one.title in page
        assert client.get(one.url).status_code == 200, one.kind
    assert "在岗人员" in page
    assert "今天没有发布班表" in page


def test_a_thing_that_one_may_not_deal_with_is_not_listed(hall: Hall, manager: User) -> None:
    _stories(hall, manager)
    seen = todo.of_hall(hall, make_user("01002", "clerk", hall), NOW)
    assert [one.kind for one in seen] == ["fault", "relief"]


def test_three_late_faults_ask_the_database_no_more_than_one(hall: Hall, manager: User) -> None:
    def asked() -> int:
        person = User.objects.get(pk=manager.pk)
        with CaptureQueriesContext(connection) as queries:
            todo.of_hall(hall, person, NOW)
        return len(queries)

    _stories(hall, manager)
    asked()
    one = asked()
    fault = Fault.objects.get()
    for number in (2, 3):
        device = Equipment.objects.create(hall=hall, kind=fault.equipment.kind, name=f"取号机 {number}")
        Fault.objects.create(
            equipment=device, hall=hall, symptom="卡纸", state="to_report", found_at=fault.found_at,
            found_by=fault.found_by, report_due=fault.report_due, fix_due=fault.fix_due,
        )  # fmt: skip
    assert asked() == one
