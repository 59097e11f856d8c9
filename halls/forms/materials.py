"""Forms of what hangs in a hall."""

from datetime import date
from typing import Any

from django import forms

from core.forms import DayInput, Styled
from halls.forms.places import AHEAD, picture_field
from halls.models import Hall, Material
from halls.states import Carrier, MaterialKind

CARRIERS = [pair for pair in Carrier.choices if pair[0] != Carrier.SCREEN]


class HangForm(Styled, forms.ModelForm):
    """A poster, leaflet or price list at its place in one hall."""

    carrier = forms.ChoiceField(label="载体", choices=CARRIERS)
    picture = picture_field("挂好的样子", "JPG、PNG 或 WebP,不超过 5 MB;撤换时照此核对")

    class Meta:
        model = Material
        fields = ["carrier", "title", "place", "valid_from", "valid_to", "on_tv"]
        widgets = {"valid_from": DayInput(), "valid_to": DayInput()}
        labels = {"on_tv": "同时上大屏"}

    def __init__(self, *args: Any, hall: Hall, today: date, **kwargs: Any) -> None:
        draft = Material(hall=hall, kind=MaterialKind.POSTER, on_tv=False, valid_from=today)
        super().__init__(*args, instance=draft, **kwargs)
        self.today = today
        self.fields["place"].required = True
        self.fields["place"].help_text = "如:入口左侧海报架"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("valid_from"), given.get("valid_to")
        if last and last < self.today:
            self.add_error("valid_to", "日期已过,请选今天或以后。")
        elif first and last and last < first:
            self.add_error("valid_to", "最后一天不能早于开始日期。")
        elif last and last > self.today + AHEAD:
            self.add_error("valid_to", "请选两年以内的日期。")
        return given
