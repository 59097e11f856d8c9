from typing import Any

from django import forms

from core.forms import Styled
from messaging.actions import Wish
from messaging.models import NoticeSettings
from messaging.rules import FIXED
from messaging.states import Channel, NoticeTopic

HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class WishForm(Styled, forms.Form):
    """One line of boxes for each topic; the bell of what is fixed can't be taken away."""

    quiet_from = forms.TypedChoiceField(label="短信静默从", choices=HOURS, coerce=int)
    quiet_until = forms.TypedChoiceField(label="到", choices=HOURS, coerce=int)
    digest_hour = forms.TypedChoiceField(
        label="每日摘要时间", choices=[("", "不要摘要"), *HOURS], coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, settings: NoticeSettings, **kwargs: Any) -> None:
        names = ("quiet_from", "quiet_until", "digest_hour")
        kwargs["initial"] = {name: getattr(settings, name) for name in names}
        for topic in NoticeTopic.values:
            kwargs["initial"][topic] = settings.chosen(topic)
        super().__init__(*args, **kwargs)
        for topic in NoticeTopic:
            choices = Channel.choices
            self.fields[topic.value] = forms.MultipleChoiceField(label=topic.label, choices=choices, required=False)

    def lines(self) -> list[dict[str, Any]]:
        """For the page: a topic with its channels, ticked or not, and what is fixed."""
        found = []
        for topic in NoticeTopic:
            ticked = set(self[topic.value].value() or ())
            boxes = [
                {
                    "channel": channel,
                    "is_on": channel.value in ticked or self._is_fixed(topic, channel),
                    "is_fixed": self._is_fixed(topic, channel),
                }
                for channel in Channel
            ]
            found.append({"topic": topic, "boxes": boxes})
        return found

    @staticmethod
    def _is_fixed(topic: NoticeTopic, channel: Channel) -> bool:
        return topic in FIXED and channel == Channel.BELL

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        channels = {topic: given[topic] for topic in NoticeTopic.values}
        return Wish(channels, given["quiet_from"], given["quiet_until"], given["digest_hour"])
