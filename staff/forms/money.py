"""What is typed about money: notes by denomination, amounts to the fen."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import DayInput, Styled
from halls.models import Hall, Window
from staff.actions.money import Bag, Figure, Tally
from staff.forms.handovers import windows_of
from staff.models import User
from staff.rules import money as rules
from staff.states import PayMethod


def _amount(label: str, *, required: bool = False, **options: Any) -> forms.DecimalField:
    box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(
        label=label, max_digits=10, decimal_places=2, min_value=0, required=required, widget=box, **options
    )


def _count(label: str, *, required: bool = False) -> forms.IntegerField:
    box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=0, max_value=rules.MOST_NOTES, required=required, widget=box)


MOST_BYTES = 5 * 1024 * 1024


class NotesForm(Styled, forms.Form):
    """Boxes for each denomination; `notes` is what was counted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in reversed(rules.DENOMINATIONS):
            self.fields[f"n-{name}"] = _count(f"{name} 元")
            self.fields[f"n-{name}"].widget.attrs["class"] = "form-control num"
        self.order_fields([f"n-{name}" for name in rules.DENOMINATIONS])

    @property
    def boxes(self) -> list[Any]:
        return [(name, self[f"n-{name}"]) for name in rules.DENOMINATIONS]

    @property
    def others(self) -> list[Any]:
        return [field for field in self if not field.name.startswith("n-")]

    @property
    def notes(self) -> dict[str, int]:
        found = {name: self.cleaned_data.get(f"n-{name}") for name in rules.DENOMINATIONS}
        return {name: count for name, count in found.items() if count}


class TallyForm(NotesForm):
    """轧账."""

    pos = _amount("POS")
    scan = _amount("扫码")
    cheque = _amount("支票金额")
    cheques = _count("支票张数")
    stubs = _amount("票据存根合计", required=True)
    first = forms.CharField(label="票据起号", max_length=30, required=False)
    last = forms.CharField(label="票据止号", max_length=30, required=False)
    voided = _count("作废联")
    window = forms.ModelChoiceField(
        label="窗口", queryset=Window.objects.none(), to_field_name="number", required=False, empty_label="不在窗口"
    )

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].queryset = windows_of(hall)  # type: ignore[attr-defined]

    @property
    def tally(self) -> Tally:
        given = self.cleaned_data
        return Tally(
            notes=self.notes,
            pos=given["pos"] or rules.NONE,
            scan=given["scan"] or rules.NONE,
            cheque=given["cheque"] or rules.NONE,
            cheques=given["cheques"] or 0,
            stubs=given["stubs"],
            first=given["first"],
            last=given["last"],
            voided=given["voided"] or 0,
        )


class DropForm(NotesForm):
    """投入保险柜."""

    window = forms.ModelChoiceField(
        label="窗口", queryset=Window.objects.none(), to_field_name="number", empty_label="请选择"
    )
    envelope = forms.CharField(label="封袋号", max_length=20, required=False)

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].queryset = windows_of(hall)  # type: ignore[attr-defined]


class DrawerForm(Styled, forms.Form):
    """抽屉检查."""

    window = forms.ModelChoiceField(
        label="窗口", queryset=Window.objects.none(), to_field_name="number", empty_label="请选择"
    )
    small = _amount("零钞金额", required=True)
    hundreds = _count("百元钞张数")

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].queryset = windows_of(hall)  # type: ignore[attr-defined]


class BagForm(Styled, forms.Form):
    """解款: the witness signs with 工号 and password on the same screen."""

    bag = forms.CharField(label="封包号", max_length=24)
    cash = _amount("现金")
    cheque = _amount("支票")
    staff_no = forms.CharField(label="复核人工号", max_length=20)
    password = forms.CharField(
        label="复核人密码", max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )

    @property
    def packed(self) -> Bag:
        given = self.cleaned_data
        return Bag(given["bag"], given["cash"] or rules.NONE, given["cheque"] or rules.NONE)


class TakingsForm(Styled, forms.Form):
    """系统金额 typed by the back office."""

    day = forms.DateField(label="营业日", widget=DayInput())
    staff_no = forms.CharField(label="营业员工号", max_length=20)
    method = forms.ChoiceField(label="方式", choices=PayMethod.pairs)
    amount = forms.DecimalField(label="系统金额", max_digits=10, decimal_places=2)
    pieces = _count("笔数")

    def clean_staff_no(self) -> User:
        person = User.objects.filter(staff_no=self.cleaned_data["staff_no"].strip()).first()
        if person is None:
            raise ValidationError("没有这个工号,请核对。")
        return person

    @property
    def figure(self) -> Figure:
        given = self.cleaned_data
        amount: Decimal = given["amount"]
        return Figure(given["staff_no"], given["method"], amount, pieces=given["pieces"] or 0)


class DifferenceFilter(Styled, forms.Form):
    person = forms.CharField(
        label="姓名或工号", max_length=40, required=False, widget=forms.TextInput(attrs={"placeholder": "姓名或工号"})
    )
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), ("open", "未确认"), ("confirmed", "已确认")], required=False
    )
    since = forms.DateField(label="从", widget=DayInput(), required=False)
    until = forms.DateField(label="到", widget=DayInput(), required=False)


class TakingsFileForm(Styled, forms.Form):
    file = forms.FileField(
        label="业务系统文件",
        help_text="CSV(UTF-8 或 GBK),不超过 5 MB。",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的,请重新导出。"},
    )

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError("文件超过 5 MB,请分几次导入。")
        return given
