"""Forms about grants at partners' halls."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import DayInput, Styled
from halls.models import Hall
from staff.actions.grants import Wish
from staff.models import User
from staff.queries import grants as queries
from staff.states import GrantableRight, GrantState


class GrantForm(Styled, forms.Form):
    """Who may see what at which hall, from when until when, and why."""

    hall = forms.ModelChoiceField(label="合作营业厅", queryset=Hall.objects.none(), to_field_name="code")
    person = forms.ModelChoiceField(label="人员", queryset=User.objects.none(), to_field_name="staff_no")
    verb = forms.ChoiceField(label="权限", choices=GrantableRight.choices)
    first = forms.DateField(label="第一天", widget=DayInput())
    last = forms.DateField(label="最后一天", widget=DayInput())
    reason = forms.CharField(label="原因", max_length=80, help_text="为什么这个人需要看客户的完整信息")

    def __init__(self, *args: Any, halls: QuerySet[Hall], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
        self.fields["person"].queryset = queries.people_of(halls, today)  # type: ignore[attr-defined]
        self.fields["first"].initial = today

    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(given["hall"], given["verb"], given["first"], given["last"], given["reason"])


class GrantFilter(Styled, forms.Form):
    find = forms.CharField(max_length=40, required=False)
    state = forms.ChoiceField(choices=[("", "全部状态"), *GrantState.choices], required=False)
    hall = forms.ModelChoiceField(
        queryset=Hall.objects.none(), to_field_name="code", required=False, empty_label="全部合作厅"
    )

    def __init__(self, *args: Any, halls: QuerySet[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
