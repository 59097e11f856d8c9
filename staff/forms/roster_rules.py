"""What a hall's rosters are made by: shift types, the scheme of hours, limits and weights."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from core import parameters
from core.forms import Styled
from staff.models import ShiftType
from staff.queries.places import Place
from staff.rules import rosters as rules
from staff.rules.shifts import clock, minute
from staff.states import SchemeKind

LIMITS = (
    rules.REST_HOURS,
    rules.RUN_DAYS,
    rules.FULL_WEEKENDS,
    rules.DAY_OVERTIME,
    rules.WEEK_OVERTIME,
    rules.MONTH_OVERTIME,
    rules.SOLVE_SECONDS,
    rules.NOON_FROM,
    rules.NOON_TO,
)
CLOCKS = (rules.NOON_FROM, rules.NOON_TO)  # kept as minutes of the day, read and typed as times
WEIGHTS = tuple(rules.WEIGHTS.values())
NAMES = (*WEIGHTS, *LIMITS)
_WRONG = {
    "required": "请填写整数。",
    "invalid": "请填写整数。",
    "min_value": "不能小于 %(limit_value)s。",
    "max_value": "不能大于 %(limit_value)s。",
}


def field_of(name: str) -> str:
    """A parameter's name as a form field is called."""
    return name.replace(".", "_")


class ClockInput(forms.TimeInput):
    """A time of day as browsers ask for it."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ShiftForm(Styled, forms.ModelForm):
    class Meta:
        model = ShiftType
        fields = (
            "name",
            "mark",
            "begins",
            "ends",
            "break_minutes",
            "break_from",
            "break_to",
            "gap_begins",
            "gap_ends",
            "is_late",
            "order",
        )
        widgets = {
            name: ClockInput() for name in ("begins", "ends", "break_from", "break_to", "gap_begins", "gap_ends")
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begins, ends = given.get("begins"), given.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", "下班应在上班之后,请核对。")
        elif begins and ends:
            self._check_break(given, (minute(begins), minute(ends)))
            self._check_gap(given, (minute(begins), minute(ends)))
        return given

    def _check_break(self, given: dict[str, Any], span: tuple[int, int]) -> None:
        first, last = given.get("break_from"), given.get("break_to")
        if given.get("break_minutes") and first and last and not span[0] <= minute(first) < minute(last) <= span[1]:
            self.add_error("break_to", "用餐时间应在上下班之间,请核对。")

    def _check_gap(self, given: dict[str, Any], span: tuple[int, int]) -> None:
        first, last = given.get("gap_begins"), given.get("gap_ends")
        if bool(first) != bool(last):
            self.add_error("gap_ends", "两头班请把中间离岗和回岗都填上。")
        elif first and last and not span[0] < minute(first) < minute(last) < span[1]:
            self.add_error("gap_ends", "中间离岗应在上下班之间,请核对。")

    @property
    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


def _month_choices(months: Iterable[date]) -> list[tuple[str, str]]:
    return [(f"{month:%Y-%m-%d}", f"{month:%Y} 年 {month.month} 月") for month in months]


class SchemeForm(Styled, forms.Form):
    month = forms.TypedChoiceField(
        label="从哪个月起",
        coerce=date.fromisoformat,
        error_messages={"invalid_choice": "请选择以后的月份。"},
        help_text="已发布的班表不变",
    )
    kind = forms.ChoiceField(label="工时制", choices=SchemeKind.choices)
    weekly_hours = forms.IntegerField(
        label="每周工时",
        min_value=1,
        max_value=44,
        error_messages=_WRONG,
        help_text="综合计时按月合计,同样从每周工时折算",
    )

    def __init__(self, *args: Any, months: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = _month_choices(months)  # type: ignore[attr-defined]


class NumbersForm(Styled, forms.Form):
    """Limits and weights for a place from a month on."""

    place = forms.ChoiceField(label="适用范围", error_messages={"invalid_choice": "请选择适用范围。"})
    month = forms.TypedChoiceField(
        label="从哪个月的班表起", coerce=date.fromisoformat, error_messages={"invalid_choice": "请选择以后的月份。"}
    )

    def __init__(self, *args: Any, places: Iterable[Place], months: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [(one.code, one.name) for one in places]  # type: ignore[attr-defined]
        self.fields["month"].choices = _month_choices(months)  # type: ignore[attr-defined]
        for name in NAMES:
            self.fields[field_of(name)] = _clock_field(name) if name in CLOCKS else _number_field(name)

    @property
    def weights(self) -> list[Any]:
        return [self[field_of(name)] for name in WEIGHTS]

    @property
    def limits(self) -> list[Any]:
        return [self[field_of(name)] for name in LIMITS]

    @property
    def wished(self) -> dict[str, int]:
        values = {name: self.cleaned_data[field_of(name)] for name in NAMES}
        return {name: minute(value) if name in CLOCKS else value for name, value in values.items()}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        noon = given.get(field_of(rules.NOON_FROM)), given.get(field_of(rules.NOON_TO))
        if noon[0] and noon[1] and noon[1] <= noon[0]:
            self.add_error(field_of(rules.NOON_TO), "午间结束应在午间开始之后。")
        return given


def _number_field(name: str) -> forms.IntegerField:
    known = parameters.about(name)
    return forms.IntegerField(
        label=f"{known.label.removeprefix('权重:')}({known.unit})",
        min_value=known.low,
        max_value=known.high,
        error_messages=_WRONG,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )


def _clock_field(name: str) -> forms.TimeField:
    box = ClockInput()
    box.attrs["class"] = "form-control"
    label = parameters.about(name).label.removesuffix("(零点起)")
    return forms.TimeField(
        label=label, widget=box, error_messages={"invalid": "请填写时间。", "required": "请填写时间。"}
    )


def shown(name: str, value: int) -> tuple[str, str]:
    """Label and value of a number as people read them."""
    known = parameters.about(name)
    if name in CLOCKS:
        return known.label.removesuffix("(零点起)"), f"{clock(value):%H:%M}"
    return known.label, f"{value} {known.unit}"
