from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.admin import RecordedAdmin
from loyalty.models import Customer, MaintenanceWindow, PromoCampaign, StarBand, StarMultiplier


@admin.register(Customer)
class CustomerAdmin(RecordedAdmin):
    """Found by the whole number only, shown masked: settings are no way around the look-log (R-H-18)."""

    list_display = ["masked", "brand", "star", "is_vip", "status", "is_real_name", "joined_on"]
    list_filter = ["brand", "star", "is_vip", "status"]
    search_fields = ["=phone"]
    search_help_text = "完整手机号"
    show_full_result_count = False
    secret_fields = ("phone", "name")

    @admin.display(description="手机号")
    def masked(self, customer: Customer) -> str:
        return customer.masked

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ["brand", "star", "is_vip", "status", "is_real_name", "is_personal", "joined_on"]
        return ["masked", *shown] if obj else ["phone", "name", *shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["masked"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A closed number keeps its row; history leans on it."""
        return False


class DatedAdmin(RecordedAdmin):
    """Rows that hold from a day on; what was in force stays readable, so none is deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(StarMultiplier)
class StarMultiplierAdmin(DatedAdmin):
    list_display = ["star", "hundredths", "valid_from"]
    list_filter = ["star"]


@admin.register(StarBand)
class StarBandAdmin(DatedAdmin):
    list_display = ["star", "low", "valid_from"]
    list_filter = ["star"]


@admin.register(PromoCampaign)
class PromoCampaignAdmin(DatedAdmin):
    list_display = ["code", "name", "points", "starts_on", "ends_on", "expires_on", "expires_after_days"]
    search_fields = ["code", "name"]
    search_help_text = "活动编号或名称"


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(DatedAdmin):
    list_display = ["starts_at", "ends_at", "message"]
