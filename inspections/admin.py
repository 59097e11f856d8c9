"""Settings pages: the question bank, and which card is ranked. What a card says is edited on its own page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from core.admin import RecordedAdmin
from core.errors import Refused
from inspections.actions.cards import check_question
from inspections.models import AskedQuestion, Question, Scorecard


class KeyPointsField(forms.CharField):
    """Key points as an operator types them: one a line, its price at the end (AMB-07)."""

    widget = forms.Textarea(attrs={"rows": 5, "cols": 60})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{one.get('text', '')} {one.get('price', '')}" for one in value if isinstance(one, dict))

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in str(value or "").splitlines())
        return [_point(line) for line in lines if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))

    def run_validators(self, value: Any) -> None:
        """Prices and texts are asked for by the rule (see `QuestionForm.clean_points`)."""


def _point(line: str) -> dict[str, Any]:
    text, _, price = line.removesuffix("分").rstrip().rpartition(" ")
    price = price.strip()
    return {"text": text.strip(), "price": int(price) if price.isascii() and price.isdigit() else None}


class QuestionForm(forms.ModelForm):
    points = KeyPointsField(label="要点", help_text="一行一个要点,行末空一格写漏答扣的分:3、4 或 5。例:生效时间 3")

    class Meta:
        model = Question
        fields = ["business", "text", "points", "valid_from", "valid_to"]

    def clean_points(self) -> Any:
        points = self.cleaned_data["points"]
        try:
            check_question(Question(points=points))
        except Refused as no:
            raise ValidationError(no.message) from no
        return points


@admin.register(Question)
class QuestionAdmin(RecordedAdmin):
    """A question that was asked once keeps its words: it is put out of use, and a new one follows."""

    form = QuestionForm
    list_display = ["text", "business", "key_points", "valid_from", "valid_to"]
    list_filter = ["business"]
    list_select_related = ["business"]
    search_fields = ["text", "business__name"]
    search_help_text = "问题或业务名称"

    @admin.display(description="要点")
    def key_points(self, row: Question) -> str:
        return ";".join(f"{one['text']} {one['price']} 分" for one in row.points)

    def _was_asked(self, row: Any) -> bool:
        return row is not None and AskedQuestion.objects.filter(question=row).exists()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        points = "key_points" if self._was_asked(obj) else "points"
        return ["business", "text", points, "valid_from", "valid_to"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["business", "text", "points", "key_points"] if self._was_asked(obj) else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Scorecard)
class ScorecardAdmin(RecordedAdmin):
    list_display = ["name", "code", "is_ranked", "is_patrol"]
    readonly_fields = ["code"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A card begins with its content; an empty one could not be edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
