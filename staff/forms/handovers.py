"""What is typed on the handover page, read strictly."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from core.errors import Refused
from core.forms import DayInput, Styled
from halls.models import Hall, Window
from staff.actions.handovers import Count
from staff.models import HandoverLine
from staff.rules import money
from staff.states import HandoverKind, HandoverMode, HandoverState


def counts(posted: Mapping[str, str], lines: list[HandoverLine]) -> list[Count]:
    """One count per line that was on the page. Raises Refused("bad_number")."""
    return [_count(posted, line) for line in lines]


def _count(posted: Mapping[str, str], line: HandoverLine) -> Count:
    def text(name: str) -> str:
        return posted.get(f"{name}-{line.pk}", "").replace("\x00", "").strip()

    counted, pieces = _notes(posted, line) if line.item.by_notes else (_number(text("c"), line), {})
    return Count(
        line.pk,
        counted=counted,
        notes=pieces,
        first=text("f"),
        last=text("l"),
        remark=text("m"),
        reason=text("r"),
    )


def _number(text: str, line: HandoverLine) -> Decimal | None:
    if not text:
        return None
    found = money.money(text)
    if found is None:
        raise Refused("bad_number", f"{line.item.label}请填写数字,如 12 或 12.50。")
    return found


def _notes(posted: Mapping[str, str], line: HandoverLine) -> tuple[Decimal | None, dict[str, int]]:
    """Nothing in any box is not counted; a 0 is."""
    boxes = {name: posted.get(f"n-{line.pk}-{name}", "").strip() for name in money.DENOMINATIONS}
    if not any(boxes.values()):
        return None, {}
    found = money.notes(boxes)
    if found is None:
        raise Refused("bad_number", f"{line.item.label}的张数应为不小于 0 的整数。")
    return money.amount(found), found


class StartForm(Styled, forms.Form):
    window = forms.ModelChoiceField(
        label="窗口", queryset=Window.objects.none(), to_field_name="number", empty_label="请选择"
    )
    mode = forms.ChoiceField(label="方式", choices=HandoverMode.pairs)
    peak_reason = forms.CharField(
        label="高峰期仍要交接的原因", max_length=100, required=False, help_text="不在高峰期不用填"
    )

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].queryset = windows_of(hall)  # type: ignore[attr-defined]


def windows_of(hall: Hall) -> QuerySet[Window]:
    return hall.windows.filter(is_active=True).order_by("number")


class HandoverFilter(Styled, forms.Form):
    person = forms.CharField(
        label="姓名或工号", max_length=40, required=False, widget=forms.TextInput(attrs={"placeholder": "姓名或工号"})
    )
    kind = forms.ChoiceField(label="种类", choices=[("", "全部种类"), *HandoverKind.choices], required=False)
    state = forms.ChoiceField(
        label="状态",
        choices=[("", "全部状态"), *[one for one in HandoverState.choices if one[0] != "cancelled"]],
        required=False,
    )
    since = forms.DateField(label="从", widget=DayInput(), required=False)
    until = forms.DateField(label="到", widget=DayInput(), required=False)
