from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.admin import RecordedAdmin
from loyalty.models import Customer


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
