"""Forms of what is written for others to read: notices, knowledge, suggestions, and words about them."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import Styled
from halls.models import BusinessType, Hall, Region
from staff.models import Article, ArticleVersion, Bulletin, Suggestion
from staff.states import BulletinKind, BulletinState, ErrorKind, Role, SuggestionTopic


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    box = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, widget=box, required=required, error_messages={"invalid": "请填写日期,如 2026-11-22。"}
    )


def text_field(
    label: str, length: int, *, rows: int = 4, required: bool = True, help_text: str = ""
) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=length, widget=box, help_text=help_text)


class Between(Styled, forms.Form):
    """A form with `valid_from` and an optional `valid_to`."""

    valid_from = day_field("生效日期")
    valid_to = day_field("失效日期", required=False)

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, last = given.get("valid_from"), given.get("valid_to")
        if first and last and last < first:
            raise ValidationError({"valid_to": "失效日期不能早于生效日期。"})
        return given


class BulletinForm(Between):
    title = forms.CharField(label="标题", max_length=60)
    kind = forms.ChoiceField(label="类别", choices=BulletinKind.choices)
    body = text_field("正文", 4000, rows=10)
    regions = forms.ModelMultipleChoiceField(
        label="区域(含所辖营业厅)", queryset=Region.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    halls = forms.ModelMultipleChoiceField(
        label="营业厅", queryset=Hall.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    roles = forms.MultipleChoiceField(
        label="岗位",
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选为全部岗位",
    )

    def __init__(self, *args: Any, regions: Any, halls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regions"].queryset = regions  # type: ignore[attr-defined]
        self.fields["halls"].queryset = halls  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("regions") and not given.get("halls"):
            raise ValidationError("请选择发给哪些区域或营业厅。")
        return given


def bulletin_values(bulletin: Bulletin) -> dict[str, Any]:
    names = ("title", "kind", "body", "valid_from", "valid_to", "roles")
    plain = {name: getattr(bulletin, name) for name in names}
    return {**plain, "regions": list(bulletin.regions.all()), "halls": list(bulletin.halls.all())}


class BulletinFilter(Styled, forms.Form):
    find = forms.CharField(max_length=40, required=False)
    kind = forms.ChoiceField(choices=[("", "全部类别"), *BulletinKind.choices], required=False)
    state = forms.ChoiceField(choices=[("", "全部状态"), *BulletinState.choices], required=False)


class NamingForm(Styled, forms.Form):
    title = forms.CharField(label="标题", max_length=40)
    business = forms.ModelChoiceField(
        label="业务", queryset=BusinessType.objects.none(), required=False, empty_label="不属于某项业务"
    )
    aliases = forms.CharField(
        label="别名", max_length=120, required=False, help_text=Article._meta.get_field("aliases").help_text
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = BusinessType.objects.filter(is_active=True).order_by("name")
        self.fields["business"].queryset = rows  # type: ignore[attr-defined]


class ContentForm(Between):
    conditions = text_field("办理条件", 1000)
    fee = forms.CharField(label="资费", max_length=200, required=False)
    documents = forms.CharField(label="所需材料", max_length=300, required=False)
    answer = text_field("标准答复", 1500, rows=6, help_text="对客户怎么说")
    note = forms.CharField(label="修改说明", max_length=100, required=False)


def content_values(version: ArticleVersion, today: date) -> dict[str, Any]:
    """A revision starts from what holds now, and from today."""
    kept = {name: getattr(version, name) for name in ("conditions", "fee", "documents", "answer")}
    return {**kept, "valid_from": today}


class ArticleForm(NamingForm, ContentForm):
    field_order = ["title", "business", "aliases", "conditions", "fee", "documents", "answer"]


class SuggestionForm(Styled, forms.Form):
    hall = forms.ModelChoiceField(label="营业厅", queryset=Hall.objects.none(), to_field_name="code", empty_label=None)
    topic = forms.ChoiceField(label="类别", choices=SuggestionTopic.choices)
    title = forms.CharField(label="标题", max_length=Suggestion._meta.get_field("title").max_length)
    text = text_field("内容", 1000, rows=6, help_text="现在怎样、希望怎样、能省多少时间")

    def __init__(self, *args: Any, halls: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]


class WordsForm(Styled, forms.Form):
    """One box for what somebody has to say."""

    words = text_field("说明", 500, rows=3)

    def __init__(self, *args: Any, label: str = "说明", length: int = 500, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
        self.fields["words"].max_length = length  # type: ignore[attr-defined]
        self.fields["words"].widget.attrs["maxlength"] = str(length)


class FindingForm(Styled, forms.Form):
    kind = forms.ChoiceField(label="差错类别", choices=ErrorKind.choices)
    finding = forms.CharField(label="问题", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
