"""时限规则: the limits as one form. Levels keep their data; their hours and people are edited line by line."""

from typing import Any

from django import forms

from complaints.rules.policy import MOST_HOURS
from complaints.rules.texts import SHORT
from complaints.states import Clock, PauseReason, Tier, Told
from core.forms import Styled

HOURS = (
    ("reply_hours", "首次答复"),
    ("book_hours", "意见簿批阅并回访"),
    ("doubt_hours", "增值业务疑问联系客户"),
    ("suggestion_hours", "客户建议答复"),
    ("owner_hours", "机主确认"),
    ("extension_hours", "互联互通、跨省最多延期"),
    ("reopen_hours", "重新处理时已无余时,另给"),
)


def hours(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=MOST_HOURS)


class PolicyForm(Styled, forms.Form):
    note = forms.CharField(label="修改说明", max_length=SHORT)
    after = forms.IntegerField(widget=forms.HiddenInput())
    running = forms.BooleanField(label="同时用于正在处理的投诉单", required=False)
    verify_days = forms.IntegerField(label="预退查证(自然日)", min_value=1, max_value=30)
    working_tiers = forms.MultipleChoiceField(
        label="按工作日计算的客户类别(默认都按自然小时)",
        choices=Tier.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    pause_reasons = forms.MultipleChoiceField(
        label="允许暂停计时的情况", choices=PauseReason.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, body: dict[str, Any], after: int, **kwargs: Any) -> None:
        self.body = body
        kwargs.setdefault("initial", self._initial(body, after))
        super().__init__(*args, **kwargs)
        for tier, label in Tier.choices:
            self.fields[f"handling_{tier}"] = hours(f"{label}客户处理时限")
        for name, label in HOURS:
            self.fields[name] = hours(label)
        for place, level in enumerate(body["levels"]):
            is_share = level.get("percent") is not None
            clock, number = Clock(level["clock"]).label, level["level"]
            at = forms.IntegerField(
                label=f"{clock} 第 {number} 级{'(时限的百分之几)' if is_share else '(到期后分钟,负数为之前)'}"
            )
            at.widget.attrs["class"] = "form-control"
            self.fields[f"at_{place}"] = at
            self.fields[f"to_{place}"] = forms.MultipleChoiceField(
                label="通知", choices=Told.choices, widget=forms.CheckboxSelectMultiple
            )
        for name in ("working_tiers", "pause_reasons"):  # the looks of one box would be those of all of them together
            self.fields[name].widget.attrs.pop("class", None)
        for name in ("handling_vip", "handling_gotone", "handling_other", *(name for name, _ in HOURS)):
            self.fields[name].widget.attrs["class"] = "form-control"

    def _initial(self, body: dict[str, Any], after: int) -> dict[str, Any]:
        found = {name: body[name] for name, _ in HOURS}
        found |= {f"handling_{tier}": value for tier, value in body["handling_hours"].items()}
        found |= {name: body[name] for name in ("verify_days", "working_tiers", "pause_reasons")}
        for place, level in enumerate(body["levels"]):
            found[f"at_{place}"] = level.get("percent", level.get("minutes"))
            found[f"to_{place}"] = level["to"]
        return found | {"after": after}

    def limits(self) -> list[Any]:
        return (
            [self[f"handling_{tier}"] for tier in Tier.values]
            + [self[name] for name, _ in HOURS]
            + [self["verify_days"]]
        )

    def level_rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"at_{place}"], self[f"to_{place}"]) for place in range(len(self.body["levels"]))]

    def new_body(self) -> dict[str, Any]:
        """What was typed, in the shape of a stored version."""
        given = self.cleaned_data
        levels = []
        for place, level in enumerate(self.body["levels"]):
            name = "percent" if level.get("percent") is not None else "minutes"
            levels.append(level | {name: given[f"at_{place}"], "to": given[f"to_{place}"]})
        return self.body | {
            "handling_hours": {tier: given[f"handling_{tier}"] for tier in Tier.values},
            **{name: given[name] for name, _ in HOURS},
            "verify_days": given["verify_days"],
            "working_tiers": given["working_tiers"],
            "pause_reasons": given["pause_reasons"],
            "levels": levels,
        }
