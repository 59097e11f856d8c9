"""What every staff form gets from `core.forms`."""

from django import forms
from django.template.loader import render_to_string

from core.forms import Styled


class Sample(Styled, forms.Form):
    one = forms.ChoiceField(label="类别", choices=[("", "---------"), ("a", "甲")])
    several = forms.MultipleChoiceField(
        label="渠道", choices=[("x", "短信"), ("y", "网厅")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="已同意", required=False)


def shown(name: str) -> str:
    return render_to_string("ui/_field.html", {"field": Sample()[name]})


def test_an_empty_choice_asks_to_choose() -> None:
    assert "请选择" in shown("one")
    assert "-----" not in shown("one")


def test_boxes_stand_beside_their_words() -> None:
    several, agreed = shown("several"), shown("agreed")
    assert several.count('type="checkbox"') == 2
    assert several.count('<span class="form-check-label">') == 2
    assert 'role="group" aria-labelledby="id_several_label"' in several
    assert agreed.count("已同意") == 1
    assert "可不填" not in agreed
