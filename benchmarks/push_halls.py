"""Halls for `board_push`: eight windows, five groups and forty people waiting in each, a clerk at the first window."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from decimal import Decimal
from typing import Any

from benchmarks.harness import Wire

WINDOWS = 8
WAITING = 40
GROUPS = (("A", "综合业务"), ("B", "交费充值"), ("T", "宽带电视"), ("M", "买手机"), ("J", "集团客户"))
VERSION = re.compile(r'"version": \d+')


@dataclass(frozen=True)
class BenchHall:
    code: str
    window_id: int
    token: str

    def call_next(self, port: int) -> None:
        wire = Wire(port, self.token)
        status, answer = wire.ask("POST", f"/api/v1/windows/{self.window_id}/call-next/", {"finish": True})
        wire.close()
        if status != 200:
            raise RuntimeError(f"call-next answered {status}: {answer}")

    def document(self, port: int) -> str:
        wire = Wire(port, self.token)
        _, answer = wire.ask("GET", f"/api/v1/halls/{self.code}/board/")
        wire.close()
        return json.dumps(answer, ensure_ascii=False)

    def size(self, port: int) -> int:
        return len(self.document(port).encode())


def with_version(text: str, version: int) -> str:
    return VERSION.sub(f'"version": {version}', text, count=1)


def make(count: int) -> list[BenchHall]:
    """Everything in bulk; the halls are too far from each other to be neighbours, but have two near each."""
    from halls import models, states

    region = models.Region.objects.create(code="PUSH-R", name="测试区", level=states.RegionLevel.DISTRICT)
    models.Hall.objects.bulk_create(_hall(number, region) for number in range(count))
    halls = list(models.Hall.objects.filter(region=region).order_by("code"))
    models.OpeningHours.objects.bulk_create(
        models.OpeningHours(hall=hall, weekday=day, opens=clock_time(0), closes=clock_time(0))
        for hall in halls
        for day in range(7)
    )
    _fit_out(halls)
    return _staff(halls)


def _hall(number: int, region: Any) -> Any:
    from halls import models, states

    return models.Hall(
        code=f"PU{number:03d}",
        name=f"第 {number} 营业厅",
        region=region,
        type=states.HallType.GOUTONG100,
        location=states.Location.URBAN,
        operation=states.Operation.SELF,
        counter_count=WINDOWS,
        has_rest_area=True,
        queue_mode=states.QueueMode.MACHINE,
        latitude=Decimal(30) + Decimal(number // 3) / 5 + Decimal(number % 3) / 100,
        longitude=Decimal(119),
    )


def _fit_out(halls: list[Any]) -> None:
    """Groups with a business, windows that serve them all, people who wait."""
    from core.time import business_day, now
    from halls import models
    from queueing.models import Ticket
    from queueing.states import Source

    business = models.BusinessType.objects.create(code="payment", name="交费", minutes=Decimal(8))
    groups = models.BusinessGroup.objects.bulk_create(
        models.BusinessGroup(hall=hall, code=f"group-{letter}".lower(), name=name, letter=letter, order=order)
        for hall in halls
        for order, (letter, name) in enumerate(GROUPS)
    )
    windows = models.Window.objects.bulk_create(
        models.Window(hall=hall, number=number, name="综合业务") for hall in halls for number in range(1, WINDOWS + 1)
    )
    joined = models.BusinessGroup.businesses.through
    joined.objects.bulk_create(joined(businessgroup=group, businesstype=business) for group in groups)
    serves = models.Window.groups.through
    of_hall = {hall.pk: [group for group in groups if group.hall_id == hall.pk] for hall in halls}
    serves.objects.bulk_create(
        serves(window=window, businessgroup=group) for window in windows for group in of_hall[window.hall_id]
    )
    moment = now()
    Ticket.objects.bulk_create(
        Ticket(
            hall=hall,
            group=group,
            business_day=business_day(moment),
            letter=group.letter,
            number=f"{group.letter}{serial:03d}",
            source=Source.API,
            taken_at=moment,
            call_order_at=moment + timedelta(milliseconds=serial),
            moved_at=moment,
        )
        for hall in halls
        for serial in range(1, WAITING + 1)
        for group in [of_hall[hall.pk][serial % len(GROUPS)]]
    )


def _staff(halls: list[Any]) -> list[BenchHall]:
    from rest_framework.authtoken.models import Token

    from core.time import business_day, now
    from staff.models import Employment, User
    from staff.states import Role

    users = User.objects.bulk_create(
        User(staff_no=f"{hall.code}1", name="营业员", password="!", password_changed_at=now()) for hall in halls
    )
    Employment.objects.bulk_create(
        Employment(user=user, role=Role.CLERK, hall=hall, valid_from=business_day(now()))
        for user, hall in zip(users, halls, strict=True)
    )
    tokens = Token.objects.bulk_create(Token(user=user, key=Token.generate_key()) for user in users)
    firsts = [hall.windows.get(number=1).pk for hall in halls]
    return [BenchHall(hall.code, first, token.key) for hall, first, token in zip(halls, firsts, tokens, strict=True)]
