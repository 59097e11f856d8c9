"""Numbers and windows as they were. Nothing here can be edited: the queue has verbs for that."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import ReadOnlyAdmin, RecordedAdmin
from queueing.models import Offer, Ticket, TicketEvent, WindowEvent, WindowSession


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TicketEventInline(ReadOnlyInline):
    model = TicketEvent
    fields = ["at", "did", "before", "after", "window", "person", "device"]


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = ["number", "hall", "business_day", "group", "state", "taken_at", "called_at", "window", "clerk"]
    list_filter = ["state", "hall", "source", "is_simulated"]
    search_fields = ["=number"]
    search_help_text = "号码,如 A012"
    date_hierarchy = "business_day"
    show_full_result_count = False
    list_select_related = ["hall", "group", "window", "clerk"]
    inlines = [TicketEventInline]
    fields = [
        *["number", "hall", "business_day", "group", "business", "lane", "shown_phone", "star", "source", "state"],
        *["taken_at", "called_at", "started_at", "finished_at", "calls", "requeues", "window", "clerk"],
        *["held_kind", "why", "end_mark", "rating", "is_simulated", "is_estimated"],
    ]

    @admin.display(description="手机号")
    def shown_phone(self, ticket: Ticket) -> str:
        return ticket.masked_phone or "未留"


@admin.register(Offer)
class OfferAdmin(RecordedAdmin):
    list_display = ["name", "order", "is_active"]
    list_filter = ["is_active"]


class WindowEventInline(ReadOnlyInline):
    model = WindowEvent
    fields = ["at", "did", "person", "reason"]


@admin.register(WindowSession)
class WindowSessionAdmin(ReadOnlyAdmin):
    list_display = ["hall", "window", "clerk", "signed_in_at", "signed_out_at", "pause_reason", "end_mark"]
    list_filter = ["window__hall", "is_simulated"]
    search_fields = ["=clerk__staff_no", "clerk__name"]
    search_help_text = "工号或姓名"
    date_hierarchy = "signed_in_at"
    inlines = [WindowEventInline]
    list_select_related = ["window__hall", "clerk"]

    @admin.display(description="营业厅", ordering="window__hall")
    def hall(self, session: WindowSession) -> str:
        return str(session.window.hall)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WindowSession]:
        return super().get_queryset(request).select_related("window__hall", "clerk")


@admin.register(TicketEvent)
class TicketEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "hall", "ticket", "did", "before", "after", "window", "person", "device"]
    list_filter = ["did", "hall"]
    search_fields = ["=ticket__number"]
    search_help_text = "号码,如 A012"
    show_full_result_count = False
    list_select_related = ["hall", "ticket", "window", "person", "device"]


@admin.register(WindowEvent)
class WindowEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "hall", "session", "did", "person", "reason"]
    list_filter = ["did", "hall"]
    list_select_related = ["hall", "session__window", "session__clerk", "person"]
