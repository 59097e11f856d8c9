from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from core import parameters
from core.forms import DayInput, Styled
from halls.forms.places import AHEAD, picture_field
from halls.models import BroadcastTemplate, Hall, Material, Region
from halls.rules import blanks
from halls.states import Carrier, HallType, MaterialKind
from overview.actions.bulk import Setting
from overview.actions.openings import Face
from overview.queries.openings import VERB, regions_for
from overview.queries.what_if import DAYS_AHEAD, Wish
from overview.rules.compare import MOST_DAYS, Against, Span, held_against
from overview.rules.figures import ALL, GROUPS
from overview.rules.months import EARLIEST
from overview.rules.what_if import MOST_EXTRA
from queueing.states import OutageKind
from staff.models import User


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


class HallsForm(Styled, forms.Form):
    """Which halls: single ones, or all of a district, of a type, or of both."""

    region = forms.ChoiceField(label="区域内全部", required=False)
    type = forms.ChoiceField(label="厅型", required=False, choices=[("", "全部厅型"), *HallType.choices])
    halls = forms.MultipleChoiceField(
        label="逐个选择(可与上面同用)", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, rows: QuerySet[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        regions = {hall.region.code: hall.region.name for hall in self.rows}
        everywhere = [("", "不按区域选"), ("*", "全部营业厅")]
        self.fields["region"].choices = [*everywhere, *sorted(regions.items())]  # type: ignore[attr-defined]
        self.fields["halls"].choices = [(hall.code, hall.name) for hall in self.rows]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Hall]:
        given = self.cleaned_data
        region, kind, single = given["region"], given["type"], set(given["halls"])
        return [
            hall
            for hall in self.rows
            if hall.code in single or (region in {"*", hall.region.code} and kind in {"", hall.type})
        ]


class ParameterForm(HallsForm):
    name = forms.ChoiceField(label="参数")
    value = forms.IntegerField(label="新值")
    valid_from = forms.DateField(label="生效日期", widget=DayInput())
    note = forms.CharField(label="原因", max_length=100)
    field_order = ("name", "value", "valid_from", "note", "region", "type", "halls")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = parameters.choices()  # type: ignore[attr-defined]

    @property
    def setting(self) -> Setting:
        given = self.cleaned_data
        return Setting(given["name"], given["value"], given["valid_from"], given["note"])


class BulkMaterialForm(HallsForm):
    carrier = forms.ChoiceField(label="载体", choices=Carrier.choices, initial=Carrier.SCREEN)
    kind = forms.ChoiceField(label="类别", choices=MaterialKind.choices)
    title = forms.CharField(label="标题", max_length=24)
    text = forms.CharField(label="文字", max_length=120, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    place = forms.CharField(
        label="位置", max_length=40, required=False, help_text="印刷品挂放的位置,如:入口左侧海报架;大屏不用填"
    )
    valid_from = forms.DateField(label="开始日期", widget=DayInput())
    valid_to = forms.DateField(label="最后一天", widget=DayInput())
    on_tv = forms.BooleanField(label="上大屏", required=False, initial=True)
    picture = picture_field("图片", "JPG、PNG 或 WebP,不超过 5 MB;只传一次,所选营业厅都用这一张")
    field_order = (
        "carrier", "kind", "title", "text", "picture", "place", "valid_from", "valid_to", "on_tv",
        "region", "type", "halls",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.image = today, ""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("valid_from"), given.get("valid_to")
        if last and last < max(first or last, self.today):
            self.add_error("valid_to", "最后一天不能早于开始日期和今天。")
        elif last and last > self.today + AHEAD:
            self.add_error("valid_to", "请选两年以内的日期。")
        if given.get("carrier") != Carrier.SCREEN and not given.get("place"):
            self.add_error("place", "请填写挂放的位置,各厅照此张贴和撤换。")
        return given

    @property
    def pattern(self) -> Material:
        names = ("carrier", "kind", "title", "text", "place", "valid_from", "valid_to", "on_tv")
        return Material(image=self.image, **{name: self.cleaned_data[name] for name in names})


class BulkBroadcastForm(HallsForm):
    template = forms.ModelChoiceField(label="广播用语", queryset=BroadcastTemplate.objects.filter(is_active=True))
    blank = forms.CharField(
        label="空格内容", max_length=60, required=False, help_text="用语里有几个空格就填几项,用空格隔开"
    )
    field_order = ("template", "blank", "region", "type", "halls")

    @property
    def given(self) -> dict[str, str]:
        names = blanks(self.cleaned_data["template"].text)
        return dict(zip(names, self.cleaned_data["blank"].split(), strict=False))


class CopyForm(Styled, forms.Form):
    """From a hall within one's reach to a district of one's own."""

    pattern = forms.ModelChoiceField(label="复制自", queryset=Hall.objects.none())
    code = forms.SlugField(label="新厅代码", max_length=20, help_text="如 ZJ15,以后不能改")
    name = forms.CharField(label="新厅名称", max_length=40)
    region = forms.ModelChoiceField(label="所属区县", queryset=Region.objects.none())
    address = forms.CharField(label="地址", max_length=100, required=False)
    phone = forms.CharField(label="电话", max_length=20, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Hall.objects.filter(pk__in=user.hall_ids(VERB)).order_by("-is_live", "code")
        self.fields["pattern"].queryset = mine  # type: ignore[attr-defined]
        self.fields["region"].queryset = regions_for(user)  # type: ignore[attr-defined]

    @property
    def face(self) -> Face:
        return Face(**{name: self.cleaned_data[name] for name in ("code", "name", "region", "address", "phone")})


class PlaceForm(Styled, forms.ModelForm):
    class Meta:
        model = Hall
        fields = ["address", "phone", "latitude", "longitude"]


class ListsForm(forms.Form):
    file = forms.FileField(
        label="文件",
        error_messages={"required": "请选择文件。", "empty": "文件是空的,请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "class": "form-control"}),
    )


class CompareForm(Styled, forms.Form):
    """`from` and `to` in the address; what is left out is the last seven full days of all halls. `from2` and `to2` are
    the days to hold them against, where somebody chooses them."""

    since = forms.DateField(label="从", widget=DayInput())
    until = forms.DateField(label="到", widget=DayInput())
    against = forms.ChoiceField(label="对比", choices=Against.choices, required=False)
    before_since = forms.DateField(label="对比从", widget=DayInput(), required=False)
    before_until = forms.DateField(label="对比到", widget=DayInput(), required=False)
    group = forms.ChoiceField(label="栏目", choices=[(one, one) for one in GROUPS], required=False)
    sort = forms.CharField(required=False, max_length=40)

    def __init__(self, data: Any, *, today: date) -> None:
        given = {name: data.get(name, "") for name in ("against", "group", "sort")}
        given["since"] = data.get("from") or str(today - timedelta(days=7))
        given["until"] = data.get("to") or str(today - timedelta(days=1))
        given["before_since"], given["before_until"] = data.get("from2", ""), data.get("to2", "")
        super().__init__(given)
        self.today = today

    def clean(self) -> dict[str, Any]:
        self._check("since", "until")
        if self.cleaned_data.get("against") == Against.OWN:
            for name in ("before_since", "before_until"):
                if name not in self.errors and not self.cleaned_data.get(name):
                    self.add_error(name, "请填写对比的开始和结束日期。")
            self._check("before_since", "before_until")
        return self.cleaned_data

    def _check(self, first: str, last: str) -> None:
        """Says what is wrong with a span of days, if anything is."""
        since, until = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if not since or not until:
            return
        if since > until:
            self.add_error(first, "开始日期晚于结束日期,请核对。")
        elif (until - since).days >= MOST_DAYS:
            self.add_error(first, f"一次最多比较 {MOST_DAYS} 天,请缩短日期范围。")
        elif until > self.today:
            self.add_error(last, "结束日期还没有到,请选今天或更早的一天。")
        elif since < EARLIEST:
            self.add_error(first, f"没有 {EARLIEST.year} 年以前的记录,请选较近的日期。")

    @property
    def span(self) -> Span:
        return self.cleaned_data["since"], self.cleaned_data["until"]

    @property
    def held(self) -> Span:
        """The days to hold them against."""
        given = self.cleaned_data
        if given["against"] == Against.OWN:
            return given["before_since"], given["before_until"]
        return held_against(*self.span, given["against"] or Against.BEFORE)

    def clean_sort(self) -> str:
        wanted: str = self.cleaned_data["sort"]
        return wanted if wanted.removeprefix("-") in ALL else ""


class DownForm(forms.Form):
    kind = forms.ChoiceField(choices=OutageKind.choices, error_messages={"required": "请先选择是哪一种中断。"})
    business = forms.MultipleChoiceField(error_messages={"required": "请勾选受影响的业务。"})
    text = forms.CharField(max_length=300, required=False)

    def __init__(self, *args: object, businesses: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["business"].choices = businesses  # type: ignore[attr-defined]


class UpForm(forms.Form):
    measures = forms.CharField(max_length=300, error_messages={"required": "请写明怎样处置、何时恢复。"})


class TaskForm(Styled, forms.Form):
    title = forms.CharField(label="任务", max_length=60)
    text = forms.CharField(label="要求", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    due_on = forms.DateField(label="完成期限", widget=DayInput())
    wants_photo = forms.BooleanField(label="须上传照片", required=False)
    halls = forms.ModelMultipleChoiceField(
        label="营业厅", queryset=Hall.objects.none(), to_field_name="code", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, halls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["halls"].queryset = halls  # type: ignore[attr-defined]
