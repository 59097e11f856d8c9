from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import RecordedAdmin
from messaging import actions, catalogue
from messaging.models import MessageTemplate, Notice, OutboxMessage
from messaging.states import MessageKind, MessageState


class ReadOnlyAdmin(RecordedAdmin):
    """Rows that the product writes; people look at them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TemplateForm(forms.ModelForm):
    key = forms.ChoiceField(label="短信", choices=catalogue.choices)

    class Meta:
        model = MessageTemplate
        fields = ["key", "text", "valid_from", "valid_to"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3, "cols": 80})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].help_text = "当天没有有效模板的短信不会发送。"
        self.fields["text"].help_text = "可以使用:" + ";".join(
            f"{label} {' '.join(f'{{{name}}}' for name in catalogue.placeholders(key))}"
            for key, label in catalogue.choices()
        )


@admin.register(MessageTemplate)
class MessageTemplateAdmin(RecordedAdmin):
    form = TemplateForm
    list_display = ["label", "kind_label", "text", "valid_from", "valid_to"]
    search_fields = ["key", "text"]

    @admin.display(description="短信", ordering="key")
    def label(self, row: MessageTemplate) -> str:
        return dict(catalogue.choices()).get(row.key, row.key)

    @admin.display(description="类别")
    def kind_label(self, row: MessageTemplate) -> str:
        return row.kind


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    list_display = [
        "created_at",
        "kind",
        "masked_phone",
        "shown_text",
        "state",
        "attempts",
        "sent_at",
        "last_error",
    ]
    list_filter = ["state", "kind", "template", "hall"]
    search_fields = ["=phone", "key"]
    search_help_text = "完整手机号或幂等键"
    date_hierarchy = "created_at"
    fields = [
        *[
            "id",
            "key",
            "template",
            "kind",
            "hall",
            "masked_phone",
            "shown_text",
            "state",
            "maybe_sent",
            "attempts",
        ],
        *["refusals", "last_error", "not_before", "next_attempt_at", "created_at", "sent_at"],
    ]
    actions = ["send_again"]

    @admin.display(description="手机号")
    def masked_phone(self, message: OutboxMessage) -> str:
        return message.masked

    @admin.display(description="内容")
    def shown_text(self, message: OutboxMessage) -> str:
        return "(验证码不显示)" if message.kind == MessageKind.CODE else message.text

    @admin.action(description="重新发送被网关拒收的短信")
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        failed = list(queryset.filter(state=MessageState.FAILED))
        for message in failed:
            self.record(request, message, "状态", MessageState.FAILED.label, MessageState.WAITING.label)
        count = actions.send_again([message.pk for message in failed])
        messages.info(request, f"{count} 条短信已重新进入发送队列。")


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "user", "level", "title", "read_at"]
    list_filter = ["level"]
    search_fields = ["title", "=user__staff_no"]
    date_hierarchy = "created_at"
