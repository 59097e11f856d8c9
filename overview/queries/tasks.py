"""Reads about tasks: those of a district with how far their halls are, those of a hall."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from halls.models import Hall
from overview.models import HallTask, Task
from overview.states import OPEN_TASKS, TaskState


def given(user: Any, today: date, *, find: str = "", only: str = "") -> QuerySet[Task]:
    """Tasks with a hall that one gives tasks to, counted over those halls. `only`: open, overdue."""
    mine = Q(halls__hall__in=user.hall_ids("task.give")) & ~Q(halls__state=TaskState.WITHDRAWN)
    open_ = mine & Q(halls__state__in=OPEN_TASKS)
    rows = Task.objects.filter(pk__in=HallTask.objects.filter(hall__in=user.hall_ids("task.give")).values("task"))
    rows = rows.annotate(
        n_halls=Count("halls", filter=mine, distinct=True),
        n_read=Count("halls", filter=mine & Q(halls__read_at__isnull=False), distinct=True),
        n_done=Count("halls", filter=mine & Q(halls__state__in=[TaskState.DONE, TaskState.ACCEPTED]), distinct=True),
        n_accepted=Count("halls", filter=mine & Q(halls__state=TaskState.ACCEPTED), distinct=True),
        n_open=Count("halls", filter=open_, distinct=True),
    )
    if find:
        rows = rows.filter(title__icontains=find)
    if only == "open":
        rows = rows.filter(n_open__gt=0)
    elif only == "overdue":
        rows = rows.filter(n_open__gt=0, due_on__lt=today)
    return rows.select_related("given_by").order_by("-given_at", "-pk")


def of_halls(user: Any, today: date, *, hall: Hall | None = None, only: str = "open") -> QuerySet[HallTask]:
    """What halls have to do. `only`: open, overdue, done, all."""
    rows = HallTask.objects.filter(hall__in=user.hall_ids("task.do")).exclude(state=TaskState.WITHDRAWN)
    if hall is not None:
        rows = rows.filter(hall=hall)
    if only == "overdue":
        rows = rows.overdue(today)
    elif only == "done":
        rows = rows.filter(state__in=[TaskState.DONE, TaskState.ACCEPTED])
    elif only == "open":
        rows = rows.filter(state__in=OPEN_TASKS)
    order = ["-task__due_on"] if only in {"done", "all"} else ["task__due_on"]
    return rows.select_related("hall", "task__given_by").order_by(*order, "hall__code", "pk")
