"""Forms of the queue's managers."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import Styled
from halls.models import Hall
from queueing.queries.figure_tables import ALL
from queueing.states import FigureBy, FigureMetric, FigureView

MOST_DAYS = 1100
EVERY_HALL = "all"


def _day(label: str) -> forms.DateField:
    box = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=box, error_messages={"invalid": "请填写日期,如 2026-11-22。"})


def _choice(choices: list[tuple[str, str]], label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False)


class FiguresForm(Styled, forms.Form):
    """Which figures somebody wants; what is left out gets a sensible value."""

    hall = forms.ChoiceField(label="营业厅", required=False)
    since = _day("从")
    until = _day("到")
    by = _choice(FigureBy.choices, "口径")
    view = _choice(FigureView.choices, "栏目")
    metric = _choice(FigureMetric.choices, "时长达标口径")
    sort = forms.CharField(required=False, max_length=40)

    def __init__(self, data: Any, *, halls: list[Hall], since: date, until: date) -> None:
        """`from` and `to` in the address; they are words of the language here."""
        given = {name: data.get(name, "") for name in ("hall", "by", "view", "metric", "sort")}
        given |= {"since": data.get("from") or str(since), "until": data.get("to") or str(until)}
        super().__init__(given)
        self.halls = {hall.code: hall for hall in halls}
        names = [(hall.code, hall.name) for hall in halls]
        every = [(EVERY_HALL, f"全部 {len(names)} 个营业厅")] if len(names) > 1 else []
        self.fields["hall"].choices = every + names  # type: ignore[attr-defined]

    def clean_sort(self) -> str:
        wanted = self.cleaned_data["sort"]
        return wanted if wanted.removeprefix("-") in ALL else ""

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            raise ValidationError({"since": "开始日期晚于结束日期,请核对。"})
        if since and until and until - since > timedelta(days=MOST_DAYS):
            raise ValidationError({"since": "一次最多查三年,请缩短日期范围。"})
        return given

    def chosen_halls(self) -> list[Hall]:
        """The hall named, else all of this person."""
        one = self.halls.get(self.cleaned_data.get("hall") or "")
        return [one] if one else list(self.halls.values())
