"""Forms of runs, campaigns and rules."""

import itertools
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core import parameters
from core.errors import Refused
from core.forms import DayInput, Styled
from loyalty.models import PromoCampaign
from loyalty.queries.number_effects import EFFECTS
from loyalty.rules import months, policy
from loyalty.rules.stars import SCORE_FIELDS
from loyalty.states import Star

MONTH = {"required": "请填写账期。", "invalid": "账期应如 2026-08。"}


class MonthForm(Styled, forms.Form):
    """A billing month as 2026-08."""

    month = forms.CharField(
        label="账期", max_length=7, error_messages=MONTH, widget=forms.TextInput(attrs={"type": "month"})
    )

    def clean_month(self) -> date:
        try:
            return months.parse(self.cleaned_data["month"])
        except Refused as no:
            raise ValidationError(no.message) from no


class CampaignForm(Styled, forms.ModelForm):
    class Meta:
        model = PromoCampaign
        fields = ["code", "name", "points", "starts_on", "ends_on", "expires_on", "expires_after_days", "note"]
        widgets = {name: DayInput() for name in ("starts_on", "ends_on", "expires_on")}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        since, until = given.get("starts_on"), given.get("ends_on")
        if since and until and until < since:
            self.add_error("ends_on", "结束日期不能早于开始日期。")
        if given.get("expires_on") and given.get("expires_after_days"):
            self.add_error("expires_after_days", "最后可用日和可用天数只能填一个。")
        if not given.get("points"):
            self.add_error("points", "请填写大于 0 的整数。")
        return given


class ListForm(Styled, forms.Form):
    """Whom a campaign gives points: one phone a line, with points of their own behind a comma if any."""

    rows = forms.CharField(
        label="名单",
        max_length=400_000,
        error_messages={"required": "请粘贴名单,每行一个手机号。"},
        widget=forms.Textarea(attrs={"rows": 8, "placeholder": "13800000001\n13800000002,500"}),
    )


class MultiplierForm(Styled, forms.Form):
    """R-L-4: the multiplier of each star from the first of a coming month."""

    valid_from = forms.DateField(label="从哪天起", widget=DayInput(), error_messages={"required": "请填写日期。"})

    def __init__(self, data: Any = None, *, now: dict[int, int], **options: Any) -> None:
        super().__init__(data, **options)
        for star in range(Star.ONE, Star.FIVE_DIAMOND + 1):
            self.fields[f"star_{star}"] = forms.DecimalField(
                label=str(Star(star).label),
                min_value=0,
                max_value=100,
                decimal_places=2,
                initial=now.get(star, 100) / 100,
                error_messages={"required": "请填写倍数。", "invalid": "请填写数字,如 1.5。"},
                widget=forms.NumberInput(attrs={"class": "form-control", "step": "0.1"}),
            )

    @property
    def stars(self) -> list[Any]:
        return [self[f"star_{star}"] for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)]

    @property
    def wished(self) -> dict[int, int]:
        return {star: int(self.cleaned_data[f"star_{star}"] * 100) for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)}


class BandForm(Styled, forms.Form):
    """R-L-6: the lowest score of each star, from a day on; a star ends where the next begins."""

    valid_from = forms.DateField(label="从哪天起", widget=DayInput(), error_messages={"required": "请填写日期。"})

    def __init__(self, data: Any = None, *, now: dict[int, int], **options: Any) -> None:
        super().__init__(data, **options)
        for star in range(Star.ONE, Star.FIVE_DIAMOND + 1):
            self.fields[f"star_{star}"] = forms.IntegerField(
                label=str(Star(star).label),
                min_value=0,
                max_value=100_000,
                initial=now.get(star),
                error_messages={"required": "请填写得分。", "invalid": "请填写整数。"},
                widget=forms.NumberInput(attrs={"class": "form-control"}),
            )

    @property
    def stars(self) -> list[Any]:
        return [self[f"star_{star}"] for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)]

    @property
    def wished(self) -> dict[int, int]:
        return {star: self.cleaned_data[f"star_{star}"] for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        lows: list[Any] = [given.get(f"star_{star}") for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)]
        if None not in lows and any(low >= high for low, high in itertools.pairwise(lows)):
            raise ValidationError("每个星级的最低得分须高于前一星级,请核对。")
        return given


class DeadlineForm(Styled, forms.Form):
    """R-L-15: until when a bill must be paid."""

    payment_months = forms.IntegerField(label="账期后第几个月的最后一天", min_value=0, max_value=5)
    payment_extra_days = forms.IntegerField(label="另加天数", min_value=0, max_value=27)
    valid_from = forms.DateField(label="从哪天起", widget=DayInput(), error_messages={"required": "请填写日期。"})


class NumbersForm(Styled, forms.Form):
    """Whole-number parameters of the programme from a day on; `NAMES` gives each its field."""

    NAMES: Mapping[str, str] = {}
    CHOICES: Mapping[str, list[tuple[int, str]]] = {}
    HINTS: Mapping[str, str] = {}
    valid_from = forms.DateField(label="从哪天起", widget=DayInput(), error_messages={"required": "请填写日期。"})

    def __init__(self, data: Any = None, *, now: Mapping[str, int], **options: Any) -> None:
        super().__init__(data, **options)
        for name, field in self.NAMES.items():
            self.fields[field] = self._field(name, now[name])

    def _field(self, name: str, value: int) -> forms.Field:
        known = parameters.about(name)
        if name in self.CHOICES:
            select = forms.Select(attrs={"class": "form-select"})
            return forms.TypedChoiceField(
                label=known.label.partition("(")[0],
                choices=self.CHOICES[name],
                coerce=int,
                initial=value,
                widget=select,
            )
        return forms.IntegerField(
            label=known.label.partition("(")[0],
            min_value=known.low,
            max_value=known.high,
            initial=value,
            help_text=self.HINTS.get(name, ""),
            error_messages={"required": "请填写整数。", "invalid": "请填写整数。"},
            widget=forms.NumberInput(attrs={"class": "form-control"}),
        )

    @property
    def parts(self) -> list[Any]:
        return [self[field] for field in self.NAMES.values()]

    @property
    def wished(self) -> dict[str, int]:
        return {name: self.cleaned_data[field] for name, field in self.NAMES.items()}


class ScoreForm(NumbersForm):
    """R-L-5, R-L-8: what the parts of the score count, and where many suspensions cap the star."""

    NAMES = SCORE_FIELDS
    CHOICES = {
        policy.SCORE_ROUNDING: [(0, "四舍五入"), (1, "舍去小数")],
        policy.CAP_STAR: [(star, str(Star(star).label)) for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)],
    }
    HINTS = {
        policy.SCORE_PER_YUAN: "百分之一分,100 即每元 1 分",
        policy.AGE_TENTHS: "十分之一分,10 即每月 1 分",
        policy.CAP_SUSPENSIONS: "达到这个次数,星级不高于封顶星级",
    }


class DatesForm(NumbersForm):
    """R-L-7, R-L-16, R-L-17, R-L-24, R-L-26: when stars are given, when points come and when they can be used."""

    NAMES = {name: name.partition(".")[2] for name in EFFECTS}
    CHOICES = {
        policy.AUTOMATIC_STAR: [
            *((star, str(Star(star).label)) for star in range(Star.ONE, Star.FIVE_DIAMOND + 1)),
            (Star.FIVE_DIAMOND + 1, "都要申请"),
        ],
    }
    HINTS = {
        policy.RATING_DAY: "每月几日起执行新星级",
        policy.GENERATION_DAY: "不会早于交费期限次日",
        policy.USE_LOCK_FROM: "八位数字,如 20150401",
        policy.POINT_MILLS: "厘,12 即每分 0.012 元",
    }

    def clean_use_lock_from(self) -> int:
        value = int(self.cleaned_data["use_lock_from"])
        try:
            date(value // 10_000, value // 100 % 100, value % 100)
        except ValueError as error:
            raise ValidationError("没有这一天,请按 20150401 的形式填写。") from error
        return value
