from typing import Any

from django import forms

from core.forms import Styled
from core.words import Words
from halls.models import Hall, Window
from staff.forms.handovers import windows_of
from staff.models import StockItem
from staff.states import StockMove

STORE = "store"


class Act(Words):
    """What can be booked by hand."""

    RECEIVE = "receive", "入库"
    SELL = "sell", "售出"
    TAKE_BACK = "take_back", "退回"
    HAND_OUT = "hand_out", "出库"
    MOVE = "move", "厅内调拨"
    SEND = "send", "调往其他营业厅"
    TAKE_STOCK = "take_stock", "盘点"


class BookForm(Styled, forms.Form):
    """One booking: what, where, how many, which numbers, why."""

    act = forms.ChoiceField(label="事项", choices=Act.pairs)
    item = forms.ModelChoiceField(
        label="品种", queryset=StockItem.objects.filter(is_active=True), to_field_name="code", empty_label="请选择"
    )
    place = forms.ChoiceField(label="位置")
    there = forms.ChoiceField(label="调入位置", required=False, help_text="厅内调拨时选择")
    other = forms.ModelChoiceField(
        label="调入营业厅",
        queryset=Hall.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="—",
        help_text="厅间调拨时选择",
    )
    quantity = forms.IntegerField(label="数量", min_value=0, max_value=1_000_000, help_text="盘点时填实点数")
    first = forms.CharField(label="起号", max_length=30, required=False)
    last = forms.CharField(label="止号", max_length=30, required=False, help_text="不填则按数量推算")
    reason = forms.CharField(label="说明", max_length=100, required=False)

    def __init__(self, *args: Any, hall: Hall, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(STORE, "厅库"), *[(str(one.number), one.label) for one in windows_of(hall)]]
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        self.fields["there"].choices = [("", "—"), *places]  # type: ignore[attr-defined]
        self.fields["other"].queryset = others  # type: ignore[attr-defined]


class LedgerFilter(Styled, forms.Form):
    item = forms.ModelChoiceField(
        label="品种", queryset=StockItem.objects.all(), to_field_name="code", required=False, empty_label="全部品种"
    )
    move = forms.ChoiceField(label="事项", choices=[("", "全部事项"), *StockMove.choices], required=False)
    window = forms.ModelChoiceField(
        label="窗口", queryset=Window.objects.none(), to_field_name="number", required=False, empty_label="全部位置"
    )
    find = forms.CharField(
        label="号码", max_length=30, required=False, widget=forms.TextInput(attrs={"placeholder": "卡号或票号"})
    )

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].queryset = windows_of(hall)  # type: ignore[attr-defined]
