from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from core.errors import Refused

Made = TypeVar("Made")
DASHES, CHOOSE = "---------", "请选择"


class Styled(forms.BaseForm):
    """Gives the widgets of a form the looks of the staff pages; templates need no class names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, (forms.CheckboxInput, forms.RadioSelect)):
                widget.attrs.setdefault("class", "form-check-input")
            elif isinstance(widget, forms.Select):
                widget.attrs.setdefault("class", "form-select")
                _say_choose(field)
            else:
                widget.attrs.setdefault("class", "form-control")


def _say_choose(field: forms.Field) -> None:
    """Instead of the framework's row of dashes."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = CHOOSE
    elif isinstance(field, forms.ChoiceField) and not callable(field.choices):
        field.choices = [(value, CHOOSE if label == DASHES else label) for value, label in field.choices]


def tried(form: forms.BaseForm, act: Callable[[], Made]) -> Made | None:
    """What an act on a checked form gives; after a refusal None, its sentence on the form and what was typed kept."""
    try:
        return act()
    except Refused as no:
        form.add_error(None, no.message)
        return None


class DayInput(forms.DateInput):
    """A date as browsers ask for it."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs or None, format="%Y-%m-%d")
