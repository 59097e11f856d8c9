"""Forms about one customer and about looks at customers."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.forms import Styled
from halls.models import BusinessType, Hall
from loyalty.rules.privacy import REFERENCE_LENGTH
from loyalty.states import DisclosedItem, Evidence, LookKind, Oddity

REQUIRED = {"required": "请填写。", "invalid_choice": "请从列表中选择。"}


class FindForm(Styled, forms.Form):
    """The whole number, nothing shorter."""

    phone = forms.CharField(
        label="手机号",
        max_length=20,
        error_messages={"required": "请输入完整手机号。", "max_length": "手机号应为 11 位数字,请核对。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )


class ConsentForm(Styled, forms.Form):
    """A service change with what proves the customer's consent (R-S-24)."""

    business = forms.ModelChoiceField(
        label="办理的业务", queryset=BusinessType.objects.none(), empty_label="请选择业务", error_messages=REQUIRED
    )
    evidence = forms.ChoiceField(label="客户确认方式", choices=Evidence.choices, error_messages=REQUIRED)
    reference = forms.CharField(
        label="凭证编号",
        max_length=REFERENCE_LENGTH,
        error_messages=REQUIRED,
        help_text="受理单号、短信流水号或网站订单号",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["business"].queryset = BusinessType.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]


class LetterForm(Styled, forms.Form):
    """What an authority asks for in writing (R-C-21)."""

    authority = forms.CharField(label="来函单位", max_length=REFERENCE_LENGTH, error_messages=REQUIRED)
    letter_no = forms.CharField(label="公函编号", max_length=REFERENCE_LENGTH, error_messages=REQUIRED)
    purpose = forms.CharField(label="用途", max_length=REFERENCE_LENGTH, error_messages=REQUIRED)
    items = forms.MultipleChoiceField(
        label="提供内容",
        choices=DisclosedItem.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择公函要求提供的内容,只选本案需要的。", "invalid_choice": "请从列表中选择。"},
    )


class LookFilter(Styled, forms.Form):
    """Which looks a manager wants to see."""

    hall = forms.ModelChoiceField(
        label="营业厅", queryset=Hall.objects.none(), required=False, empty_label="全部营业厅"
    )
    kind = forms.ChoiceField(label="类别", choices=[("", "全部类别"), *LookKind.choices], required=False)
    state = forms.ChoiceField(
        label="审核", choices=[("", "待审核与已审核"), ("open", "待审核"), ("done", "已审核")], required=False
    )
    odd = forms.ChoiceField(
        label="异常", choices=[("", "正常与异常"), ("1", "只看异常"), *Oddity.choices], required=False
    )
    person = forms.CharField(label="查看人", required=False, max_length=40)
    since = forms.DateField(label="从", required=False)
    until = forms.DateField(label="到", required=False)

    def __init__(self, *args: Any, halls: QuerySet[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        """What was understood; the rest is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def span(self) -> tuple[date | None, date | None]:
        return self.wanted.get("since"), self.wanted.get("until")
