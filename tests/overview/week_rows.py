"""Weekly reports for tests, and the figures of an imagined week."""

from datetime import date, datetime
from typing import Any

from core.time import SHANGHAI
from halls.models import Hall
from overview.actions import weekly
from overview.models import WeeklyReport, WeeklyVersion
from staff.models import User

MONDAY = date(2026, 11, 16)
FRIDAY = datetime(2026, 11, 20, 17, tzinfo=SHANGHAI)
NEXT_MONDAY = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)


def make_draft(hall: Hall, *, monday: date = MONDAY, now: datetime = FRIDAY) -> WeeklyVersion:
    return weekly.begin(hall, monday, actor=None, now=now)


def make_signed(
    hall: Hall, actor: User, *, monday: date = MONDAY, now: datetime = NEXT_MONDAY, **said: Any
) -> WeeklyVersion:
    """Signed with the given texts and lines of support."""
    asks = [{"section": "floor_problems", "text": text} for text in said.pop("asks", ())]
    draft = weekly.begin(hall, monday, actor=actor, now=now)
    saved = weekly.save(draft, weekly.Written(said, asks, draft.edits), actor=actor, now=now)
    return weekly.sign(saved, edits=saved.edits, actor=actor, now=now)


def fresh(version: WeeklyVersion) -> WeeklyVersion:
    return WeeklyVersion.objects.select_related("report__hall").get(pk=version.pk)


def report_of(hall: Hall, monday: date = MONDAY) -> WeeklyReport:
    return WeeklyReport.objects.get(hall=hall, monday=monday)


def busy_week() -> dict[str, Any]:
    """Every part with something in it."""
    days = [
        {"label": f"11-{16 + at} 周{'一二三四五六日'[at]}", "issued": 200 + at, "mean_wait": wait, "long_waits": 0}
        for at, wait in enumerate((6.0, 5.0, 4.5, 7.0, 8.0, 16.4, 9.0))
    ]
    queue = {
        "issued": 1421, "served": 1300, "answered": 1310, "mean_wait": 8.2, "busy_wait": 12.4, "idle_wait": 4.1,
        "within_standard": 0.91, "long_waits": 12, "cared": 9, "no_shows": 90, "vips": 14, "vips_met": 13,
        "sent_on": 120, "online_handled": 480, "answered_at_door": 66, "without_documents": 21, "prefilled": 130,
        "diversion_rate": 0.2, "standard": 15, "long_minutes": 30,
    }  # fmt: skip
    return {
        "queue": queue,
        "before": {"mean_wait": 9.4, "diversion_rate": 0.18},
        "days": days,
        "complaints": {
            "complaints": 9, "service": 4, "on_spot": 5, "late": 1, "reopened": 1, "book": 2, "closed": 8, "before": 7,
            "categories": [
                {"name": "等候久", "group": "现场服务", "count": 4},
                {"name": "重复扣费", "group": "费用争议", "count": 2},
            ],
        },
        "floor": {
            "patrols_due": 28, "patrols_done": 26, "patrols_in_time": 24, "doors_due": 14, "doors_done": 14, "bad": 5,
            "stains": 6, "stains_in_time": 5, "loans": 8, "incidents": 1, "expired": ["柜台单页"],
        },
        "faults": {"found": 3, "fixed": 2, "open": [{"name": "交费机 1", "symptom": "吞币", "days": 6, "late": True}]},
        "inspection": {
            "visits": 1, "mean": 93.0, "findings": [{"name": "离岗", "count": 1}], "overdue": 1, "rank": 2, "ranked": 3,
        },
        "training": {
            "meetings": 6, "minutes": 11.0, "right_share": 0.85,
            "courses": [{"title": "实名登记", "came": 12, "passed": 11, "scored": 12}],
        },
        "staff": {
            "shifts": 90, "late": 2, "absent": 0, "adopted": 1, "stars": ["王芳(服务明星)"], "closing_days": 7,
            "closings_missing": 1,
        },
        "support": {"asked": 2, "answered": 1, "rows": []},
        "ahead": {
            "busiest": {"label": "12-01 周二", "arrivals": 390, "windows": 9}, "courses": ["沟通技巧(12-02 周三)"],
            "tasks": ["元旦布置"], "actions": ["离岗"], "materials": ["海报(11-30)"], "certificates": ["李敏(12-03)"],
            "faults": ["交费机 1 吞币"],
        },
    }  # fmt: skip
