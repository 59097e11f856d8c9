"""Forms of the daily running of a hall."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from core.forms import Styled
from halls.models import Equipment, EquipmentKind, Hall
from halls.states import Zone

EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)
PHONE = RegexValidator(r"^\+?[0-9][0-9 -]{3,17}[0-9]$", "电话应为数字,可带区号和短横线,如 0511-80000001。")


def _believable(day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise forms.ValidationError("日期不合常理,请核对年份。")


def day_field(label: str, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        required=required,
        widget=widget,
        validators=[_believable],
        error_messages={"invalid": f"{label}应为日期,如 2026-11-30。"},
    )


class EquipmentForm(Styled, forms.ModelForm):
    """A piece of equipment of one hall, new or known."""

    supplier_phone = forms.CharField(label="维保电话", max_length=20, required=False, validators=[PHONE])
    installed_on = day_field("启用日期")
    expires_on = day_field("有效期至")

    class Meta:
        model = Equipment
        fields = ["kind", "name", "place", "window", "supplier", "supplier_phone", "installed_on", "expires_on"]

    def __init__(self, *args: Any, hall: Hall, instance: Equipment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance or Equipment(hall=hall), **kwargs)
        self.hall = hall
        self.fields["kind"].queryset = EquipmentKind.objects.all()  # type: ignore[attr-defined]
        self.fields["window"].queryset = hall.windows.filter(is_active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("installed_on"), given.get("expires_on")
        if since and until and until < since:
            self.add_error("expires_on", "有效期不能早于启用日期。")
        return given

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = Equipment.objects.filter(hall=self.hall, name=name, removed_at=None).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(f"本厅已有「{name}」,请换一个能区分的名称,如加上编号。")
        return name


class ZonesForm(Styled, forms.Form):
    """R-H-2: the areas that a hall has, all at once."""

    zones = forms.MultipleChoiceField(
        label="功能区", choices=Zone.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        here = list(hall.zones.values_list("zone", flat=True))
        super().__init__(*args, initial={"zones": here}, **kwargs)


class FaultWorkForm(Styled, forms.Form):
    note = forms.CharField(label="说明", max_length=200, required=False)
    planned_on = day_field("计划修好")
    cost = forms.DecimalField(
        label="费用(元)",
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        error_messages={"invalid": "费用应为金额,如 120.00。", "min_value": "费用不能为负数。"},
    )


class LoanForm(Styled, forms.Form):
    thing = forms.CharField(label="物品", max_length=20, initial="雨伞")
    borrower = forms.CharField(label="借用人", max_length=20)
    phone = forms.CharField(label="手机号", max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    due_on = day_field("应还日期", required=True)


class VisitorForm(Styled, forms.Form):
    name = forms.CharField(label="姓名", max_length=20)
    company = forms.CharField(label="单位", max_length=40)
    purpose = forms.CharField(label="事由", max_length=60)


class SupplyForm(Styled, forms.Form):
    thing = forms.CharField(label="物品", max_length=40)
    quantity = forms.IntegerField(
        label="数量",
        min_value=1,
        max_value=100_000,
        error_messages={"min_value": "数量至少为 1。", "max_value": "数量不能超过 100000。"},
    )
    reason = forms.CharField(label="用途", max_length=100)


class IncidentForm(Styled, forms.Form):
    text = forms.CharField(
        label="发生了什么", max_length=300, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    )
