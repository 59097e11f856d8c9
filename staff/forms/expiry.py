"""Forms of things that end on a day."""

from typing import Any

from django import forms

from core.forms import DayInput, Styled
from halls.actions.dated import Paper
from halls.states import DatedKind

BAD_DAY = "请填写日期,如 2026-11-30。"


def day(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=DayInput(), error_messages={"invalid": BAD_DAY, "required": BAD_DAY}
    )


class PaperForm(Styled, forms.Form):
    kind = forms.ChoiceField(label="类别", choices=DatedKind.choices)
    name = forms.CharField(label="名称", max_length=40)
    number = forms.CharField(label="编号", max_length=40, required=False)
    partner = forms.CharField(label="对方单位", max_length=40, required=False)
    valid_from = day("开始日期", required=False)
    valid_to = day("最后一天")

    def paper(self) -> Paper:
        given: dict[str, Any] = self.cleaned_data
        return Paper(**given)


class RenewForm(forms.Form):
    valid_to = day("新的最后一天")
