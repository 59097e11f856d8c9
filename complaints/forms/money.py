"""What is asked about money."""

from decimal import Decimal
from typing import Any

from django import forms

from complaints.actions.compensation import Offer
from complaints.actions.refunds import Claim
from complaints.forms.acts import TOP, words
from complaints.rules.texts import SHORT
from complaints.states import Ground
from core.forms import Styled
from halls.models import Hall


def money(label: str, **facts: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(label=label, max_digits=12, decimal_places=2, widget=widget, **facts)


class RefundForm(Styled, forms.Form):
    item = forms.CharField(label="收费项目", max_length=TOP, help_text="如:10 月套餐外流量")
    charged = money("实际收费(元)")
    overcharge = money("多收金额(元)")
    ground = forms.ChoiceField(label="依据", choices=Ground.choices)
    is_pre = forms.BooleanField(label="先预退本金,查证后再退另一半", required=False)
    customer_upset = forms.BooleanField(label="客户态度强烈", required=False)
    team_contacted = forms.BooleanField(label="已与投诉班联系", required=False)
    reason = words("说明", required=False, rows=2, most=SHORT)

    def claim(self) -> Claim:
        return Claim(**self.cleaned_data)


class OfferForm(Styled, forms.Form):
    loss = money("客户损失(元)", min_value=Decimal(0))
    amount = money("补偿金额(元)")
    form = forms.CharField(label="补偿方式", max_length=TOP, help_text="如:话费、流量、礼品")
    reason = words("补偿原因", rows=2, most=SHORT)

    def offer(self) -> Offer:
        return Offer(**{name: self.cleaned_data[name] for name in ("loss", "amount", "form", "reason")})


class UnpromptedForm(OfferForm):
    """主动补偿: our mistake, and nobody has complained."""

    hall = forms.ModelChoiceField(label="营业厅", queryset=Hall.objects.none(), to_field_name="code", empty_label=None)
    phone = forms.CharField(label="客户手机号", max_length=TOP)
    field_order = ["hall", "phone", "loss", "amount", "form", "reason"]

    def __init__(self, *args: Any, halls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["hall"]
        places.queryset = halls


class DecisionForm(forms.Form):
    agree = forms.TypedChoiceField(choices=[("1", "同意"), ("0", "驳回")], coerce=lambda value: value == "1")
    words = forms.CharField(required=False, max_length=TOP)


class FindingForm(forms.Form):
    CHOICES = [("1", "查证成立"), ("0", "查证不成立")]
    confirmed = forms.TypedChoiceField(choices=CHOICES, coerce=lambda value: value == "1")
    words = forms.CharField(max_length=TOP)
