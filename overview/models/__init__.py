from overview.models.bulk import BulkChange, BulkLine
from overview.models.circulars import Circular, CircularReading, CircularVersion
from overview.models.support import SupportEvent, SupportRequest
from overview.models.tasks import HallTask, Task, TaskEvent, Urging
from overview.models.weekly import WeeklyReport, WeeklyVersion

__all__ = [
    "BulkChange",
    "BulkLine",
    "Circular",
    "CircularReading",
    "CircularVersion",
    "HallTask",
    "SupportEvent",
    "SupportRequest",
    "Task",
    "TaskEvent",
    "Urging",
    "WeeklyReport",
    "WeeklyVersion",
]
