"""What is asked for on the pages of inspections."""

from datetime import date
from typing import Any

from django import forms

from core.forms import Styled
from halls.models import Hall
from inspections.models import Scorecard
from inspections.states import VisitKind
from staff.models import User


def month_of(text: str, otherwise: date) -> date:
    """2026-11 as its first day; anything else is the month given."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return otherwise


class ArrangeForm(Styled, forms.Form):
    hall = forms.ModelChoiceField(Hall.objects.none(), label="营业厅")
    auditor = forms.ModelChoiceField(User.objects.none(), label="检查人")
    card = forms.ModelChoiceField(Scorecard.objects.filter(is_patrol=False), label="评分表", required=False)
    on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(label="方式", choices=[(one, one.label) for one in (VisitKind.OPEN, VisitKind.MYSTERY)])

    def __init__(self, *args: Any, halls: Any, auditors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
        self.fields["auditor"].queryset = User.objects.filter(pk__in=[one.pk for one in auditors])  # type: ignore[attr-defined]


class NewCardForm(Styled, forms.Form):
    code = forms.SlugField(label="代码", max_length=20, help_text="字母、数字和横线,例:ZJ-2027")
    name = forms.CharField(label="名称", max_length=40)
    total = forms.IntegerField(label="总分", min_value=0, max_value=1000, initial=100, help_text="0 为只查不计分")


class NominateForm(Styled, forms.Form):
    criteria = forms.MultipleChoiceField(label="符合的条件", widget=forms.CheckboxSelectMultiple)
    innovation = forms.CharField(label="创新或亮点", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    is_region_wide = forms.BooleanField(label="已在全区推广", required=False)

    def __init__(self, *args: Any, criteria: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = [(one["code"], one["name"]) for one in criteria]  # type: ignore[attr-defined]
