"""晨会与培训: meetings, courses, newcomers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import parameters, time
from core.errors import Refused
from core.forms import tried
from halls.models import Hall
from halls.queries import visible_halls
from staff.actions import meetings as meeting_actions
from staff.actions import training as actions
from staff.forms.hall_life import CourseForm, MeetingForm
from staff.models import Course, Meeting, Seat, User
from staff.queries import duties as hall_queries
from staff.queries import meetings as meeting_queries
from staff.queries import training as queries
from staff.requests import StaffRequest
from staff.rules import meetings as meeting_rules
from staff.states import CourseKind
from staff.views.choices import chosen, halls_for
from staff.views.duties import hall_of
from staff.views.jobs import page

PER_PAGE = 15
NO_MEETING = "没有登记晨会的权限。如工作需要,请联系店长。"
NO_TRAINING = "没有安排培训的权限。如工作需要,请联系店长。"


def _back(hall: Hall) -> str:
    return f"{reverse('training')}?hall={hall.code}"


@require_safe
@login_required
def training(request: StaffRequest) -> HttpResponse:
    halls = halls_for(request, "hall.see", "当前没有可查看的营业厅。")
    hall = chosen(halls, request.GET.get("hall", ""))
    today = time.business_day(time.now())
    user = request.user
    may_train = user.may("training.manage", hall)
    courses = queries.courses_for([hall.pk])
    shown = {
        "halls": halls,
        "hall": hall,
        "page": Paginator(meeting_queries.meetings(hall), PER_PAGE).get_page(request.GET.get("page")),
        "query": f"hall={hall.code}",
        "most": parameters.number(meeting_rules.MOST_MINUTES, on=today),
        "coming": courses.filter(day__gte=today).order_by("day", "begins"),
        "past": courses.filter(day__lt=today)[:PER_PAGE],
        "mine": set(Seat.objects.filter(person=user).values_list("course", flat=True)),
        "newcomers": queries.newcomers(hall, today) if may_train else [],
        "without_choice": queries.without_choice(hall, today) if may_train else [],
        "may_train": may_train,
        "may_hold": user.may("meeting.hold", hall),
        "today": today,
    }
    return render(request, "staff/training.html", shown)


# ---- meetings --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hold(request: StaffRequest, code: str) -> HttpResponse:
    hall, now = hall_of(request, code, "meeting.hold", NO_MEETING), time.now()
    today = time.business_day(now)
    crew = hall_queries.crew(hall, today)
    first = {
        "kind": "morning",
        "day": today,
        "begins": time.local(now).time(),
        "minutes": 10,
        "host": request.user.staff_no,
        "topics": "\n".join(meeting_queries.suggested_topics(hall, today)),
    }
    form = MeetingForm(request.POST or None, crew=crew, initial=first)
    if request.method == "POST" and form.is_valid():
        said = meeting_actions.Minutes(**form.cleaned_data, answers=_answers(request, crew))
        row = tried(form, lambda: meeting_actions.hold(hall, said, actor=request.user, now=now))
        if row is not None:
            messages.success(request, f"已登记 {row}。")
            return redirect("meeting", row.pk)
    shown = {
        "hall": hall,
        "form": form,
        "crew": [(one, request.POST.get(f"came-{one.pk}"), request.POST.get(f"right-{one.pk}")) for one in crew],
        "posted": request.method == "POST",
        "back": _back(hall),
    }
    return render(request, "staff/meeting_new.html", shown)


def _answers(request: StaffRequest, crew: QuerySet[User]) -> dict[int, bool | None]:
    """Who was ticked as there; the answer of each as right, wrong, or not asked."""
    told = {"1": True, "0": False}
    return {
        one.pk: told.get(request.POST.get(f"right-{one.pk}", "")) for one in crew if request.POST.get(f"came-{one.pk}")
    }


@require_safe
@login_required
def meeting(request: StaffRequest, pk: int) -> HttpResponse:
    rows = Meeting.objects.select_related("hall", "host", "recorded_by").prefetch_related("people__person")
    row = get_object_or_404(rows, pk=pk)
    if not request.user.may("hall.see", row.hall):
        raise Http404
    people = list(row.people.all())
    shown = {
        "meeting": row,
        "people": people,
        "share": meeting_rules.right_share(one.is_right for one in people),
        "is_long": meeting_rules.is_long(row.minutes, most=parameters.number(meeting_rules.MOST_MINUTES, on=row.day)),
        "absent": hall_queries.crew(row.hall, row.day).exclude(pk__in=[one.person_id for one in people]),
    }
    return render(request, "staff/meeting.html", shown)


# ---- courses ---------------------------------------------------------------------------------------------------


def _course(request: StaffRequest, pk: int) -> Course:
    """A course of a hall that the person sees."""
    rows = Course.objects.select_related("hall").filter(hall__in=visible_halls(request.user, "hall.see"))
    return get_object_or_404(rows | Course.objects.select_related("hall").filter(hall=None), pk=pk)


def _managed(request: StaffRequest, pk: int) -> Course:
    course = _course(request, pk)
    if not request.user.may("training.manage", course.hall):
        raise PermissionDenied(NO_TRAINING)
    return course


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def arrange(request: StaffRequest) -> HttpResponse:
    halls = visible_halls(request.user, "training.manage")
    if not halls.exists():
        raise PermissionDenied(NO_TRAINING)
    form = CourseForm(request.POST or None, halls=halls, initial={"seats": 30, "minutes": 60, "pass_mark": 80})
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: actions.arrange(form.save(commit=False), actor=request.user, now=time.now()))
        if row is not None:
            messages.success(request, f"已安排「{row}」。")
            return redirect("course", row.pk)
    return page(request, [form], title="安排培训", submit="安排培训", back=reverse("training"))


@require_safe
@login_required
def course(request: StaffRequest, pk: int) -> HttpResponse:
    row = _course(request, pk)
    may_manage = request.user.may("training.manage", row.hall)
    seats = row.seats_taken.select_related("person")
    today = time.business_day(time.now())
    seated = set(seats.values_list("person", flat=True))
    shown: dict[str, Any] = {
        "course": row,
        "seats": seats if may_manage else seats.filter(person=request.user),
        "taken": len(seated),
        "is_in": request.user.pk in seated,
        "may_manage": may_manage,
        "can_join": row.day >= today and request.user.pk not in seated and row.kind != CourseKind.ONBOARDING,
        "is_over": row.day <= today,
        "is_past": row.day < today,
        "others": hall_queries.crew(row.hall, today).exclude(pk__in=seated) if may_manage and row.hall else [],
    }
    return render(request, "staff/course.html", shown)


@require_POST
@login_required
def join(request: StaffRequest, pk: int) -> HttpResponse:
    row = _course(request, pk)
    actions.take_seat(row, request.user, now=time.now(), by_choice=True)
    messages.success(request, f"已报名「{row}」。")
    return redirect("course", row.pk)


@require_POST
@login_required
def give_up(request: StaffRequest, pk: int) -> HttpResponse:
    row = _course(request, pk)
    actions.give_up_seat(get_object_or_404(Seat, course=row, person=request.user), now=time.now())
    messages.success(request, f"已取消「{row}」的报名。")
    return redirect("course", row.pk)


@require_POST
@login_required
def send(request: StaffRequest, pk: int) -> HttpResponse:
    """A manager puts somebody of the hall on the list."""
    row = _managed(request, pk)
    crew = hall_queries.crew(row.hall, time.business_day(time.now())) if row.hall else User.objects.none()
    person = crew.filter(staff_no=request.POST.get("person", "")[:20].replace("\x00", "")).first()
    if person is None:
        raise Refused("not_here", "请选择本厅人员。")
    actions.take_seat(row, person, now=time.now(), by_choice=False)
    messages.success(request, f"已将 {person.name} 列入名单。")
    return redirect("course", row.pk)


@require_POST
@login_required
def results(request: StaffRequest, pk: int) -> HttpResponse:
    row = _managed(request, pk)
    seats = row.seats_taken.values_list("pk", flat=True)
    given = {pk: (bool(request.POST.get(f"came-{pk}")), _score(request.POST.get(f"score-{pk}", ""))) for pk in seats}
    many = actions.record_results(row, given, actor=request.user, now=time.now())
    messages.success(request, f"已登记 {many} 人的到课与成绩。")
    return HttpResponseRedirect(reverse("course", args=[row.pk]))


def _score(text: str) -> int | None:
    """What was typed as a score; anything that is no number is one that the action refuses."""
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1


urlpatterns = [
    path("staff/training/", training, name="training"),
    path("staff/training/<slug:code>/meetings/new/", hold, name="meeting-new"),
    path("staff/training/meetings/<int:pk>/", meeting, name="meeting"),
    path("staff/training/courses/new/", arrange, name="course-new"),
    path("staff/training/courses/<int:pk>/", course, name="course"),
    path("staff/training/courses/<int:pk>/join/", join, name="course-join"),
    path("staff/training/courses/<int:pk>/give-up/", give_up, name="course-give-up"),
    path("staff/training/courses/<int:pk>/send/", send, name="course-send"),
    path("staff/training/courses/<int:pk>/results/", results, name="course-results"),
]
