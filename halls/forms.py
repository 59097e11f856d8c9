from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import Styled
from halls.models import Device, Hall, HoursException
from halls.rules import Hours
from halls.states import DeviceKind, Weekday

AHEAD = timedelta(days=730)


class ClockField(forms.TimeField):
    """A time on the 24-hour clock, whatever the browser's language; 24:00 is the midnight at the day's end."""

    def __init__(self, label: str) -> None:
        attrs = {"inputmode": "numeric", "maxlength": 5, "placeholder": "08:30", "autocomplete": "off"}
        widget = forms.TimeInput(format="%H:%M", attrs=attrs)
        wrong = {"invalid": "请按 24 小时制填写,如 08:30。"}
        super().__init__(
            label=label, required=False, widget=widget, error_messages=wrong, input_formats=["%H:%M", "%H%M"]
        )

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str):
            value = value.replace("\uff1a", ":").strip()
            value = "00:00" if value == "24:00" else value
        return super().to_python(value)


class PairForm(Styled, forms.Form):
    code = forms.RegexField(
        r"^[0-9]{6}$",
        label="配对码",
        strip=True,
        error_messages={"invalid": "配对码为 6 位数字,请核对。", "required": "请输入 6 位配对码。"},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "maxlength": 6,
                "autofocus": True,
                "class": "form-control code-box",
            }
        ),
    )


class DeviceForm(Styled, forms.ModelForm):
    class Meta:
        model = Device
        fields = ["kind", "name", "window", "zone"]
        help_texts = {
            "name": "让同事一看就知道是哪一台,如:门口左侧",
            "window": "窗口屏和叫号器须指定",
            "zone": "同一区域的大屏用同一个声音叫号,可不填",
        }

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.hall = hall
        windows = hall.windows.filter(is_active=True)
        self.fields["window"].queryset = windows  # type: ignore[attr-defined]
        self.fields["window"].empty_label = "不属于窗口"  # type: ignore[attr-defined]
        self.fields["kind"].choices = DeviceKind.choices  # type: ignore[attr-defined]


class HoursForm(Styled, forms.Form):
    """One day's hours, or closed. 00:00 as closing time is midnight at the day's end."""

    is_closed = forms.BooleanField(label="停业", required=False)
    opens = ClockField("开门")
    closes = ClockField("关门")

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("is_closed"):
            return given
        for field in ("opens", "closes"):
            if field not in self.errors and given.get(field) is None:
                self.add_error(field, "请填写时间,或勾选停业。")
        if not self.errors and given["closes"] != time(0) and given["closes"] <= given["opens"]:
            raise ValidationError({"closes": "关门须晚于开门;营业到半夜请填 24:00。"})
        return given

    @property
    def hours(self) -> Hours | None:
        given = self.cleaned_data
        return None if given["is_closed"] else Hours(given["opens"], given["closes"])


class WeekdayForm(HoursForm):
    def __init__(self, *args: Any, weekday: int, hours: Hours | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"is_closed": hours is None}
        if hours:
            initial |= {"opens": hours.opens, "closes": hours.closes_text}
        super().__init__(*args, prefix=f"day{weekday}", initial=initial, **kwargs)
        self.weekday = weekday
        self.label = Weekday(weekday).label


class ExceptionForm(HoursForm):
    day = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(
        label="原因", max_length=HoursException._meta.get_field("reason").max_length, help_text="如:国庆放假、夜市延时"
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, prefix="exception", **kwargs)
        self.today = today

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < self.today:
            raise ValidationError("日期已过,请选今天或以后。")
        if day > self.today + AHEAD:
            raise ValidationError("请选两年以内的日期。")
        return day
