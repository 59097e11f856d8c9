from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import Styled
from halls.models import BroadcastTemplate, Device, Hall, HoursException, Material, Region
from halls.rules import Hours, blanks
from halls.states import DeviceKind, MaterialKind, Weekday

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


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def picture_field(label: str, help_text: str) -> forms.FileField:
    """What it really is, is found out when it is stored."""
    return forms.FileField(
        label=label,
        required=False,
        help_text=help_text,
        error_messages={"empty": "文件是空的,请重新选择。"},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class MaterialForm(Styled, forms.ModelForm):
    """One thing for the TV. `regions` are those the person may speak for; without them there is nothing to choose."""

    picture = picture_field("图片", "JPG、PNG 或 WebP,不超过 5 MB,横版 16:10 最合适;不传则用文字排版")
    scope = forms.ChoiceField(label="播放范围", required=False)

    class Meta:
        model = Material
        fields = ["kind", "title", "text", "place", "valid_from", "valid_to", "seconds", "on_tv"]
        widgets = {"valid_from": DayInput, "valid_to": DayInput, "text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "kind": "紧急通知会一直停在屏幕底部,直到撤下",
            "title": "大屏上最大的字,最多 24 字",
            "valid_to": "过了这一天的零点自动停播",
            "place": "除大屏外还张贴在哪里,如:入口左侧海报架",
        }

    def __init__(self, *args: Any, hall: Hall, regions: list[Region], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hall, self.today = hall, today
        self.regions = {region.code: region for region in regions}
        choices = [
            ("", f"仅{hall.name}"),
            *((code, f"{region.name}全部营业厅") for code, region in self.regions.items()),
        ]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]
        if self.instance.pk or not regions:
            del self.fields["scope"]
        if not self.instance.pk:
            self.initial = {"valid_from": today, "kind": MaterialKind.POSTER, **self.initial}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("valid_from"), given.get("valid_to")
        if last and last < self.today:
            self.add_error("valid_to", "日期已过,请选今天或以后。")
        elif first and last and last < first:
            self.add_error("valid_to", "最后一天不能早于开始日期。")
        elif last and last > self.today + AHEAD:
            self.add_error("valid_to", "请选两年以内的日期。")
        if not self.instance.pk:
            region = self.regions.get(given.get("scope", ""))
            self.instance.region, self.instance.hall = region, None if region else self.hall
        return given


class BroadcastForm(forms.Form):
    """The blanks of one sentence as fields."""

    def __init__(self, template: BroadcastTemplate, data: Any = None) -> None:
        super().__init__(data, prefix=f"say{template.pk}")
        self.template = template
        for name in blanks(template.text):
            widget = forms.TextInput(attrs={"placeholder": name, "aria-label": name, "class": "form-control say-blank"})
            self.fields[name] = forms.CharField(label=name, max_length=20, widget=widget)

    @property
    def parts(self) -> list[Any]:
        """The sentence in pieces: texts, and the field of each blank where it stands first."""
        found: list[Any] = []
        rest = self.template.text
        for name in blanks(self.template.text):
            before, _, rest = rest.partition(f"{{{name}}}")
            found += [before, self[name]]
        return [*found, rest]
