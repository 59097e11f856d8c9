"""What people type about their shifts: leave, wishes, swaps; and the filter of the attendance list."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import Styled
from halls.models import Hall
from staff.models import ShiftType, User
from staff.states import LeaveKind


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class LeaveForm(Styled, forms.Form):
    kind = forms.ChoiceField(label="种类", choices=LeaveKind.choices)
    first_day = _day("从")
    last_day = _day("到")
    reason = forms.CharField(label="说明", max_length=100, required=False)


class WishForm(Styled, forms.Form):
    day = _day("日期")
    shift = forms.ModelChoiceField(label="想上的班次", queryset=ShiftType.objects.none(), required=False)
    reason = forms.CharField(label="说明", max_length=60, required=False)

    def __init__(self, *args: Any, shifts: QuerySet[ShiftType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["shift"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset, field.empty_label = shifts, "想休息"


class ChangeForm(Styled, forms.Form):
    day = _day("我的日期")
    colleague = forms.ModelChoiceField(label="同事", queryset=User.objects.none())
    other_day = _day("换回哪一天", required=False, help_text="不填则请同事代班")
    reason = forms.CharField(label="原因", max_length=100)

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["colleague"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = colleagues


class AttendanceFilter(Styled, forms.Form):
    hall = forms.ModelChoiceField(queryset=Hall.objects.none(), required=False, empty_label="全部营业厅")
    first = _day("从", required=False)
    last = _day("到", required=False)
    find = forms.CharField(required=False, max_length=40)
    only = forms.ChoiceField(
        required=False, choices=[("", "全部"), ("late", "未按时到岗"), ("absent", "没有打卡"), ("punctual", "按时")]
    )

    def __init__(self, *args: Any, halls: QuerySet[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["hall"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = halls

    def span(self, today: date) -> tuple[date, date]:
        """The days asked for; without any, the last week."""
        given = self.cleaned_data if self.is_valid() else {}
        last = given.get("last") or today
        first = given.get("first") or date.fromordinal(max(last.toordinal() - 6, 1))
        return (first, last) if first <= last else (last, first)
