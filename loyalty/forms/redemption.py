"""Forms of the redemption desk and of gifts."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet

from core.forms import DayInput, Styled
from halls.models import Hall
from loyalty.models import Gift, Shop
from loyalty.states import IdCheck, RedemptionState, StockDid

WRONG = {
    "required": "请填写。",
    "invalid": "请填写整数。",
    "invalid_choice": "请从列表中选择。",
    "min_value": "不能小于 %(limit_value)s。",
    "max_value": "不能大于 %(limit_value)s。",
}


def _day(label: str, *, required: bool = False) -> forms.DateField:
    wrong = {"required": "请填写日期。", "invalid": "请填写日期,如 2026-11-22。"}
    return forms.DateField(label=label, required=required, widget=DayInput(), error_messages=wrong)


class RedeemForm(Styled, forms.Form):
    """One gift for one customer. `key` is made with the page, so that a double press is one redemption."""

    gift = forms.CharField(max_length=20, error_messages={"required": "请选择礼品。"})
    quantity = forms.IntegerField(label="数量", min_value=1, max_value=1000, initial=1, error_messages=WRONG)
    identity = forms.ChoiceField(
        label="身份核对方式",
        choices=[("", "请选择"), *IdCheck.choices],
        error_messages={**WRONG, "required": "请先核对客户身份,并选择核对方式。"},
    )
    code = forms.CharField(label="短信验证码", required=False, max_length=12)
    key = forms.CharField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid4().hex)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}


class RedemptionFilter(Styled, forms.Form):
    """Which redemptions somebody wants to see; what is not understood is left out."""

    hall = forms.ModelChoiceField(queryset=Hall.objects.none(), required=False, empty_label="全部营业厅")
    state = forms.ChoiceField(choices=[("", "全部状态"), *RedemptionState.choices], required=False)
    find = forms.CharField(required=False, max_length=40)
    since, until = _day("从"), _day("到")

    def __init__(self, *args: Any, halls: QuerySet[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class VoucherForm(Styled, forms.Form):
    code = forms.CharField(
        label="券码",
        max_length=20,
        error_messages={"required": "请输入券码。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class GiftForm(Styled, forms.ModelForm):
    """A gift of the catalogue."""

    class Meta:
        model = Gift
        fields = ["code", "name", "kind", "about", "yuan", "voucher_days", "shops", "is_active"]
        widgets = {"shops": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("code", "kind"):
                self.fields[name].disabled = True


class ShopForm(Styled, forms.ModelForm):
    class Meta:
        model = Shop
        fields = ["code", "name", "address", "is_active"]


class PriceForm(Styled, forms.Form):
    points = forms.IntegerField(label="积分", min_value=1, max_value=100_000_000, error_messages=WRONG)
    valid_from = _day("生效日期", required=True)


class ConvertForm(Styled, forms.Form):
    valid_from = _day("从哪天起", required=True)


class MoveForm(Styled, forms.Form):
    """Receive, count, write off, or send to another hall."""

    hall = forms.ModelChoiceField(label="营业厅", queryset=Hall.objects.none(), error_messages=WRONG, empty_label=None)
    did = forms.ChoiceField(
        label="类别",
        choices=[
            (one.value, one.label) for one in (StockDid.RECEIVED, StockDid.COUNTED, StockDid.DAMAGED, StockDid.SENT)
        ],
        error_messages=WRONG,
    )
    quantity = forms.IntegerField(label="数量", min_value=-1_000_000, max_value=1_000_000, error_messages=WRONG)
    to = forms.ModelChoiceField(
        label="调往", queryset=Hall.objects.none(), required=False, error_messages=WRONG, empty_label="调出时选择"
    )
    note = forms.CharField(label="说明", max_length=80, required=False)

    def __init__(self, *args: Any, halls: QuerySet[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
        self.fields["to"].queryset = halls  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("did") == StockDid.SENT and not given.get("to"):
            self.add_error("to", "请选择调往的营业厅。")
        return given
