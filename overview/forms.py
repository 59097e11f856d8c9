from datetime import date, timedelta
from typing import Any

from django import forms

from core.forms import DayInput, Styled
from overview.queries.what_if import DAYS_AHEAD, Wish
from overview.rules.what_if import MOST_EXTRA


class WhatIfForm(Styled, forms.Form):
    """From today to the last day that has a forecast; windows within what the hall has."""

    day = forms.DateField(label="日期", widget=DayInput())
    windows = forms.IntegerField(label="开窗数", min_value=1)
    customers = forms.IntegerField(label="营销活动多来客户", min_value=0, max_value=MOST_EXTRA, required=False)
    minutes = forms.IntegerField(label="每位办理分钟", min_value=1, max_value=120, required=False)

    def __init__(self, *args: Any, today: date, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.last = today, today + timedelta(days=DAYS_AHEAD)
        self.fields["windows"] = forms.IntegerField(label="开窗数", min_value=1, max_value=most)
        self.fields["windows"].widget.attrs["class"] = "form-control"
        self.fields["day"].widget.attrs |= {"min": today.isoformat(), "max": self.last.isoformat()}

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self.today <= day <= self.last:
            raise forms.ValidationError(f"请选择今天到 {self.last.month} 月 {self.last.day} 日之间的一天。")
        return day

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(given["day"], given["windows"], given["customers"] or 0, float(given["minutes"] or 10))
