"""Forms of events outside a hall."""

from typing import Any

from django import forms

from core import time
from core.forms import Styled
from halls.models import Campaign, Hall, Outing
from staff.forms.hall_life import MomentInput
from staff.models import User
from staff.queries.duties import crew

WRONG = {"min_value": "不能小于 0。", "max_value": "数字过大,请核对。", "invalid": "请填写整数。"}


def moment(label: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=MomentInput(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "请填写日期和时间,如 2026-11-30 09:00。"},
    )


class OutingForm(Styled, forms.ModelForm):
    begins_at, ends_at = moment("开始"), moment("结束")
    people = forms.ModelMultipleChoiceField(
        label="参加人员",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择参加人员。", "invalid_choice": "请从列表中选择人员。"},
    )

    class Meta:
        model = Outing
        fields = ["kind", "title", "place", "begins_at", "ends_at", "campaign", "people"]

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, instance=Outing(hall=hall), **kwargs)
        today = time.business_day(time.now())
        self.fields["people"].queryset = crew(hall, today)  # type: ignore[attr-defined]
        running = Campaign.objects.filter(halls=hall, ends_on__gte=today, ended_at=None)
        self.fields["campaign"].queryset = running  # type: ignore[attr-defined]
        self.fields["campaign"].empty_label = "不属于营销活动"  # type: ignore[attr-defined]


def count(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=999_999, error_messages=WRONG)


class ResultForm(Styled, forms.Form):
    reached, handled, leads = count("接待人数"), count("办理数"), count("意向客户")
    text = forms.CharField(label="小结", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class WhyForm(forms.Form):
    why = forms.CharField(max_length=300)
