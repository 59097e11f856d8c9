"""Teams, categories and wordings are edited here; cases, events and money are looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from complaints.models import (
    Attachment,
    Category,
    Compensation,
    Complaint,
    ComplaintEvent,
    Deadline,
    Look,
    PolicyVersion,
    Refund,
    RefundPayment,
    ReplyTemplate,
    Team,
)
from core.admin import ReadOnlyAdmin, RecordedAdmin


class Kept(RecordedAdmin):
    """What cases refer to is switched off, never removed."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(Kept):
    list_display = ["name", "answer_hours", "is_hall", "order", "is_active"]
    autocomplete_fields = ["members"]


@admin.register(Category)
class CategoryAdmin(Kept):
    list_display = ["name", "parent", "team", "order", "is_active"]
    list_filter = ["parent", "is_active"]
    list_select_related = ["parent", "team"]
    search_fields = ["name", "code"]
    search_help_text = "类别名称或代码"


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(RecordedAdmin):
    list_display = ["title", "category", "order", "is_active"]
    list_select_related = ["category"]


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    list_display = ["version", "made_at", "made_by", "note"]
    list_select_related = ["made_by"]


@admin.register(Complaint)
class ComplaintAdmin(ReadOnlyAdmin):
    list_display = [
        "number",
        "hall",
        "kind",
        "source",
        "tier",
        "status",
        "logged_at",
        "handling_due_at",
        "handling_late",
    ]
    list_filter = ["status", "kind", "source", "hall"]
    search_fields = ["=number", "=outside_no"]
    search_help_text = "单号或外部工单号"
    show_full_result_count = False
    list_select_related = ["hall"]
    fields = [
        *["number", "hall", "kind", "source", "category", "tier", "status", "flag", "solved_on_spot", "outcome"],
        *["first_handler", "handler", "team", "outside_no", "logged_at", "accepted_at", "handling_due_at"],
        *["reply_due_at", "first_replied_at", "closed_at", "handling_late", "reply_late", "late_reason", "policy"],
    ]


@admin.register(ComplaintEvent)
class ComplaintEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "complaint", "seq", "did", "person", "hash"]
    list_filter = ["did"]
    search_fields = ["=complaint__number"]
    search_help_text = "单号"
    show_full_result_count = False
    list_select_related = ["complaint", "person"]


@admin.register(Deadline)
class DeadlineAdmin(ReadOnlyAdmin):
    list_display = ["due_at", "complaint", "clock", "level", "cycle", "fired_at", "told_at", "ended_at"]
    list_filter = ["clock", "level"]
    show_full_result_count = False
    list_select_related = ["complaint"]


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ["complaint", "item", "ground", "charged", "overcharge", "is_pre", "asked_at", "asked_by"]
    list_select_related = ["complaint", "asked_by"]


@admin.register(RefundPayment)
class RefundPaymentAdmin(ReadOnlyAdmin):
    list_display = ["refund", "part", "amount", "state", "decided_by", "batch", "paid_at"]
    list_filter = ["state"]
    list_select_related = ["refund__complaint", "decided_by"]


@admin.register(Compensation)
class CompensationAdmin(ReadOnlyAdmin):
    list_display = ["hall", "complaint", "loss", "amount", "form", "state", "asked_by", "decided_by", "paid_at"]
    list_filter = ["state", "hall"]
    list_select_related = ["hall", "complaint", "asked_by", "decided_by"]
    exclude = ["phone"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["name", "complaint", "kind", "size", "added_by", "added_at"]
    list_select_related = ["complaint", "added_by"]
    exclude = ["file"]


@admin.register(Look)
class LookAdmin(ReadOnlyAdmin):
    list_display = ["at", "complaint", "person", "reason", "what"]
    list_filter = ["reason"]
    list_select_related = ["complaint", "person"]
