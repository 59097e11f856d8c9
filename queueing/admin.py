"""Numbers and windows as they were: the queue has verbs for them. Offers and checklists are edited here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from core.admin import ReadOnlyAdmin, RecordedAdmin, RecordedInline
from queueing.models import Checklist, ChecklistItem, Offer, Ticket, TicketEvent, WindowEvent, WindowSession
from queueing.states import ItemKind


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


class ItemFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """More information asked for than there is on the list could never be given: no form would be complete."""
        super().clean()
        needed = self.instance.information_needed or 0
        rows = [row.cleaned_data for row in self.forms if row not in self.deleted_forms and row.is_valid()]
        asked = [row for row in rows if row.get("kind") == ItemKind.INFORMATION and row.get("is_active")]
        if needed > len(asked):
            raise ValidationError(f"核对信息至少 {needed} 项,清单里在用的只有 {len(asked)} 项。请增加内容或减少项数。")


class ItemInline(RecordedInline):
    model = ChecklistItem
    formset = ItemFormSet
    fields = ["kind", "text", "order", "is_active"]
    can_delete = False  # filled forms name their lines; one that is no longer asked for is switched off


@admin.register(Checklist)
class ChecklistAdmin(RecordedAdmin):
    """What the door's form (预填单) and the printed list ask for, for each business."""

    list_display = ["business", "documents", "information", "information_needed"]
    search_fields = ["business__name", "business__code"]
    search_help_text = "业务名称或代码"
    list_select_related = ["business"]
    inlines = [ItemInline]

    @admin.display(description="证件材料")
    def documents(self, checklist: Any) -> int:
        return checklist.document_count

    @admin.display(description="核对信息")
    def information(self, checklist: Any) -> int:
        return checklist.information_count

    def get_queryset(self, request: HttpRequest) -> QuerySet[Checklist]:
        counts = {
            f"{kind}_count": Count("items", filter=Q(items__kind=kind, items__is_active=True)) for kind in ItemKind
        }
        return super().get_queryset(request).select_related("business").annotate(**counts)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Filled forms name its lines; a list that is not wanted has its lines switched off."""
        return False


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
