"""What the frame of every staff page shows: the menu of this person, and how long an idle screen stays open."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest

from core import time
from staff import queries


@dataclass(frozen=True)
class Line:
    title: str
    path: str
    icon: str
    verb: str = ""
    here: bool = False


MENU = [
    Line("工作台", "/", "home"),
    Line("窗口叫号", "/counter/", "counter", "queue.serve"),
    Line("大厅引导", "/lobby/", "lobby", "queue.floor"),
    Line("现场看板", "/overview/", "gauge", "figures.see"),
    Line("预约", "/appointments/", "calendar", "queue.floor"),
    Line("取号限制", "/issuing/", "stop", "queue.manage"),
    Line("待联系客户", "/call-backs/", "phone", "queue.manage"),
    Line("排队统计", "/queueing/figures/", "chart", "figures.see"),
    Line("取号优先", "/queueing/fairness/", "scale", "figures.see"),
    Line("人员", "/staff/", "people", "staff.see"),
    Line("营业时间", "/halls/", "clock", "hall.configure"),
    Line("大屏内容", "/halls/tv/", "screen", "tv.manage"),
    Line("设备配对", "/halls/devices/", "device", "device.pair"),
    Line("通知", "/notices/", "bell"),
    Line("设置", "/admin/", "settings", "settings.change"),
]


class Shell:
    """Asked by templates only as far as they go, so that error pages touch no table."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def menu(self) -> list[Line]:
        user = self.request.user
        if not user.is_authenticated:
            return []
        mine = [line for line in MENU if not line.verb or user.may(line.verb)]
        here = max((line.path for line in mine if _covers(line, self.request.path)), key=len, default="")
        return [replace(line, here=line.path == here) for line in mine]

    @property
    def idle_seconds(self) -> int:
        return queries.idle_minutes(time.now()) * 60


def _covers(line: Line, path: str) -> bool:
    return path == "/" if line.path == "/" else path.startswith(line.path)


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
