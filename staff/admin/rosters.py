from django.contrib import admin
from django.http import HttpRequest

from core.admin import RecordedAdmin
from staff.models import PostSkill, ShiftType, Unavailability, WorkScheme, WorkTerms


@admin.register(ShiftType)
class ShiftTypeAdmin(RecordedAdmin):
    list_display = ["hall", "name", "mark", "begins", "ends", "break_minutes", "is_late", "is_active"]
    list_filter = ["hall", "is_late", "is_active"]
    list_select_related = ["hall"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Old rosters name it; it is put out of use instead."""
        return False


@admin.register(WorkScheme)
class WorkSchemeAdmin(RecordedAdmin):
    list_display = ["hall", "kind", "weekly_hours", "valid_from"]
    list_filter = ["kind"]
    list_select_related = ["hall"]


@admin.register(WorkTerms)
class WorkTermsAdmin(RecordedAdmin):
    list_display = ["user", "weekly_hours", "valid_from", "valid_to"]
    autocomplete_fields = ["user"]
    list_select_related = ["user"]


@admin.register(PostSkill)
class PostSkillAdmin(RecordedAdmin):
    list_display = ["user", "post"]
    list_filter = ["post"]
    autocomplete_fields = ["user"]
    list_select_related = ["user"]


@admin.register(Unavailability)
class UnavailabilityAdmin(RecordedAdmin):
    list_display = ["user", "weekday", "begins", "ends", "valid_from", "valid_to"]
    autocomplete_fields = ["user"]
    list_select_related = ["user"]
