"""The only place that says who may see or do what: role × verb × where the role is held."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from core import time
from halls.models import Hall, Region
from staff.models import Employment, User
from staff.states import Role

VERBS: dict[str, str] = {
    "hall.see": "看营业厅现场、号码与窗口",
    "queue.issue": "代客取号",
    "queue.serve": "签入窗口并叫号",
    "queue.floor": "大厅引导:补办、取消、一米线人数",
    "queue.manage": "值班经理特批:代签出、带号暂停",
    "customer.see": "查看客户概况(号码打码)",
    "hall.configure": "改营业时间与例外",
    "device.pair": "配对与停用设备",
    "staff.see": "查看人员",
    "staff.reset_password": "重置密码",
    "settings.change": "修改设置与参数",
}

_SEE = {"hall.see"}
_FRONT = _SEE | {"queue.issue", "customer.see"}
_COUNTER = _FRONT | {"queue.serve", "queue.floor"}
_FLOOR = _FRONT | {"queue.floor"}
_DUTY = _COUNTER | {"queue.manage", "staff.see", "device.pair"}
_HEAD = _DUTY | {"hall.configure", "staff.reset_password"}

ROLE_VERBS: dict[str, frozenset[str]] = {
    Role.CLERK: frozenset(_COUNTER),
    Role.GREETER: frozenset(_FLOOR),
    Role.ENQUIRY: frozenset(_FLOOR),
    Role.FLOOR_WALKER: frozenset(_FLOOR),
    Role.BACK_OFFICE: frozenset(_COUNTER),
    Role.HANDSET_SELLER: frozenset(_FRONT | {"queue.serve"}),
    Role.ACCOUNT_MANAGER: frozenset(_SEE | {"customer.see"}),
    Role.DUTY_MANAGER: frozenset(_DUTY),
    Role.HALL_MANAGER: frozenset(_HEAD),
    Role.COMPLAINT_HANDLER: frozenset(_SEE | {"customer.see"}),
    Role.INSPECTOR: frozenset(_SEE),
    Role.DISTRICT: frozenset(_SEE | {"staff.see", "staff.reset_password", "device.pair", "hall.configure", "queue.manage"}),
    Role.OPERATIONS: frozenset(VERBS),
}


@dataclass
class Rights:
    """What one person may do today: hall numbers by verb, or everything."""

    everything: bool = False
    halls: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def may(self, verb: str, hall: Hall | None = None) -> bool:
        if verb not in VERBS:
            raise KeyError(f"no such right: {verb}")
        if self.everything:
            return True
        return bool(self.halls.get(verb)) if hall is None else hall.pk in self.halls.get(verb, ())

    def hall_ids(self, verb: str) -> set[int]:
        if verb not in VERBS:
            raise KeyError(f"no such right: {verb}")
        if self.everything:
            return set(Hall.objects.values_list("pk", flat=True))
        return self.halls.get(verb, set())


def rights_of(user: User) -> Rights:
    """Rights from the employments in force today; a person who left has none."""
    if not user.is_active:
        return Rights()
    if user.is_superuser:
        return Rights(everything=True)
    return rights_from(employments_today(user))


def employments_today(user: User) -> list[Employment]:
    today = time.business_day(time.now())
    return [job for job in user.employments.select_related("hall", "region") if job.in_force(today)]


def rights_from(jobs: Iterable[Employment]) -> Rights:
    rights = Rights()
    for job in jobs:
        halls = {job.hall_id} if job.hall_id else halls_below(job.region_id)
        for verb in ROLE_VERBS[job.role]:
            rights.halls[verb] |= halls
    return rights


def halls_below(region_id: int | None) -> set[int]:
    """Every hall in a region and in the regions under it."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in Region.objects.values_list("pk", "parent"):
        children[parent].append(pk)
    found, todo = set(), [region_id]
    while todo:
        here = todo.pop()
        found.add(here)
        todo += children[here]
    return set(Hall.objects.filter(region_id__in=found).values_list("pk", flat=True))
