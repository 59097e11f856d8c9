"""Forms of the queue's managers."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core import parameters
from core.forms import Styled
from halls.models import Campaign, Hall
from halls.states import CampaignChannel
from queueing.models import LoadCheck
from queueing.queries.figure_tables import ALL
from queueing.rules.replay import NAMES
from queueing.states import FigureBy, FigureMetric, FigureView

MOST_DAYS = 1100
MOST_CAMPAIGN_DAYS = 92
EVERY_HALL = "all"


def _day(label: str) -> forms.DateField:
    box = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=box, error_messages={"invalid": "请填写日期,如 2026-11-22。"})


def _choice(choices: list[tuple[str, str]], label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False)


class FiguresForm(Styled, forms.Form):
    """Which figures somebody wants; what is left out gets a sensible value."""

    hall = forms.ChoiceField(label="营业厅", required=False)
    since = _day("从")
    until = _day("到")
    by = _choice(FigureBy.choices, "口径")
    view = _choice(FigureView.choices, "栏目")
    metric = _choice(FigureMetric.choices, "时长达标口径")
    sort = forms.CharField(required=False, max_length=40)

    def __init__(self, data: Any, *, halls: list[Hall], since: date, until: date) -> None:
        """`from` and `to` in the address; they are words of the language here."""
        given = {name: data.get(name, "") for name in ("hall", "by", "view", "metric", "sort")}
        given |= {"since": data.get("from") or str(since), "until": data.get("to") or str(until)}
        super().__init__(given)
        self.halls = {hall.code: hall for hall in halls}
        names = [(hall.code, hall.name) for hall in halls]
        every = [(EVERY_HALL, f"全部 {len(names)} 个营业厅")] if len(names) > 1 else []
        self.fields["hall"].choices = every + names  # type: ignore[attr-defined]

    def clean_sort(self) -> str:
        wanted = self.cleaned_data["sort"]
        return wanted if wanted.removeprefix("-") in ALL else ""

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            raise ValidationError({"since": "开始日期晚于结束日期,请核对。"})
        if since and until and until - since > timedelta(days=MOST_DAYS):
            raise ValidationError({"since": "一次最多查三年,请缩短日期范围。"})
        return given

    def chosen_halls(self) -> list[Hall]:
        """The hall named, else all of this person."""
        one = self.halls.get(self.cleaned_data.get("hall") or "")
        return [one] if one else list(self.halls.values())


class LoadCheckForm(Styled, forms.ModelForm):
    """A campaign as marketing plans it."""

    halls = forms.ModelMultipleChoiceField(
        label="营业厅",
        queryset=Hall.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个营业厅。", "invalid_choice": "请从列表中选择营业厅。"},
    )
    starts_on, ends_on = _day("开始"), _day("结束")

    class Meta:
        model = LoadCheck
        fields = ["name", "halls", "starts_on", "ends_on", "target", "uptake", "minutes", "other_channels"]
        labels = {"uptake": "预计办理率(%)", "minutes": "每笔办理(分钟)", "target": "目标客户(人)"}
        help_texts = {"other_channels": "如:线上商城、外呼、短信。只靠营业厅时填 0"}

    def __init__(self, *args: Any, halls: QuerySet[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["halls"].queryset = halls  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        return " ".join(name.split())

    def clean_target(self) -> int:
        return self._between("target", 1, 10_000_000)

    def clean_uptake(self) -> Any:
        return self._between("uptake", 0.1, 100)

    def clean_minutes(self) -> Any:
        return self._between("minutes", 0.5, 240)

    def clean_other_channels(self) -> int:
        return self._between("other_channels", 0, 20)

    def _between(self, name: str, low: float, high: float) -> Any:
        value = self.cleaned_data[name]
        if not low <= value <= high:
            raise ValidationError(f"请填写 {low:g}–{high:g} 之间的数。")
        return value

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        since, until = given.get("starts_on"), given.get("ends_on")
        if since and until and since > until:
            self.add_error("ends_on", "结束日期早于开始日期,请核对。")
        elif since and until and (until - since).days >= MOST_CAMPAIGN_DAYS:
            self.add_error("ends_on", f"一次最多测算 {MOST_CAMPAIGN_DAYS} 天,请缩短日期范围。")
        return given


class CampaignForm(Styled, forms.ModelForm):
    """A campaign for halls of this person; the load check follows from it."""

    halls = forms.ModelMultipleChoiceField(
        label="营业厅",
        queryset=Hall.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个营业厅。", "invalid_choice": "请从列表中选择营业厅。"},
    )
    channels = forms.MultipleChoiceField(
        label="厅外渠道(至少一个)",
        choices=CampaignChannel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on, ends_on = _day("开始"), _day("结束")

    class Meta:
        model = Campaign
        fields = ["name", "offer", "audience", "starts_on", "ends_on", "target", "uptake", "minutes", "channels"]

    def __init__(self, *args: Any, halls: QuerySet[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["halls"].queryset = halls  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        since, until = given.get("starts_on"), given.get("ends_on")
        if since and until and since > until:
            self.add_error("ends_on", "结束日期早于开始日期,请核对。")
        elif since and until and (until - since).days >= MOST_CAMPAIGN_DAYS:
            self.add_error("ends_on", f"一个营销活动最多 {MOST_CAMPAIGN_DAYS} 天,请缩短日期范围。")
        return given


class CampaignDayForm(forms.Form):
    """What a hall did on a day."""

    day = _day("日期")
    offered = forms.IntegerField(min_value=0, max_value=9_999_999)
    accepted = forms.IntegerField(min_value=0, max_value=9_999_999)


class FairnessForm(Styled, forms.Form):
    """The values of the calling order for a place, and the past day to try them on."""

    place = forms.ChoiceField(label="适用范围", error_messages={"invalid_choice": "请选择适用范围。"})
    valid_from = _day("从哪天起")
    tried_on = _day("用哪一天试算")

    def __init__(self, data: Any = None, *, places: list[tuple[str, str]], today: date, **options: Any) -> None:
        super().__init__(data, **options)
        self.today = today
        for name in NAMES:
            self.fields[field_of(name)] = _whole_number(parameters.about(name))
        self.fields["place"].choices = places  # type: ignore[attr-defined]

    def clean_tried_on(self) -> date:
        day: date = self.cleaned_data["tried_on"]
        if day >= self.today:
            raise ValidationError("请选择过去的一天,今天还没有结束。")
        return day

    @property
    def numbers(self) -> list[Any]:
        return [self[field_of(name)] for name in NAMES]

    @property
    def wished(self) -> dict[str, int]:
        return {name: self.cleaned_data[field_of(name)] for name in NAMES}


def _whole_number(known: parameters.Known) -> forms.IntegerField:
    box = forms.NumberInput(attrs={"class": "form-control"})
    label = f"{known.label}({known.unit})"
    return forms.IntegerField(label=label, widget=box, error_messages=_WRONG, min_value=known.low, max_value=known.high)


def field_of(name: str) -> str:
    """A parameter's name as a form field is called."""
    return name.replace(".", "_")


_WRONG = {
    "required": "请填写整数。",
    "invalid": "请填写整数。",
    "min_value": "不能小于 %(limit_value)s。",
    "max_value": "不能大于 %(limit_value)s。",
}
