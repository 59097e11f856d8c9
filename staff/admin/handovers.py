"""What a province sets for handovers: lists, kinds of stock, floats. Signed rows are looked at, not edited."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, RecordedAdmin
from staff.models import CountItem, Handover, StockItem, WindowFloat


@admin.register(CountItem)
class CountItemAdmin(RecordedAdmin):
    list_display = [
        "label",
        "kind",
        "code",
        "scope",
        "source",
        "stock",
        "order",
        "is_counted",
        "valid_from",
        "valid_to",
    ]
    list_filter = ["kind", "scope", "is_counted"]
    search_fields = ["label", "code"]
    list_select_related = ["stock"]


@admin.register(StockItem)
class StockItemAdmin(RecordedAdmin):
    list_display = ["name", "code", "kind", "unit", "has_serials", "face_value", "order", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "code"]


@admin.register(WindowFloat)
class WindowFloatAdmin(RecordedAdmin):
    list_display = ["window", "amount", "valid_from"]
    list_filter = ["window__hall"]
    list_select_related = ["window__hall"]


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    list_display = ["day", "hall", "window", "giver", "taker", "state", "giver_signed_at", "taker_signed_at"]
    list_filter = ["state", "kind", "hall"]
    search_fields = ["giver__staff_no", "giver__name", "taker__staff_no", "taker__name"]
    list_select_related = ["hall", "window", "giver", "taker"]
