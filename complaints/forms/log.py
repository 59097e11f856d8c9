"""What is asked when a complaint is logged: next to nothing, the rest may follow."""

from collections.abc import Sequence
from typing import Any

from django import forms

from complaints.actions.cases import Report
from complaints.forms.acts import TOP, Moment, words
from complaints.models import Category
from complaints.states import Identity, Kind, Source
from core.forms import Styled
from halls.models import Hall
from queueing.models import Ticket
from staff.models import User


class LogForm(Styled, forms.Form):
    """`halls` are those the person may log in; the ticket is one they may see."""

    hall = forms.ModelChoiceField(label="营业厅", queryset=Hall.objects.none(), to_field_name="code", empty_label=None)
    kind = forms.ChoiceField(label="种类", choices=Kind.choices, initial=Kind.COMPLAINT)
    source = forms.ChoiceField(label="来源", choices=[one for one in Source.choices if one[0] != Source.API])
    category = forms.ModelChoiceField(
        label="类别", queryset=Category.objects.none(), to_field_name="code", required=False
    )
    content = words("内容", required=False, rows=3)
    wish = words("客户诉求", required=False, rows=2)
    phone = forms.CharField(label="手机号", required=False, max_length=TOP)
    person_name = forms.CharField(label="联系人", required=False, max_length=TOP)
    identity = forms.ChoiceField(label="身份核对", choices=Identity.choices, initial=Identity.UNCHECKED)
    ticket = forms.UUIDField(required=False, widget=forms.HiddenInput())
    clerk = forms.CharField(label="涉及营业员工号", required=False, max_length=20)
    written_at = forms.DateTimeField(label="意见簿书写时间", required=False, widget=Moment())
    solved = words("现场解决情况", required=False, rows=2)

    def __init__(self, *args: Any, halls: Sequence[Hall], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: Any = self.fields["hall"]
        places.queryset = Hall.objects.filter(pk__in=[one.pk for one in halls]).select_related("region__parent")
        if len(halls) == 1:
            self.initial.setdefault("hall", halls[0].code)
        tree: Any = self.fields["category"]
        tree.queryset = Category.objects.filter(is_active=True)
        for name in ("kind", "source", "identity"):
            self.fields[name].required = False

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or Kind.COMPLAINT

    def clean_source(self) -> str:
        return self.cleaned_data["source"] or Source.WINDOW

    def clean_identity(self) -> str:
        return self.cleaned_data["identity"] or Identity.UNCHECKED

    def clean_clerk(self) -> User | None:
        typed = self.cleaned_data["clerk"].strip()
        if not typed:
            return None
        found = User.objects.filter(staff_no=typed).first()
        if found is None:
            raise forms.ValidationError("没有这个工号,请核对。")
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        hall, number = given.get("hall"), given.get("ticket")
        given["ticket"] = None
        if hall is not None and number is not None:
            given["ticket"] = Ticket.objects.filter(pk=number, hall=hall).select_related("customer", "clerk").first()
            if given["ticket"] is None:
                self.add_error(None, "没有找到这个号码,请不带号码登记。")
        return given

    def report(self) -> Report:
        given = {name: value for name, value in self.cleaned_data.items() if name in Report.__dataclass_fields__}
        return Report(**given)
