"""Forms about people and their jobs."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from core.forms import DayInput, Styled
from halls.models import Hall, Region
from staff.actions.certificates import Paper
from staff.actions.employments import Face, Job
from staff.states import CertificateKind, JobKind, Role


class FaceForm(Styled, forms.Form):
    staff_no = forms.CharField(label="工号", max_length=20, help_text="每人一个,3–20 位字母或数字,不得借用。")
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="手机号", max_length=20, required=False)

    def face(self) -> Face:
        given = self.cleaned_data
        return Face(given["staff_no"], given["name"], given["phone"])


class EditForm(Styled, forms.Form):
    name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="手机号", max_length=20, required=False)


class JobForm(Styled, forms.Form):
    """A role at one of the places within reach."""

    role = forms.ChoiceField(label="岗位")
    place = forms.ChoiceField(label="营业厅或区域")
    kind = forms.ChoiceField(
        label="用工", choices=JobKind.choices, help_text="见习、学生、临时须填最后一天,到期自动停用。"
    )
    valid_from = forms.DateField(label="第一天", widget=DayInput())
    valid_to = forms.DateField(label="最后一天", required=False, widget=DayInput(), help_text="正式用工可不填。")

    def __init__(
        self, *args: Any, roles: Iterable[str], halls: Iterable[Hall], regions: Iterable[Region], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places: dict[str, Hall | Region] = {f"hall:{hall.code}": hall for hall in halls}
        self.places |= {f"region:{region.code}": region for region in regions}
        self.fields["role"].choices = [(role, Role(role).label) for role in roles]  # type: ignore[attr-defined]
        groups = [(key, place.name) for key, place in self.places.items()]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("营业厅", [one for one in groups if one[0].startswith("hall:")]),
            ("区域", [one for one in groups if one[0].startswith("region:")]),
        ]

    def job(self) -> Job:
        given = self.cleaned_data
        place = self.places[given["place"]]
        return Job(
            role=given["role"],
            valid_from=given["valid_from"],
            hall=place if isinstance(place, Hall) else None,
            region=place if isinstance(place, Region) else None,
            kind=given["kind"],
            valid_to=given["valid_to"],
        )


class ListForm(Styled, forms.Form):
    file = forms.FileField(
        label="人员表",
        help_text="Excel(.xlsx)或 CSV,最多 200 人、5 MB。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv"}),
    )


class LastDayForm(Styled, forms.Form):
    last_day = forms.DateField(
        label="最后一天", widget=DayInput(), help_text="当天仍可使用。没有其他岗位时,次日起不能登录。"
    )


class ReasonForm(Styled, forms.Form):
    """One sentence of why."""

    why = forms.CharField(label="原因", max_length=100, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, label: str = "原因", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].label = label


class CertificateForm(Styled, forms.Form):
    kind = forms.ChoiceField(label="种类", choices=CertificateKind.choices)
    number = forms.CharField(label="证书编号", max_length=40)
    level = forms.CharField(label="等级", max_length=20, required=False)
    valid_from = forms.DateField(label="有效期起", widget=DayInput())
    valid_to = forms.DateField(label="有效期止", widget=DayInput())

    def paper(self) -> Paper:
        given = self.cleaned_data
        return Paper(given["number"], given["valid_from"], given["valid_to"], given["kind"], given["level"])


class RequiredFromForm(Styled, forms.Form):
    """From which day people without any certificate on record may not serve in a district."""

    region = forms.ModelChoiceField(
        label="区县", queryset=Region.objects.none(), to_field_name="code", empty_label=None
    )
    day = forms.DateField(label="从哪天起", widget=DayInput())

    def __init__(self, *args: Any, regions: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        self.fields["day"].widget.attrs["min"] = today.isoformat()
