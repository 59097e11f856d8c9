"""时限规则: the limits as one form. Levels are edited, taken away and added line by line and keep their numbers."""

from typing import Any

from django import forms

from complaints.rules.policy import MOST_HOURS
from complaints.rules.texts import SHORT
from complaints.states import Clock, PauseReason, Tier, Told
from core.forms import Styled

NEW = "new"
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
            self._more_of_level(str(place))
            self.fields[f"gone_{place}"] = forms.BooleanField(label="删除", required=False)
        self._level_to_add()
        for name in ("handling_vip", "handling_gotone", "handling_other", *(name for name, _ in HOURS)):
            self.fields[name].widget.attrs["class"] = "form-control"

    def _more_of_level(self, place: str) -> None:
        """Who is told, and whether the night may pass first."""
        self.fields[f"to_{place}"] = forms.MultipleChoiceField(
            label="通知", choices=Told.choices, required=place != NEW, widget=forms.CheckboxSelectMultiple
        )
        self.fields[f"waits_{place}"] = forms.BooleanField(label="夜间可等到早上", required=False)

    def _level_to_add(self) -> None:
        clocks = [("", "不增加"), *Clock.choices]
        self.fields["clock_new"] = forms.ChoiceField(label="增加一级", choices=clocks, required=False)
        self.fields["at_new"] = forms.IntegerField(label="到期后分钟", min_value=1, required=False)
        for name, look in (("clock_new", "form-select"), ("at_new", "form-control")):
            self.fields[name].widget.attrs["class"] = look
        self._more_of_level(NEW)

    def _initial(self, body: dict[str, Any], after: int) -> dict[str, Any]:
        found = {name: body[name] for name, _ in HOURS}
        found |= {f"handling_{tier}": value for tier, value in body["handling_hours"].items()}
        found |= {name: body[name] for name in ("verify_days", "working_tiers", "pause_reasons")}
        for place, level in enumerate(body["levels"]):
            found[f"at_{place}"] = level.get("percent", level.get("minutes"))
            found[f"to_{place}"] = level["to"]
            found[f"waits_{place}"] = level.get("can_wait", False)
        return found | {"after": after}

    def limits(self) -> list[Any]:
        return (
            [self[f"handling_{tier}"] for tier in Tier.values]
            + [self[name] for name, _ in HOURS]
            + [self["verify_days"]]
        )

    def level_rows(self) -> list[tuple[Any, ...]]:
        names = ("at", "to", "waits", "gone")
        return [tuple(self[f"{name}_{place}"] for name in names) for place in range(len(self.body["levels"]))]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("clock_new"):
            for name, wanted in (("at_new", "请填写到期后多少分钟。"), ("to_new", "请选择通知谁。")):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, wanted)
        return given

    def new_body(self) -> dict[str, Any]:
        """What was typed, in the shape of a stored version."""
        given = self.cleaned_data
        return self.body | {
            "handling_hours": {tier: given[f"handling_{tier}"] for tier in Tier.values},
            **{name: given[name] for name, _ in HOURS},
            "verify_days": given["verify_days"],
            "working_tiers": given["working_tiers"],
            "pause_reasons": given["pause_reasons"],
            "levels": self._levels(given),
        }

    def _levels(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        levels = []
        for place, level in enumerate(self.body["levels"]):
            name = "percent" if level.get("percent") is not None else "minutes"
            typed = level | {name: given[f"at_{place}"], "to": given[f"to_{place}"]}
            if not given[f"gone_{place}"]:
                levels.append(_waiting(typed, given[f"waits_{place}"]))
        if clock := given["clock_new"]:
            last = max(one["level"] for one in self.body["levels"] if one["clock"] == clock)
            added = {"clock": clock, "level": last + 1, "minutes": given["at_new"], "to": given["to_new"]}
            levels.append(_waiting(added, given["waits_new"]))
        return levels


def _waiting(level: dict[str, Any], can_wait: bool) -> dict[str, Any]:
    """Only levels that can wait say so."""
    rest = {name: value for name, value in level.items() if name != "can_wait"}
    return rest | {"can_wait": True} if can_wait else rest
