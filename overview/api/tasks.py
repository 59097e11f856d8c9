"""任务 over HTTP: what a district gives its halls and what a hall answers, by the acts of the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path, reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import time
from core.api import Problem, keeps_answer, page_of, paged
from halls.actions import LARGEST_PICTURE, keep_picture
from halls.models import Hall
from overview.actions import tasks as actions
from overview.actions import urging
from overview.models import HallTask, Task
from overview.queries import tasks as reads
from overview.states import OwedKind, TaskState
from overview.views.tasks import PHOTOS
from staff.api.handovers import checked, person
from staff.models import User

GIVE, DO = "task.give", "task.do"
NO_RIGHT = "没有处理这项任务的权限。如工作需要,请联系店长开通。"
BIGGEST = 2**62


class TasksAsk(serializers.Serializer):
    find = serializers.CharField(max_length=40, required=False, default="")
    state = serializers.ChoiceField(choices=[(one, one) for one in ("open", "overdue", "all")], default="open")


class HallTasksAsk(serializers.Serializer):
    hall = serializers.SlugField(required=False, default="")
    state = serializers.ChoiceField(choices=[(one, one) for one in ("open", "overdue", "done", "all")], default="open")


class TaskIn(serializers.Serializer):
    title = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=1000)
    due_on = serializers.DateField()
    wants_photo = serializers.BooleanField(default=False)
    halls = serializers.ListField(child=serializers.SlugField(), min_length=1, help_text="codes of live halls")


class TaskLine(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    due_on = serializers.DateField()
    wants_photo = serializers.BooleanField()
    given_by = serializers.CharField()
    given_at = serializers.DateTimeField()
    halls = serializers.IntegerField()
    read = serializers.IntegerField(help_text="halls that gave their receipt")
    done = serializers.IntegerField(help_text="halls that reported it done, confirmed ones included")
    accepted = serializers.IntegerField()


class TaskEventOut(serializers.Serializer):
    did = serializers.CharField()
    at = serializers.DateTimeField()
    person = serializers.CharField(allow_null=True)
    note = serializers.CharField()


class HallTaskOut(serializers.Serializer):
    id = serializers.IntegerField()
    task = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()
    due_on = serializers.DateField()
    wants_photo = serializers.BooleanField()
    hall = serializers.CharField()
    state = serializers.ChoiceField(choices=TaskState.choices)
    is_overdue = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True, help_text="the receipt")
    done_at = serializers.DateTimeField(allow_null=True)
    proof = serializers.CharField()
    photo = serializers.CharField(allow_null=True, help_text="where the picture is")
    returned_why = serializers.CharField()
    accepted_at = serializers.DateTimeField(allow_null=True)


class HallTaskDetail(HallTaskOut):
    events = TaskEventOut(many=True)


class TaskDetail(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()
    due_on = serializers.DateField()
    wants_photo = serializers.BooleanField()
    halls = HallTaskOut(many=True)


class TaskDone(serializers.Serializer):
    proof = serializers.CharField(max_length=500)
    photo = serializers.FileField(required=False)


class TaskJudged(serializers.Serializer):
    accepted = serializers.BooleanField()
    why = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class TaskUrged(serializers.Serializer):
    stage = serializers.CharField()
    at = serializers.DateTimeField()


def _line(row: Any) -> dict[str, Any]:
    same = ("title", "due_on", "wants_photo")
    counts = {"halls": row.n_halls, "read": row.n_read, "done": row.n_done, "accepted": row.n_accepted}
    given = {"given_by": row.given_by.name, "given_at": time.local(row.given_at)}
    return {"id": row.pk, **{name: getattr(row, name) for name in same}, **given, **counts}


def _moment(row: HallTask, name: str) -> Any:
    at = getattr(row, name)
    return time.local(at) if at else None


def told(row: HallTask) -> dict[str, Any]:
    """One hall's task; `row.task` and `row.hall` are there already."""
    return {
        "id": row.pk,
        "task": row.task_id,
        **{name: getattr(row.task, name) for name in ("title", "text", "due_on", "wants_photo")},
        "hall": row.hall.code,
        "state": row.state,
        "is_overdue": row.is_overdue(time.business_day(time.now())),
        **{name: _moment(row, name) for name in ("read_at", "done_at", "accepted_at")},
        "proof": row.proof,
        "photo": reverse("hall-task-photo", args=[row.pk]) if row.photo else None,
        "returned_why": row.returned_why,
    }


def _detail(row: HallTask) -> dict[str, Any]:
    events = [
        {"did": one.did, "at": time.local(one.at), "person": one.person.name if one.person else None, "note": one.note}
        for one in row.events.select_related("person")
    ]
    return {**told(row), "events": events}


def _asked(shape: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    given = shape(data=request.query_params)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _may(user: User, verb: str, hall: Hall | None = None) -> None:
    if not user.may(verb, hall) if hall else not user.may(verb):
        raise PermissionDenied(NO_RIGHT)


def _found(user: User, pk: int) -> HallTask:
    rows = HallTask.objects.visible_to(user).select_related("hall", "task__given_by")
    row = rows.filter(pk=pk).first() if pk < BIGGEST else None
    if row is None:
        raise Http404
    return row


def _given(user: User, pk: int) -> Task:
    mine = HallTask.objects.filter(hall__in=user.hall_ids(GIVE)).values("task")
    row = Task.objects.filter(pk=pk, pk__in=mine).first() if pk < BIGGEST else None
    if row is None:
        raise Http404
    return row


@extend_schema(
    methods=["GET"], parameters=[TasksAsk], responses=page_of("TaskPage", TaskLine), operation_id="tasks_list"
)
@extend_schema(methods=["POST"], request=TaskIn, responses={201: TaskDetail, 409: Problem}, operation_id="tasks_give")
@api_view(["GET", "POST"])
@keeps_answer
def tasks(request: Request) -> Response:
    """GET: what the caller's halls were given and how far they are. POST: give one. 409 `bad_day`, `no_title`."""
    user = person(request)
    _may(user, GIVE)
    if request.method == "GET":
        asked = _asked(TasksAsk, request)
        rows = reads.given(user, time.business_day(time.now()), find=asked["find"], only=asked["state"])
        return paged(request, rows, _line)
    given = checked(TaskIn, request)
    codes = set(given.pop("halls"))
    halls = list(Hall.objects.filter(pk__in=user.hall_ids(GIVE), is_live=True, code__in=codes).order_by("code"))
    if strange := sorted(codes - {one.code for one in halls}):
        raise serializers.ValidationError({"halls": [f"没有这些营业厅:{'、'.join(strange)}"]})
    row = actions.give(actions.Order(**given), halls, actor=user, now=time.now())
    return Response(_whole(row, user), status=201)


def _whole(row: Task, user: User) -> dict[str, Any]:
    rows = row.halls.filter(hall__in=user.hall_ids(GIVE)).select_related("hall", "task").order_by("hall__code")
    same = ("title", "text", "due_on", "wants_photo")
    return {"id": row.pk, **{name: getattr(row, name) for name in same}, "halls": [told(one) for one in rows]}


@extend_schema(responses=TaskDetail, operation_id="tasks_detail")
@api_view(["GET"])
def task(request: Request, pk: int) -> Response:
    """A task with each of the caller's halls."""
    user = person(request)
    return Response(_whole(_given(user, pk), user))


@extend_schema(request=None, responses={200: TaskDetail, 409: Problem}, operation_id="tasks_withdraw")
@api_view(["POST"])
@keeps_answer
def withdraw(request: Request, pk: int) -> Response:
    """Taken back in every hall of the caller that is not confirmed yet. 409 `bad_move` when there is none."""
    user = person(request)
    row = _given(user, pk)
    actions.withdraw(row, user.hall_ids(GIVE), actor=user, now=time.now())
    return Response(_whole(row, user))


@extend_schema(
    parameters=[HallTasksAsk], responses=page_of("HallTaskPage", HallTaskOut), operation_id="hall_tasks_list"
)
@api_view(["GET"])
def hall_tasks(request: Request) -> Response:
    """What the caller's halls have to do, what is due first on top."""
    user = person(request)
    _may(user, DO)
    asked, hall = _asked(HallTasksAsk, request), None
    if asked["hall"]:
        hall = Hall.objects.filter(pk__in=user.hall_ids(DO), code=asked["hall"]).first()
        if hall is None:
            raise Http404
    return paged(request, reads.of_halls(user, time.business_day(time.now()), hall=hall, only=asked["state"]), told)


@extend_schema(responses=HallTaskDetail, operation_id="hall_tasks_detail")
@api_view(["GET"])
def hall_task(request: Request, pk: int) -> Response:
    return Response(_detail(_found(person(request), pk)))


@extend_schema(request=None, responses={200: HallTaskDetail, 409: Problem}, operation_id="hall_tasks_receive")
@api_view(["POST"])
@keeps_answer
def receive(request: Request, pk: int) -> Response:
    """The receipt; again changes nothing."""
    user = person(request)
    row = _found(user, pk)
    _may(user, DO, row.hall)
    actions.receive(row, actor=user, now=time.now())
    return Response(_detail(_found(user, pk)))


@extend_schema(request=TaskDone, responses={200: HallTaskDetail, 409: Problem}, operation_id="hall_tasks_done")
@api_view(["POST"])
@parser_classes([MultiPartParser, JSONParser])
@keeps_answer
def done(request: Request, pk: int) -> Response:
    """Reported done, with the photo (multipart) where one is wanted. 409 `no_photo`, `no_proof`, `bad_move`, and
    what is wrong with the picture."""
    user = person(request)
    row = _found(user, pk)
    _may(user, DO, row.hall)
    given = checked(TaskDone, request)
    file = given.get("photo")
    photo = keep_picture(file.read(LARGEST_PICTURE + 1), PHOTOS) if file else ""
    actions.finish(row, given["proof"], photo=photo, actor=user, now=time.now())
    return Response(_detail(_found(user, pk)))


@extend_schema(request=TaskJudged, responses={200: HallTaskDetail, 409: Problem}, operation_id="hall_tasks_judge")
@api_view(["POST"])
@keeps_answer
def judge(request: Request, pk: int) -> Response:
    """The district confirms it or gives it back with the reason. 409 `no_reason`, `bad_move`."""
    user = person(request)
    row = _found(user, pk)
    _may(user, GIVE, row.hall)
    given = checked(TaskJudged, request)
    actions.judge(row, accepted=given["accepted"], why=given["why"], actor=user, now=time.now())
    return Response(_detail(_found(user, pk)))


@extend_schema(request=None, responses={200: TaskUrged, 409: Problem}, operation_id="hall_tasks_urge")
@api_view(["POST"])
@keeps_answer
def urge(request: Request, pk: int) -> Response:
    """Once in each stage. 409 `not_owed` (done, or not due soon), `urged_already`."""
    user, now = person(request), time.now()
    row = _found(user, pk)
    _may(user, GIVE, row.hall)
    item = urging.find(user.hall_ids(GIVE), row.hall, f"{OwedKind.TASK}:{row.pk}", now)
    made = urging.urge(item, actor=user, now=now)
    return Response({"stage": made.stage, "at": time.local(made.at)})


urlpatterns = [
    path("tasks/", tasks),
    path("tasks/<int:pk>/", task),
    path("tasks/<int:pk>/withdraw/", withdraw),
    path("hall-tasks/", hall_tasks),
    path("hall-tasks/<int:pk>/", hall_task),
    path("hall-tasks/<int:pk>/receive/", receive),
    path("hall-tasks/<int:pk>/done/", done),
    path("hall-tasks/<int:pk>/judge/", judge),
    path("hall-tasks/<int:pk>/urge/", urge),
]
