"""Forms about duties, tasks, meetings, training and the register."""

from typing import Any

from django import forms

from core.forms import DayInput, Styled
from halls.states import Weekday
from staff.models import Course, Duty, RecurringTask, User
from staff.states import CourseKind, Cycle, Matter, MeetingKind


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class _OfCrew(Styled, forms.Form):
    """A form that chooses among the people of a hall."""

    persons: tuple[str, ...] = ()

    def __init__(self, *args: Any, crew: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.persons:
            self.fields[name].queryset = crew  # type: ignore[attr-defined]


def _person(label: str) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label=label, queryset=User.objects.none(), to_field_name="staff_no")


class DutyForm(_OfCrew):
    persons = ("a", "b")
    name = forms.CharField(label="事项", max_length=30)
    what = forms.CharField(label="要求", max_length=100, required=False)
    a = _person("A 角")
    b = _person("B 角")
    order = forms.IntegerField(label="顺序", min_value=0, max_value=999, initial=0)


class TaskForm(Styled, forms.ModelForm):
    weekdays = forms.TypedMultipleChoiceField(
        label="星期",
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="每周固定几天时选择。",
    )

    class Meta:
        model = RecurringTask
        fields = ["name", "what", "duty", "cycle", "weekdays", "day_of_month", "before_opening"]

    def __init__(self, *args: Any, duties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].queryset = duties  # type: ignore[attr-defined]
        self.fields["duty"].empty_label = "不限,谁在谁做"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("cycle") == Cycle.DAYS and not given.get("weekdays"):
            self.add_error("weekdays", "请选择星期几。")
        if given.get("cycle") == Cycle.MONTH and not given.get("day_of_month"):
            self.add_error("day_of_month", "请填写每月几日(1–28)。")
        return given


class MeetingForm(_OfCrew):
    persons = ("host",)
    kind = forms.ChoiceField(label="种类", choices=MeetingKind.choices)
    day = forms.DateField(label="日期", widget=DayInput())
    begins = forms.TimeField(label="开始", widget=ClockInput())
    minutes = forms.IntegerField(label="时长(分钟)", min_value=1, max_value=240)
    host = _person("主持人")
    topics = forms.CharField(
        label="内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text="一行一条。"
    )
    question = forms.CharField(label="小测题", max_length=200, required=False)
    answer = forms.CharField(label="答案要点", max_length=200, required=False)


class CourseForm(Styled, forms.ModelForm):
    class Meta:
        model = Course
        fields = ["hall", "kind", "title", "what", "trainer", "day", "begins", "minutes", "place", "seats", "pass_mark"]
        widgets = {"day": DayInput(), "begins": ClockInput()}

    def __init__(self, *args: Any, halls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
        self.fields["hall"].empty_label = None  # type: ignore[attr-defined]
        self.fields["hall"].required = True
        self.fields["kind"].choices = CourseKind.choices  # type: ignore[attr-defined]


class NoteForm(_OfCrew):
    persons = ("person",)
    person = _person("相关人员")
    matter = forms.ChoiceField(label="事项", choices=Matter.choices)
    happened_at = forms.DateTimeField(label="发生时间", widget=MomentInput())
    what = forms.CharField(
        label="情况",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="只写看到的事实:时间、地点、经过。认定之前不作评价。",
    )


class WordsForm(Styled, forms.Form):
    why = forms.CharField(label="内容", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str = "内容", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].label = label


def duty_facts(duty: Duty) -> dict[str, Any]:
    return {
        "name": duty.name,
        "what": duty.what,
        "a": duty.a.staff_no,
        "b": duty.b.staff_no,
        "order": duty.order,
    }
