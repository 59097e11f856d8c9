"""Forms of corporate customers."""

from typing import Any

from django import forms

from core.forms import DayInput, Styled
from loyalty.actions.corporate import Figures
from loyalty.models import CorporateGroup

PERCENT = {"min_value": "应为 0–100。", "max_value": "应为 0–100。", "invalid": "请填写数字,如 92.5。"}
WHOLE = {"min_value": "不能小于 0。", "max_value": "数字过大,请核对。", "invalid": "请填写整数。"}


class GroupForm(Styled, forms.ModelForm):
    """`managers` are the account managers to choose from, `halls` those of this person."""

    class Meta:
        model = CorporateGroup
        fields = ["name", "grade", "hall", "manager", "contact", "headcount", "joined_on"]
        widgets = {"joined_on": DayInput()}
        error_messages = {"name": {"unique": "已有同名的集团客户,请在原记录上修改。"}}

    def __init__(self, *args: Any, halls: Any, managers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
        self.fields["manager"].queryset = managers  # type: ignore[attr-defined]
        self.fields["manager"].empty_label = "暂不指定"  # type: ignore[attr-defined]


def percent(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=4, decimal_places=1, error_messages=PERCENT
    )


def heads(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=9_999_999, error_messages=WHOLE)


class FiguresForm(Styled, forms.Form):
    month = forms.DateField(
        label="月份",
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        error_messages={"invalid": "请填写月份,如 2026-11。"},
    )
    satisfaction, awareness = percent("满意度(%)"), percent("客户经理认知率(%)")
    members, lost = heads("月初成员数"), heads("当月离网成员")

    def figures(self) -> Figures:
        given: dict[str, Any] = self.cleaned_data
        return Figures(**given)


class PhoneForm(forms.Form):
    phone = forms.CharField(max_length=20)
