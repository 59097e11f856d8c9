"""What is asked for each act on a case; pages and the API check with the same forms."""

from datetime import datetime
from typing import Any

from django import forms

from complaints.models import Category, Complaint, Team
from complaints.queries.people import choosable
from complaints.queries.policies import VERSIONS
from complaints.rules.texts import LONG, SHORT
from complaints.states import (
    Exempt,
    Flag,
    Identity,
    Kind,
    LateReason,
    Outcome,
    OwnerSaid,
    PauseReason,
    Satisfied,
    Tier,
)
from core.forms import Styled
from staff.models import User

TOP = 200_000  # more than the actions allow: the sentence about the length is theirs, and what was typed stays


def words(label: str, *, required: bool = True, rows: int = 3, most: int = LONG) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "data-most": most})
    return forms.CharField(label=label, required=required, max_length=TOP, widget=widget)


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ActForm(Styled, forms.Form):
    """Knows the case it is about; most need nothing of it."""

    def __init__(self, *args: Any, complaint: Complaint, now: datetime, **kwargs: Any) -> None:
        self.complaint, self.now = complaint, now
        self.prepare()
        super().__init__(*args, **kwargs)
        self.offer()

    def prepare(self) -> None:
        """Before the fields are made."""

    def offer(self) -> None:
        """Choices that depend on the case."""

    def choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class PlainForm(ActForm):
    pass


class WordsForm(ActForm):
    words = words("内容")


class ReasonForm(ActForm):
    words = words("原因", rows=2, most=SHORT)


class OptionalWordsForm(ActForm):
    words = words("说明", required=False, rows=2, most=SHORT)


class PersonForm(ActForm):
    to = forms.ChoiceField(label="交给")

    def offer(self) -> None:
        self.people = {one.staff_no: one for one in self.candidates()}
        self.choose("to", [(one.staff_no, f"{one.name} {one.staff_no}") for one in self.people.values()])

    def candidates(self) -> list[User]:
        return choosable(self.complaint.hall, self.now)

    def clean_to(self) -> User:
        return self.people[self.cleaned_data["to"]]


class TransferForm(PersonForm):
    words = words("说明", required=False, rows=2, most=SHORT)


class FirstForm(PersonForm):
    words = words("改派原因", rows=2, most=SHORT)


class HelperGoesForm(PersonForm):
    def candidates(self) -> list[User]:
        return list(self.complaint.helpers.all())


class OwnerForm(ActForm):
    how = forms.ChoiceField(
        label="确认方式",
        choices=[(one.value, one.label) for one in (OwnerSaid.CALL, OwnerSaid.SMS, OwnerSaid.DOCUMENT)],
    )


class DispatchForm(ActForm):
    team = forms.ModelChoiceField(
        label="派往", queryset=Team.objects.filter(is_active=True), to_field_name="code", empty_label=None
    )
    outside_no = forms.CharField(label="外部工单号", required=False, max_length=60)
    words = words("派单说明", required=False)

    def offer(self) -> None:
        category = self.complaint.category
        if category is not None and category.team is not None:
            self.fields["team"].initial = category.team.code


class PromiseForm(ActForm):
    due = forms.DateTimeField(label="答应的时间", widget=Moment())
    words = words("答应客户的事", rows=2, most=SHORT)


class KeptForm(ActForm):
    promise = forms.TypedChoiceField(label="哪一件", coerce=int)

    def offer(self) -> None:
        rows = self.complaint.events.filter(did="promised").order_by("seq")
        kept = set(self.complaint.events.filter(did="promise_kept").values_list("data__promise", flat=True))
        said = enumerate((row.data["words"] for row in rows), start=1)
        self.choose("promise", [(number, text) for number, text in said if number not in kept])


class PauseForm(ActForm):
    why = forms.ChoiceField(label="暂停情况")
    words = words("原因", rows=2, most=SHORT)

    def offer(self) -> None:
        allowed = VERSIONS[self.complaint.policy].pause_reasons
        self.choose("why", [(one.value, one.label) for one in PauseReason if one in allowed])


class ExtendForm(ActForm):
    why = forms.ChoiceField(label="延期情况", choices=Exempt.choices)
    until = forms.DateTimeField(label="新的到期时间", widget=Moment())
    words = words("延期原因", rows=2, most=SHORT)


class FlagForm(ActForm):
    what = forms.ChoiceField(label="谁在关注", choices=Flag.choices)
    words = words("情况", rows=2, most=SHORT)


class CloseForm(ActForm):
    outcome = forms.ChoiceField(label="处理结果")
    words = words("已答复客户的结果")

    def offer(self) -> None:
        of_ideas = {Outcome.ADOPTED, Outcome.DECLINED}
        is_idea = self.complaint.kind == Kind.SUGGESTION
        self.choose("outcome", [(one.value, one.label) for one in Outcome if (one in of_ideas) == is_idea])


class FollowUpForm(ActForm):
    satisfied = forms.ChoiceField(label="客户是否满意", choices=Satisfied.choices)
    words = words("回访记录", required=False, rows=2)


class LateForm(ActForm):
    why = forms.ChoiceField(label="超时原因", choices=LateReason.choices)
    words = words("说明", required=False, rows=2, most=SHORT)


class TierForm(ActForm):
    tier = forms.ChoiceField(label="更正为", choices=Tier.choices)
    words = words("更正原因", rows=2, most=SHORT)


class MergeForm(ActForm):
    into = forms.CharField(label="并入哪一张", max_length=40, help_text="填写单号,如 TS20261122-ZJ01-0007")

    def clean_into(self) -> Complaint:
        found = Complaint.objects.filter(number=self.cleaned_data["into"].strip(), hall=self.complaint.hall).first()
        if found is None:
            raise forms.ValidationError("本厅没有这张投诉单,请核对单号。")
        return found


class AmendForm(ActForm):
    """The rest of what two clicks left out."""

    category = forms.ModelChoiceField(
        label="类别", queryset=Category.objects.filter(is_active=True), to_field_name="code", required=False
    )
    content = words("内容", required=False)
    wish = words("客户诉求", required=False, rows=2)
    person_name = forms.CharField(label="联系人", required=False, max_length=TOP)
    identity = forms.ChoiceField(
        label="身份核对", choices=[one for one in Identity.choices if one[0] != Identity.NOT_OWNER]
    )

    def __init__(self, *args: Any, complaint: Complaint, now: datetime, **kwargs: Any) -> None:
        known = {name: getattr(complaint, name) for name in ("content", "wish", "person_name", "identity")}
        kwargs.setdefault("initial", {**known, "category": complaint.category.code if complaint.category else ""})
        super().__init__(*args, complaint=complaint, now=now, **kwargs)
        if complaint.identity == Identity.NOT_OWNER:  # only the owner's word changes that
            del self.fields["identity"]
        for name in list(self.fields):  # the API sends only what it wants to change
            if self.is_bound and name not in self.data:
                del self.fields[name]
