"""Forms of the handover's list: an item, from when an item is off, and a window's float."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms

from core.forms import DayInput, Styled
from halls.models import Hall, Window
from staff.models import CountItem, StockItem
from staff.queries.places import Place
from staff.states import HandoverKind, Measure, SystemSource

MONEY_SOURCES = {
    SystemSource.FLOAT,
    SystemSource.CASH,
    SystemSource.POS,
    SystemSource.SCAN,
    SystemSource.CHEQUE,
}


class WhenForm(Styled, forms.Form):
    place = forms.ChoiceField(label="适用范围", error_messages={"invalid_choice": "请选择适用范围。"})
    valid_from = forms.DateField(
        label="从哪天起", widget=DayInput(), help_text="最早从明天起", error_messages={"invalid": "请选择日期。"}
    )

    def __init__(self, *args: Any, places: Iterable[Place], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [(one.code, one.name) for one in places]  # type: ignore[attr-defined]
        self.fields["place"].initial = list(places)[-1].code
        self.fields["valid_from"].initial = today + timedelta(days=1)


class ItemForm(Styled, forms.ModelForm):
    kind = forms.ChoiceField(label="交接", choices=HandoverKind.choices)
    stock = forms.ModelChoiceField(
        label="台账品种",
        queryset=StockItem.objects.filter(is_active=True),
        required=False,
        empty_label="不对账",
        help_text="账面来自台账时选择",
    )

    class Meta:
        model = CountItem
        fields = ("kind", "label", "unit", "measure", "source", "stock", "by_notes", "with_serials", "order")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["kind"].disabled = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        source, measure = given.get("source"), given.get("measure")
        if source in MONEY_SOURCES and measure != Measure.MONEY:
            self.add_error("measure", "备用金和收款按金额清点,请选择「金额」。")
        if source == SystemSource.STOCK and not given.get("stock"):
            self.add_error("stock", "账面来自台账时,请选择台账品种。")
        if source != SystemSource.STOCK:
            given["stock"] = None
        if given.get("by_notes") and measure != Measure.MONEY:
            self.add_error("by_notes", "按面额清点只用于金额。")
        if given.get("with_serials") and measure != Measure.COUNT:
            self.add_error("with_serials", "起止号只用于数量。")
        return given

    @property
    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or () if name != "kind"}


class FloatForm(Styled, forms.Form):
    window = forms.ModelChoiceField(label="窗口", queryset=Window.objects.none(), empty_label="请选择")
    amount = forms.DecimalField(
        label="备用金(元)",
        min_value=0,
        max_digits=8,
        decimal_places=2,
        error_messages={"min_value": "备用金不能小于 0。", "invalid": "请填写金额。"},
    )
    valid_from = forms.DateField(label="从哪天起", widget=DayInput(), error_messages={"invalid": "请选择日期。"})

    def __init__(self, *args: Any, hall: Hall, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["window"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = hall.windows.filter(is_active=True).order_by("number")
        self.fields["valid_from"].initial = today + timedelta(days=1)
