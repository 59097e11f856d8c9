"""Forms about stars, competitions and targets."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import Styled
from halls.models import Hall, Region
from staff.forms.documents import day_field
from staff.models import CompetitionResult, User
from staff.queries.targets import Sheet
from staff.rules.performance import POINTS_BY_RANK

MOST_RANKS = 10


class ChoiceForm(Styled, forms.Form):
    """Whom, and why."""

    person = forms.ModelChoiceField(
        queryset=User.objects.none(), label="人员", widget=forms.RadioSelect, empty_label=None
    )
    reason = forms.CharField(label="评定理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = User.objects.filter(pk__in=[one.pk for one in people])
        self.fields["person"].queryset = rows  # type: ignore[attr-defined]


class CompetitionForm(Styled, forms.Form):
    title = forms.CharField(label="名称", max_length=40)
    subject = forms.CharField(label="内容", max_length=100, help_text="如:点钞、补卡流程、应答话术")
    place = forms.ChoiceField(label="范围")
    held_on = day_field("比赛日期")
    points = forms.CharField(
        label="名次绩效分",
        max_length=60,
        initial="、".join(map(str, POINTS_BY_RANK)),
        help_text="第一名起依次填写,用顿号分开",
    )

    def __init__(self, *args: Any, halls: Iterable[Hall], regions: Iterable[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places: dict[str, Hall | Region] = {f"hall:{hall.code}": hall for hall in halls}
        self.places |= {f"region:{region.code}": region for region in regions}
        self.fields["place"].choices = [(key, str(one)) for key, one in self.places.items()]  # type: ignore[attr-defined]

    def clean_points(self) -> tuple[int, ...]:
        parts = self.cleaned_data["points"].replace(",", "、").replace(",", "、").split("、")
        numbers = [part.strip() for part in parts if part.strip()]
        if not numbers or len(numbers) > MOST_RANKS or not all(one.isdecimal() and len(one) < 4 for one in numbers):
            raise ValidationError("请填写 1–10 个整数,如「5、3、2」。")
        return tuple(int(one) for one in numbers)


class ScoresForm(Styled, forms.Form):
    """One box for each person; empty = did not take part."""

    def __init__(self, *args: Any, people: Iterable[User], results: Iterable[CompetitionResult], **kwargs: Any) -> None:
        known = {one.person_id: one.score for one in results}
        super().__init__(*args, **kwargs)
        self.people = list(people)
        for person in self.people:
            self.fields[f"p{person.pk}"] = forms.DecimalField(
                label=f"{person.name} {person.staff_no}",
                min_value=Decimal(0),
                max_digits=6,
                decimal_places=2,
                required=False,
                initial=known.get(person.pk),
                widget=forms.NumberInput(attrs={"class": "form-control", "step": "0.01", "min": "0"}),
            )

    def scores(self) -> dict[User, Decimal | None]:
        return {person: self.cleaned_data.get(f"p{person.pk}") for person in self.people}


class TargetsForm(Styled, forms.Form):
    """The value of each line below a place; empty = no target."""

    def __init__(self, *args: Any, sheet: Sheet, with_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [sheet.whole, *sheet.parts] if with_own else list(sheet.parts)
        for line in self.lines:
            self.fields[line.key] = forms.IntegerField(
                label=line.name,
                min_value=0,
                max_value=1_000_000,
                required=False,
                initial=line.value,
                widget=forms.NumberInput(attrs={"class": "form-control", "min": "0"}),
            )

    def values(self) -> dict[str, int | None]:
        return {line.key: self.cleaned_data.get(line.key) for line in self.lines}
